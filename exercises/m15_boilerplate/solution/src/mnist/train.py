"""Train the classifier on random pictures."""

import torch
from lightning import Trainer
from torch.utils.data import DataLoader, TensorDataset

from mnist.model import Classifier


def train(epochs: int = 2) -> None:
    """The trainer has the loop."""
    data = TensorDataset(torch.randn(64, 1, 28, 28), torch.randint(0, 10, (64,)))
    Trainer(max_epochs=epochs, logger=False).fit(Classifier(), DataLoader(data, batch_size=16))


if __name__ == "__main__":
    train()
