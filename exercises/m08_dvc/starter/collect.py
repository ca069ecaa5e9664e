"""Fetch what the stations of bicycles counted, into `data/rides.csv`: `python collect.py`.

It stands for a source that grows: `BATCHES` says how many batches there are by now. Batch by batch, the numbers are the same on every
machine.
"""

from pathlib import Path

BATCHES = 1
TABLE = Path(__file__).parent / "data" / "rides.csv"
STATIONS = ("Anker", "Bispebjerg", "Lyngby", "Nordvest")
DAYS = 30


def batch(number: int) -> list[str]:
    """Return the rows of a batch; from the second on, some days of some stations were not counted."""
    rows = []
    for day in range(1 + (number - 1) * DAYS, 1 + number * DAYS):
        for place, station in enumerate(STATIONS):
            rides = (day * 37 + place * 101 + number * 13) % 90
            lost = number > 1 and (day + place) % 7 == 0
            rows.append(f"{station},{day},{'' if lost else rides}")
    return rows


if __name__ == "__main__":
    TABLE.parent.mkdir(exist_ok=True)
    lines = [
        "station,day,rides",
        *(row for number in range(1, BATCHES + 1) for row in batch(number)),
    ]
    TABLE.write_bytes(("\n".join(lines) + "\n").encode())
    print(f"{len(lines) - 1} rows in {TABLE.name}")
