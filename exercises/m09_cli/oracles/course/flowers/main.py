"""Tell flowers apart by the length and width of their petals, as in the course's exercise on command lines."""

import pickle
import random
from typing import Annotated

import typer

cli = typer.Typer()
fit = typer.Typer()
cli.add_typer(fit, name="train", help="Fit a classifier.")


def flowers(seed):
    rng = random.Random(seed)
    kinds = [("setosa", 1.5, 0.25), ("versicolor", 4.3, 1.3), ("virginica", 5.6, 2.0)]
    return [(rng.gauss(x, 0.3), rng.gauss(y, 0.2), kind) for _ in range(40) for kind, x, y in kinds]


def nearest(known, x, y, k):
    near = sorted(known, key=lambda one: (one[0] - x) ** 2 + (one[1] - y) ** 2)[:k]
    kinds = [kind for *_, kind in near]
    return max(kinds, key=kinds.count)


@fit.command("prototypes")
def train_prototypes(
    share: float = 1.0, output: Annotated[str, typer.Option("--output", "-o")] = "prototypes.pkl"
):
    rows = flowers(0)
    rows = rows[: int(share * len(rows))]
    means = []
    for kind in sorted({kind for *_, kind in rows}):
        own = [row for row in rows if row[2] == kind]
        means.append((sum(x for x, _, _ in own) / len(own), sum(y for _, y, _ in own) / len(own), kind))
    with open(output, "wb") as file:
        pickle.dump({"rows": means, "k": 1}, file)


@fit.command(name="neighbours")
def train_neighbours(k: int = 3, output: Annotated[str, typer.Option("--output", "-o")] = "neighbours.pkl"):
    with open(output, "wb") as file:
        pickle.dump({"rows": flowers(0), "k": k}, file)


@cli.command()
def evaluate(model: Annotated[str, typer.Argument(help="A file that `train` left.")]):
    with open(model, "rb") as file:
        saved = pickle.load(file)
    rows = flowers(1)
    right = sum(nearest(saved["rows"], x, y, saved["k"]) == kind for x, y, kind in rows)
    typer.echo(f"Accuracy on new flowers: {100 * right / len(rows):.1f} %")


if __name__ == "__main__":
    cli()
