"""The pictures of digits, as a data set."""

from pathlib import Path


class Digits:
    """The pictures of one part of the data, `train` or `test`: `digits[0]` is `(pixels, label)`."""

    def __init__(self, folder: str | Path, train: bool = True) -> None:
        self.rows = (Path(folder) / ("train.csv" if train else "test.csv")).read_text().splitlines()

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, index: int) -> tuple[list[int], int]:
        label, *pixels = self.rows[index].split(",")
        return [int(pixel) for pixel in pixels], int(label)
