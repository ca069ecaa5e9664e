"""Softmax regression in plain Python: small enough to train everywhere."""

import json
import math
import random
from operator import mul
from pathlib import Path

from corrupt_mnist.data import CLASSES, SIDE, Image


def softmax(scores: list[float]) -> list[float]:
    """Turn scores into probabilities."""
    highest = max(scores)
    powers = [math.exp(score - highest) for score in scores]
    total = sum(powers)
    return [power / total for power in powers]


class SoftmaxRegression:
    """One linear layer, from the pixels to a score for each digit."""

    def __init__(self, pixels: int = SIDE * SIDE, classes: int = CLASSES, seed: int = 0) -> None:
        rng = random.Random(seed)
        self.weights = [[rng.gauss(0, 0.01) for _ in range(pixels)] for _ in range(classes)]
        self.biases = [0.0] * classes

    def forward(self, image: Image) -> list[float]:
        """Return the probability of each digit."""
        if len(image) != len(self.weights[0]):
            raise ValueError(f"Expected {len(self.weights[0])} pixels, got {len(image)}")
        pairs = zip(self.weights, self.biases)
        return softmax([sum(map(mul, row, image)) + bias for row, bias in pairs])

    def predict(self, image: Image) -> int:
        """Return the most probable digit."""
        probabilities = self.forward(image)
        return probabilities.index(max(probabilities))

    def step(self, image: Image, label: int, lr: float) -> float:
        """Take one step of gradient descent on one image; return the loss before it."""
        probabilities = self.forward(image)
        for digit, probability in enumerate(probabilities):
            error = lr * (probability - (digit == label))
            self.weights[digit] = [weight - error * pixel for weight, pixel in zip(self.weights[digit], image)]
            self.biases[digit] -= error
        return -math.log(max(probabilities[label], 1e-12))

    def save(self, path: Path) -> None:
        """Write the parameters as JSON."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"weights": self.weights, "biases": self.biases}))

    @classmethod
    def load(cls, path: Path) -> "SoftmaxRegression":
        """Read parameters that `save` wrote."""
        content = json.loads(path.read_text())
        model = cls(pixels=len(content["weights"][0]), classes=len(content["biases"]))
        model.weights, model.biases = content["weights"], content["biases"]
        return model


if __name__ == "__main__":
    network = SoftmaxRegression()
    parameters = sum(len(row) for row in network.weights) + len(network.biases)
    print(f"SoftmaxRegression: {parameters} parameters")
