"""Pictures of ten signs, eight by eight pixels, and their labels."""

import csv
from pathlib import Path

import torch
from torch.utils.data import TensorDataset

TABLE = Path(__file__).with_name("signs.csv")


def read(path: Path = TABLE) -> TensorDataset:
    """Read pictures of shape [1, 8, 8] with values from -1 to 1, and their labels."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = [[int(value) for value in row] for row in list(csv.reader(file))[1:]]
    table = torch.tensor(rows)
    pictures = table[:, 1:].float().reshape(-1, 1, 8, 8) / 7.5 - 1
    return TensorDataset(pictures, table[:, 0])
