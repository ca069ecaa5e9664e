#!/usr/bin/env python
# coding: utf-8

# In[1]:


import csv
import statistics


# In[2]:


if False:
    with open("weather.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    print(len(rows), "measurements")
    print(round(statistics.mean(float(row["celsius"]) for row in rows), 2))
    for station in sorted({row["station"] for row in rows}):
        print(station, statistics.mean(float(row["celsius"]) for row in rows if row["station"] == station))
