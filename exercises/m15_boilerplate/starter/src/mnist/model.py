"""A small classifier."""

import torch
from torch import nn


class Classifier(nn.Module):
    """Two layers on a flat picture."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Flatten(), nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 10))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Scores of the ten classes."""
        return self.layers(x)
