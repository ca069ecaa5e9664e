"""The pictures of digits, as a data set."""

import csv
from pathlib import Path


class Digits:
    """The pictures of one part of the data, `train` or `test`: `digits[0]` is `(pixels, label)`."""

    def __init__(self, folder: str | Path, train: bool = True) -> None:
        with (Path(folder) / ("train.csv" if train else "test.csv")).open(newline="", encoding="utf-8") as file:
            rows = list(csv.reader(file))[1:]
        self.labels = [int(row[0]) for row in rows]
        self.images = [[int(pixel) for pixel in row[1:]] for row in rows]

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, index: int) -> tuple[list[int], int]:
        return self.images[index], self.labels[index]
