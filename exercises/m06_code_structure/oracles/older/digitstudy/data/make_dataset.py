"""Tables of raw digits become one table for training and one for the test."""

import argparse
import csv
from pathlib import Path

import numpy as np

RAW = Path(__file__).resolve().parents[2] / "data" / "raw"


def rows(path):
    with open(path, newline="", encoding="utf-8") as file:
        return [[float(cell) for cell in row] for row in list(csv.reader(file))[1:]]


def standardized(table, like):
    """The table with pixels in units of the deviation of `like`; the first column is the digit."""
    pixels = np.array(table)
    pixels[:, 1:] = (pixels[:, 1:] - like[:, 1:].mean(axis=0)) / like[:, 1:].std(axis=0)
    return pixels


def write(path, table):
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["digit", *(f"pixel{number}" for number in range(table.shape[1] - 1))])
        writer.writerows([int(row[0]), *row[1:]] for row in table.tolist())


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--output", type=Path, default=Path("data/interim"))
    output = parser.parse_args().output
    output.mkdir(parents=True, exist_ok=True)
    train = np.array([row for path in sorted(RAW.glob("train_*.csv")) for row in rows(path)])
    write(output / "train.csv", standardized(train, train))
    write(output / "test.csv", standardized(rows(RAW / "test.csv"), train))


if __name__ == "__main__":
    main()
