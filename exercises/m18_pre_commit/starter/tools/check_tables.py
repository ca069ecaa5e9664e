"""Refuse tables in which a row has more or fewer cells than the head: `python tools/check_tables.py TABLE...`."""

import sys

path = sys.argv[1]
with open(path) as file:
    lines = file.read().splitlines()

width = len(lines[0].split(","))
for number, line in enumerate(lines):
    if len(line.split(",")) < width:
        print(f"{path}:{number}: too few cells")
