"""The classifier."""

import torch
from torch import nn


class MyAwesomeModel(nn.Module):
    """Ten scores for an image of a digit."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 8, kernel_size=3)
        self.conv2 = nn.Conv2d(8, 16, kernel_size=3)
        self.dropout = nn.Dropout(0.5)
        self.fc1 = nn.Linear(16 * 7 * 7, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Scores of shape [batch, 10] for images of shape [batch, 1, 28, 28]."""
        x = torch.relu(self.conv2(torch.relu(self.conv1(x))))
        return self.fc1(self.dropout(torch.flatten(x, start_dim=1)))
