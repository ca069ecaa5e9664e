"""Measurements of three stations, as a table."""

import csv
from collections import defaultdict


class Stations:
    def __init__(self, path):
        self.celsius = defaultdict(list)
        with open(path) as file:
            for row in csv.DictReader(file):
                self.celsius[row["station"]].append(float(row["celsius"]))

    @property
    def all(self):
        return [(one, name) for name, values in self.celsius.items() for one in values]

    def report(self):
        values = [one for one, _ in self.all]
        print(f"measurements  {len(values)}")
        print(f"mean          {sum(values) / len(values):.3f}")
        print("warmest       {:.1f} ({})".format(*max(self.all)))
        for name in sorted(self.celsius):
            print(f"{name:14}{sum(self.celsius[name]) / len(self.celsius[name]):.4f}")


if __name__ == "__main__":
    Stations("data/weather.csv").report()
