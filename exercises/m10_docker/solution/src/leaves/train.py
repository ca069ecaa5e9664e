"""Train on data/train.csv and write models/model.json, both seen from the working folder."""

from pathlib import Path
from typing import Annotated

import typer

from leaves.data import read
from leaves.model import Prototypes

TABLE = Path("data/train.csv")
MODEL = Path("models/model.json")


def train(epochs: Annotated[int, typer.Option(help="How often all leaves are looked at.")] = 10) -> None:
    """Train for a number of epochs."""
    leaves, species = read(TABLE)
    first = {name: leaves[species.index(name)].tolist() for name in set(species)}
    model = Prototypes(first)
    for epoch in range(1, epochs + 1):
        print(f"epoch {epoch}: moved {model.step(leaves, species):.4f}")
    MODEL.parent.mkdir(exist_ok=True)
    model.save(MODEL)


if __name__ == "__main__":
    typer.run(train)
