"""A small classifier."""

import torch
from lightning import LightningModule
from torch import nn


class Classifier(LightningModule):
    """Two layers on a flat picture."""

    def __init__(self, lr: float = 1e-3) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Flatten(), nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 10))
        self.loss = nn.CrossEntropyLoss()
        self.lr = lr

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Scores of the ten classes."""
        return self.layers(x)

    def training_step(self, batch: list[torch.Tensor], batch_idx: int = 0) -> torch.Tensor:
        """The loss of a batch."""
        x, y = batch
        loss = self.loss(self(x), y)
        self.log("train_loss", loss)
        return loss

    def configure_optimizers(self) -> torch.optim.Optimizer:
        """Adam."""
        return torch.optim.Adam(self.parameters(), lr=self.lr)
