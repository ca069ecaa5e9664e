"""Train the classifier on data/processed and write models/model.pt."""

from pathlib import Path

import torch
import typer
from digits.model import Classifier

DATA = Path("data/processed")
MODELS = Path("models")


def train(epochs: int = 5, lr: float = 1e-3) -> None:
    """Train for a number of epochs."""
    images = torch.load(DATA / "train_images.pt")
    targets = torch.load(DATA / "train_target.pt")
    model = Classifier()
    optimizer = torch.optim.Adam(model.parameters(), lr=lr)
    for epoch in range(epochs):
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(model(images), targets)
        loss.backward()
        optimizer.step()
        print(f"epoch {epoch}: loss {loss.item():.3f}")
    MODELS.mkdir(exist_ok=True)
    torch.save(model.state_dict(), MODELS / "model.pt")


if __name__ == "__main__":
    typer.run(train)
