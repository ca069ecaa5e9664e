"""Describe the heights in a file: how many there are, and their mean."""

import csv
import sys


def describe(path: str) -> str:
    """The line that goes into the report."""
    with open(path, newline="") as file:
        heights = [float(row["height"]) for row in csv.DictReader(file)]
    return f"{len(heights)} rows, mean {sum(heights) / len(heights):.1f}"


if __name__ == "__main__":
    print(describe(sys.argv[1]))
