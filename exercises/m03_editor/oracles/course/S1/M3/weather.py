#!/usr/bin/env python
# coding: utf-8

# # Temperatures of three stations
#
# Each row of `weather.csv` is one day at one station.

# In[1]:


import csv
import statistics


# In[2]:


with open("weather.csv", newline="") as file:
    rows = list(csv.DictReader(file))
print(len(rows), "measurements")


# The magic in the next cell is Jupyter's: it is no Python.

# In[3]:


celsius = [float(row["celsius"]) for row in rows]


# A notebook shows the value of a cell's last line. A script shows what it prints.

# In[4]:


print(round(statistics.mean(celsius), 2))


# In[5]:


warmest = max(rows, key=lambda row: float(row["celsius"]))
print("warmest:", warmest["celsius"], "at", warmest["station"])


# In[6]:


for station in sorted({row["station"] for row in rows}):
    of = [float(row["celsius"]) for row in rows if row["station"] == station]
    print(f"{station}: {statistics.mean(of):.2f}")
