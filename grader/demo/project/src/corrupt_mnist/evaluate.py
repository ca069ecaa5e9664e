"""Measure a trained model on the test data."""

from pathlib import Path
from typing import Annotated

import typer

from corrupt_mnist.data import CLASSES, DigitDataset, rotated_digits
from corrupt_mnist.model import SoftmaxRegression

app = typer.Typer(help="Evaluate a trained model.")


def accuracy(model: SoftmaxRegression, data: DigitDataset) -> float:
    """Return the share of digits that the model gets right."""
    right = sum(model.predict(image) == label for image, label in zip(data.images, data.labels))
    return right / len(data)


def confusion(model: SoftmaxRegression, data: DigitDataset) -> list[list[int]]:
    """Count, for each digit, what the model took it for."""
    table = [[0] * CLASSES for _ in range(CLASSES)]
    for image, label in zip(data.images, data.labels):
        table[label][model.predict(image)] += 1
    return table


@app.command()
def evaluate(
    checkpoint: Annotated[Path, typer.Argument(help="A trained model.")] = Path("models/model.json"),
    data: Annotated[Path, typer.Option(help="The processed data.")] = Path("data/processed"),
    details: Annotated[bool, typer.Option("--details", help="Also print what was confused.")] = False,
) -> None:
    """Print the accuracy of a trained model on the test data."""
    model = SoftmaxRegression.load(checkpoint)
    _, test = rotated_digits(data)
    print(f"Test accuracy: {accuracy(model, test):.3f}")
    if details:
        for digit, row in enumerate(confusion(model, test)):
            print(digit, " ".join(f"{count:3d}" for count in row))


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
