"""Train the classifier on random pictures."""

import torch
from torch import nn

from mnist.model import Classifier


def train(epochs: int = 2) -> None:
    """A loop by hand."""
    model = Classifier()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    loss_function = nn.CrossEntropyLoss()
    x, y = torch.randn(64, 1, 28, 28), torch.randint(0, 10, (64,))
    for _ in range(epochs):
        optimizer.zero_grad()
        loss = loss_function(model(x), y)
        loss.backward()
        optimizer.step()


if __name__ == "__main__":
    train()
