"""Print the accuracy of models/model.pt on data/processed."""

from pathlib import Path

import torch
import typer
from digits.model import Classifier

DATA = Path("data/processed")


def evaluate(checkpoint: Path = Path("models/model.pt")) -> None:
    """Evaluate a trained model."""
    images = torch.load(DATA / "test_images.pt")
    targets = torch.load(DATA / "test_target.pt")
    model = Classifier()
    model.load_state_dict(torch.load(checkpoint))
    with torch.inference_mode():
        accuracy = (model(images).argmax(dim=1) == targets).float().mean()
    print(f"accuracy {accuracy.item():.3f}")


if __name__ == "__main__":
    typer.run(evaluate)
