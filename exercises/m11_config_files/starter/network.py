"""A network with one hidden layer, and two ways to train it. There is nothing to change in this file.

It is written like much that you will find: the first weights come from numpy's generator, the order of the data from Python's.
"""

import csv
import random
from collections.abc import Iterator
from pathlib import Path

import numpy as np


def read(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """The measurements of all leaves, on one scale, and the numbers of their species."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))[1:]
    x = np.array([[float(value) for value in row[:-1]] for row in rows])
    names = sorted({row[-1] for row in rows})
    return (x - x.mean(axis=0)) / x.std(axis=0), np.array([names.index(row[-1]) for row in rows])


def batches(x: np.ndarray, y: np.ndarray, size: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The data once, in a new order, in parts of a size."""
    order = list(range(len(x)))
    random.shuffle(order)
    for first in range(0, len(order), size):
        chosen = order[first : first + size]
        yield x[chosen], y[chosen]


class Network:
    """From measurements to a score for each species."""

    def __init__(self, inputs: int, hidden: int, outputs: int) -> None:
        self.w1 = np.random.randn(inputs, hidden) / inputs**0.5
        self.b1 = np.zeros(hidden)
        self.w2 = np.random.randn(hidden, outputs) / hidden**0.5
        self.b2 = np.zeros(outputs)

    def parameters(self) -> Iterator[np.ndarray]:
        """The weights: an optimizer changes them in place."""
        yield from (self.w1, self.b1, self.w2, self.b2)

    def loss(self, x: np.ndarray, y: np.ndarray) -> tuple[float, list[np.ndarray]]:
        """The cross entropy of a batch, and its gradient for each of the parameters."""
        hidden = np.maximum(x @ self.w1 + self.b1, 0)
        scores = hidden @ self.w2 + self.b2
        shares = np.exp(scores - scores.max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
        loss = float(-np.log(shares[range(len(y)), y]).mean())
        shares[range(len(y)), y] -= 1
        down = shares / len(y)
        back = (down @ self.w2.T) * (hidden > 0)
        return loss, [x.T @ back, back.sum(axis=0), hidden.T @ down, down.sum(axis=0)]


class SGD:
    """Gradient descent with momentum."""

    def __init__(self, params: Iterator[np.ndarray], lr: float, momentum: float = 0.0) -> None:
        self.params, self.lr, self.momentum = list(params), lr, momentum
        self.speed = [np.zeros_like(one) for one in self.params]

    def step(self, gradients: list[np.ndarray]) -> None:
        """Change each of the parameters a little."""
        for parameter, speed, gradient in zip(self.params, self.speed, gradients):
            speed *= self.momentum
            speed += gradient
            parameter -= self.lr * speed


class Sign:
    """Steps of one length, whatever the gradient says but its sign."""

    def __init__(self, params: Iterator[np.ndarray], lr: float) -> None:
        self.params, self.lr = list(params), lr

    def step(self, gradients: list[np.ndarray]) -> None:
        """Change each of the parameters a little."""
        for parameter, gradient in zip(self.params, gradients):
            parameter -= self.lr * np.sign(gradient)
