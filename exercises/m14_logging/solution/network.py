"""A small classifier in plain Python. There is nothing to do in this file: leave it as it is.

It begins with zeros and takes the rows of the table in their order: the same settings give the same numbers, run after run.
"""

import csv
import json
import math
from collections.abc import Iterator
from pathlib import Path

CLASSES = 10


def read(path: Path) -> tuple[list[list[float]], list[int]]:
    """The pictures of a table, their pixels from 0 to 1, and their labels."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    images = [[int(value) / 15 for name, value in row.items() if name != "label"] for row in rows]
    return images, [int(row["label"]) for row in rows]


def batches(
    images: list[list[float]], labels: list[int], size: int
) -> Iterator[tuple[list[list[float]], list[int]]]:
    """The pictures and labels, `size` at a time; the last batch may be smaller."""
    for begin in range(0, len(images), size):
        yield images[begin : begin + size], labels[begin : begin + size]


class Classifier:
    """Ten scores for a picture, each a sum of all its pixels with weights of its own."""

    def __init__(self, pixels: int) -> None:
        self.weights = [[0.0] * pixels for _ in range(CLASSES)]
        self.bias = [0.0] * CLASSES

    def probabilities(self, image: list[float]) -> list[float]:
        """How likely the picture shows each digit."""
        scores = [
            bias + sum(weight * pixel for weight, pixel in zip(weights, image))
            for bias, weights in zip(self.bias, self.weights)
        ]
        highest = max(scores)
        powers = [math.exp(score - highest) for score in scores]
        return [power / sum(powers) for power in powers]

    def step(self, images: list[list[float]], labels: list[int], rate: float) -> tuple[float, float]:
        """Learn from a batch; its mean loss and its share of right answers, as they were before that."""
        found = [self.probabilities(image) for image in images]
        loss = -sum(math.log(shares[label]) for shares, label in zip(found, labels)) / len(labels)
        right = sum(shares.index(max(shares)) == label for shares, label in zip(found, labels)) / len(labels)
        for kind in range(CLASSES):
            errors = [shares[kind] - (label == kind) for shares, label in zip(found, labels)]
            self.bias[kind] -= rate * sum(errors) / len(labels)
            for pixel in range(len(images[0])):
                change = sum(error * image[pixel] for error, image in zip(errors, images)) / len(labels)
                self.weights[kind][pixel] -= rate * change
        return loss, right

    def save(self, path: Path) -> None:
        """Write the weights as JSON."""
        path.write_text(json.dumps({"weights": self.weights, "bias": self.bias}), encoding="utf-8")
