"""Read tables of leaves."""

import csv
from pathlib import Path

import numpy as np


def read(path: Path) -> tuple[np.ndarray, list[str]]:
    """Return length and width of each leaf, and its species."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    sizes = np.array([[float(row["length"]), float(row["width"])] for row in rows])
    return sizes, [row["species"] for row in rows]
