"""The nearest digit."""

import json

import numpy as np


class Nearest:
    """Compares with a picture for each digit."""

    def __init__(self, checkpoint: str) -> None:
        with open(checkpoint) as file:
            self.pictures = np.array(json.load(file)["prototypes"])

    def __call__(self, images: np.ndarray) -> np.ndarray:
        flat = images.reshape(len(images), -1) * 15
        return ((flat[:, None] - self.pictures[None]) ** 2).sum(-1).argmin(-1)
