"""Train the classifier on random pictures."""

import torch
from torch import nn


def make_model() -> nn.Module:
    """Two layers on a flat picture."""
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 10))


def step(model: nn.Module, optimizer: torch.optim.Optimizer, x: torch.Tensor, y: torch.Tensor) -> float:
    """One step of the training; its loss."""
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(model(x), y)
    loss.backward()
    optimizer.step()
    return loss.item()


def train(steps: int = 100) -> None:
    """Some steps on random pictures."""
    model = make_model()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    for _ in range(steps):
        step(model, optimizer, torch.randn(64, 1, 28, 28), torch.randint(0, 10, (64,)))


if __name__ == "__main__":
    train()
