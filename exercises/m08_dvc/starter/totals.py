"""Write the rides of each station together: `python totals.py data/rides.csv data/totals.csv`."""

import csv
import sys
from collections import Counter
from pathlib import Path


def totals(table: Path) -> Counter[str]:
    """Return the rides of each station; days that were not counted count nothing."""
    found: Counter[str] = Counter()
    with table.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            found[row["station"]] += int(row["rides"])
    return found


def write(found: Counter[str], path: Path) -> None:
    """Write a table of stations, by name, and their rides."""
    with path.open("w", newline="", encoding="utf-8") as file:
        file.write("station,rides\n")
        for station, rides in found.most_common():
            file.write(f"{station},{rides}\n")


if __name__ == "__main__":
    source, target = map(Path, sys.argv[1:])
    write(totals(source), target)
