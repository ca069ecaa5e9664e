"""A classifier that compares a sample with one prototype for each class."""

from digits.data import N_SEGMENTS


class Model:
    """Ten prototypes; a score is higher the closer the sample is to the prototype."""

    def __init__(self, n_classes: int = 10) -> None:
        self.n_classes = n_classes
        self.prototypes = [[0.5] * N_SEGMENTS for _ in range(n_classes)]

    def forward(self, batch: list[list[float]]) -> list[list[float]]:
        """Scores of a batch: one list of `n_classes` numbers a sample."""
        if any(len(sample) != N_SEGMENTS for sample in batch):
            raise ValueError(f"Expected samples of {N_SEGMENTS} segments")
        return [[-distance(sample, prototype) for prototype in self.prototypes] for sample in batch]

    def predict(self, batch: list[list[float]]) -> list[int]:
        """The most likely class of each sample."""
        return [scores.index(max(scores)) for scores in self.forward(batch)]


def distance(left: list[float], right: list[float]) -> float:
    """Squared distance of two samples."""
    return sum((a - b) ** 2 for a, b in zip(left, right, strict=True))
