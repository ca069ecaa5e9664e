"""Print what weather.ipynb shows of the measurements in weather.csv."""

import csv
import statistics
from pathlib import Path

#: The table lies beside this script, wherever it is started.
TABLE = Path(__file__).with_name("weather.csv")


def read(path: Path) -> list[tuple[str, float]]:
    """The stations of all measurements, with their degrees."""
    with path.open(newline="", encoding="utf-8") as file:
        return [(row["station"], float(row["celsius"])) for row in csv.DictReader(file)]


def main() -> None:
    """Print how many there are, their mean, the warmest, and the mean of each station."""
    measured = read(TABLE)
    print(len(measured), "measurements")
    print("mean:", round(statistics.mean(celsius for _, celsius in measured), 2))
    station, warmest = max(measured, key=lambda one: one[1])
    print("warmest:", warmest, "at", station)
    for station in sorted({name for name, _ in measured}):
        mean = statistics.mean(celsius for name, celsius in measured if name == station)
        print(f"{station}: {mean:.2f}")


if __name__ == "__main__":
    main()
