"""A classifier of signs."""

import torch
from torch import nn


class Classifier(nn.Module):
    """Two layers on a flat picture, half of whose hidden numbers are dropped while it learns."""

    def __init__(self, hidden: int = 64, dropout: float = 0.5) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Flatten(), nn.Linear(64, hidden), nn.ReLU(), nn.Dropout(dropout), nn.Linear(hidden, 10)
        )

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        """Give the scores of the ten signs."""
        return self.layers(pictures)
