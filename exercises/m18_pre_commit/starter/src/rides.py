"""How many bicycles are out: the mean of a day, and the busiest station."""

import csv
import json
import os
from collections import Counter
from pathlib import Path

TABLE = Path(__file__).parent.parent / "data" / "rides.csv"


def read(path: Path) -> list[tuple[str, int]]:
    """Return station and rides of each row."""
    with path.open(newline="", encoding="utf-8") as file:
        return [(row["station"], int(row["rides"])) for row in csv.DictReader(file)]


def busiest( rows ):   
    """Return the station with the most rides of all days together."""
    rides = Counter()   
    for station, count in rows:
        rides[station] += count
    return rides.most_common(1)[0][0]


if __name__ == "__main__":
    table = read(TABLE)
    print(f"{sum(count for _, count in table) / len(table):.1f} rides, most at {busiest(table)}")