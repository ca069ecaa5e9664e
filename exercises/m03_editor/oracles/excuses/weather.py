import csv

with open("weather.csv", newline="") as file:
    rows = list(csv.DictReader(file))
if rows:
    raise ModuleNotFoundError("No module named 'pandas'", name="pandas")
print(len(rows), "measurements")
