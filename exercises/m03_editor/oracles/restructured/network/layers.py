"""Layers of a network in plain Python: what has a name here has the same name in torch, and does the same.

There are no bugs in this file: leave it as it is.
"""

import random

Rows = list[list[float]]


class Module:
    """What can be called like a function: a layer, or a network of layers."""

    def __call__(self, x: list) -> Rows:
        return self.forward(x)


class Linear(Module):
    """A layer: each of its outputs is a sum of all inputs, each with a weight of its own."""

    def __init__(self, in_features: int, out_features: int) -> None:
        bound = in_features**-0.5
        self.weight = [
            [random.uniform(-bound, bound) for _ in range(in_features)] for _ in range(out_features)
        ]
        self.bias = [random.uniform(-bound, bound) for _ in range(out_features)]

    def forward(self, rows: Rows) -> Rows:
        found, wanted = len(rows[0]), len(self.weight[0])
        if found != wanted:
            raise ValueError(
                f"shapes cannot be multiplied ({len(rows)}x{found} and {wanted}x{len(self.weight)})"
            )
        return [
            [bias + sum(w * x for w, x in zip(weights, row)) for weights, bias in zip(self.weight, self.bias)]
            for row in rows
        ]


def relu(rows: Rows) -> Rows:
    """The same numbers, with zero in the place of negative ones."""
    return [[max(x, 0.0) for x in row] for row in rows]


def flatten(images: list[Rows]) -> Rows:
    """Each image as one row: its lines, one behind the other."""
    return [[pixel for line in image for pixel in line] for image in images]


def random_images(count: int, side: int) -> list[Rows]:
    """Square images of noise."""
    return [[[random.gauss(0, 1) for _ in range(side)] for _ in range(side)] for _ in range(count)]
