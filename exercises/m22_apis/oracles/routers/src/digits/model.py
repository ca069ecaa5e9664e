"""A linear classifier of handwritten digits; its weights are in `models/digits.json`."""

import json
from dataclasses import dataclass
from pathlib import Path

#: Pixels of an image: 8 x 8, row by row, each from 0 (white) to 1 (black).
PIXELS = 64
WEIGHTS = Path("models/digits.json")


@dataclass(frozen=True)
class Classifier:
    """A row of weights and a bias for each digit."""

    weights: list[list[float]]
    bias: list[float]

    def digit(self, pixels: list[float]) -> int:
        """Return the most likely digit of an image."""
        scores = [
            sum(weight * pixel for weight, pixel in zip(row, pixels, strict=True)) + bias
            for row, bias in zip(self.weights, self.bias, strict=True)
        ]
        return scores.index(max(scores))


def load(path: Path = WEIGHTS) -> Classifier:
    """Read the weights."""
    return Classifier(**json.loads(path.read_text()))
