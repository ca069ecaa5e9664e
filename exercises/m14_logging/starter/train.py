"""Train the classifier, and forget how it went."""

import argparse
from pathlib import Path

from network import Classifier, batches, read


def train(rate: float, batch_size: int, epochs: int) -> None:
    """Train on `digits.csv` and save the model."""
    images, labels = read(Path("digits.csv"))
    model = Classifier(len(images[0]))
    print("training with", {"learning_rate": 0.1, "batch_size": 32})
    for epoch in range(epochs):
        for some_images, some_labels in batches(images, labels, batch_size):
            loss, _ = model.step(some_images, some_labels, rate)
        print("epoch", epoch, "loss", loss)
    model.save(Path("model.json"))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lr", type=float, default=0.1)
    parser.add_argument("--batch_size", type=int, default=32)
    parser.add_argument("--epochs", type=int, default=3)
    options = parser.parse_args()
    train(options.lr, options.batch_size, options.epochs)
