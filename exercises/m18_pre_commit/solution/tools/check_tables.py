"""Refuse tables in which a row has more or fewer cells than the head: `python tools/check_tables.py TABLE...`."""

import csv
import sys


def broken_rows(path: str) -> list[str]:
    """Return a line for each row of a table that is too short or too long."""
    with open(path, newline="", encoding="utf-8") as file:
        rows = csv.reader(file)
        width = len(next(rows, []))
        return [
            f"{path}:{rows.line_num}: {len(row)} cells, the head has {width}"
            for row in rows
            if len(row) != width
        ]


def main(paths: list[str]) -> int:
    """Print what is wrong with all tables, and return the exit code."""
    found = [line for path in paths for line in broken_rows(path)]
    print(*found, sep="\n", end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
