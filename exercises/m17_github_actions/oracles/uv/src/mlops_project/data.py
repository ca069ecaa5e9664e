"""Digits that are made up."""

import random


class Digits:
    """A set of pictures, each with its label."""

    def __init__(self, size: int, seed: int = 0) -> None:
        source = random.Random(seed)
        self.pictures = [[source.random() for _ in range(16)] for _ in range(size)]
        self.labels = [source.randrange(10) for _ in range(size)]

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.pictures)

    def __getitem__(self, index: int) -> tuple[list[float], int]:
        """Return one of them."""
        return self.pictures[index], self.labels[index]
