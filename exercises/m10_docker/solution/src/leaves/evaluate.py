"""Print how often models/model.json is right about data/test.csv, both seen from the working folder."""

from pathlib import Path

from leaves.data import read
from leaves.model import Prototypes

TABLE = Path("data/test.csv")
MODEL = Path("models/model.json")


def evaluate() -> None:
    """Evaluate the trained model."""
    leaves, species = read(TABLE)
    told = Prototypes.load(MODEL).predict(leaves)
    right = sum(one == other for one, other in zip(told, species, strict=True))
    print(f"accuracy: {right / len(species):.3f}")


if __name__ == "__main__":
    evaluate()
