"""The model: one typical leaf for each species."""

import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np


class Prototypes:
    """Of each species the place of a typical leaf; a leaf belongs to the nearest."""

    def __init__(self, places: dict[str, list[float]]) -> None:
        self.names = sorted(places)
        self.places = np.array([places[name] for name in self.names])

    def predict(self, leaves: np.ndarray) -> list[str]:
        """Return the species of each leaf."""
        distances = np.linalg.norm(leaves[:, None] - self.places[None], axis=2)
        return [self.names[nearest] for nearest in distances.argmin(axis=1)]

    def step(self, leaves: np.ndarray, species: Iterable[str]) -> float:
        """Move each prototype halfway to the mean of its leaves, and return how far they moved."""
        named = np.array(list(species))
        means = np.array([leaves[named == name].mean(axis=0) for name in self.names])
        moves = (means - self.places) / 2
        self.places = self.places + moves
        return float(np.abs(moves).sum())

    def save(self, path: Path) -> None:
        """Write the prototypes to a file."""
        path.write_text(
            json.dumps(dict(zip(self.names, self.places.tolist(), strict=True))), encoding="utf-8"
        )

    @classmethod
    def load(cls, path: Path) -> "Prototypes":
        """Read prototypes from a file."""
        return cls(json.loads(path.read_text(encoding="utf-8")))
