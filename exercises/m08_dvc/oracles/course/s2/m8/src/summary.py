import json
from pathlib import Path

import csv

numbers = {}
for path in sorted(Path("data").glob("*.csv")):
    for row in csv.DictReader(path.open(newline="")):
        numbers.setdefault(row["station"], 0)
        if row["rides"]:
            numbers[row["station"]] += int(row["rides"])

Path("reports").mkdir(exist_ok=True)
Path("reports/summary.json").write_text(json.dumps(numbers, indent=1, sort_keys=True))
