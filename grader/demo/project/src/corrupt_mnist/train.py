"""Train the model from a configuration file."""

import json
import logging
import random
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml

from corrupt_mnist.data import DigitDataset, rotated_digits
from corrupt_mnist.model import SoftmaxRegression

logger = logging.getLogger(__name__)
app = typer.Typer(help="Train the model.")


def read_config(path: Path) -> dict[str, Any]:
    """Read the hyperparameters of an experiment."""
    config: dict[str, Any] = yaml.safe_load(path.read_text())
    return config


def fit(model: SoftmaxRegression, data: DigitDataset, lr: float, epochs: int, seed: int) -> list[float]:
    """Train with plain stochastic gradient descent; return the mean loss of each epoch."""
    rng = random.Random(seed)
    order = list(range(len(data)))
    losses = []
    for epoch in range(epochs):
        rng.shuffle(order)
        total = sum(model.step(*data[index], lr=lr) for index in order)
        losses.append(total / len(data))
        logger.info("epoch %d: loss %.4f", epoch, losses[-1])
    return losses


@app.command()
def train(
    config: Annotated[Path, typer.Option(help="The experiment.")] = Path("configs/config.yaml"),
    lr: Annotated[float | None, typer.Option(help="Learning rate, instead of the file's.")] = None,
    epochs: Annotated[int | None, typer.Option(help="Epochs, instead of the file's.")] = None,
) -> None:
    """Train a model, and keep its parameters and its losses."""
    wanted = read_config(config)
    if lr is not None:
        wanted["lr"] = lr
    if epochs is not None:
        wanted["epochs"] = epochs
    data, _ = rotated_digits(Path(wanted["data"]))
    model = SoftmaxRegression(seed=wanted["seed"])
    losses = fit(model, data, wanted["lr"], wanted["epochs"], wanted["seed"])
    output = Path(wanted["models"])
    model.save(output / "model.json")
    (output / "run.json").write_text(json.dumps({"config": wanted, "losses": losses}, indent=2))
    logger.info("Saved the model to %s", output)


def main() -> None:
    """Run the command line."""
    logging.basicConfig(level=logging.INFO)
    app()


if __name__ == "__main__":
    main()
