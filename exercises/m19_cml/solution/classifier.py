"""A classifier of small pictures: the digit whose picture is nearest. Its file is what the registry keeps."""

import json
from collections.abc import Sequence
from pathlib import Path


class Classifier:
    """One picture for each digit, to compare with."""

    def __init__(self, prototypes: list[list[float]]) -> None:
        self.prototypes = prototypes

    @classmethod
    def load(cls, path: str | Path) -> "Classifier":
        """The classifier of a file: `{"prototypes": [[…], …]}`."""
        return cls(json.loads(Path(path).read_text(encoding="utf-8"))["prototypes"])

    def predict(self, image: Sequence[float]) -> int:
        """The digit that a picture shows."""
        distances = [sum((a - b) ** 2 for a, b in zip(image, one, strict=True)) for one in self.prototypes]
        return distances.index(min(distances))
