"""A classifier of signs that knows how it learns."""

import torch
from lightning import LightningModule
from torch import nn

Batch = list[torch.Tensor]


class Classifier(LightningModule):
    """Two layers on a flat picture, half of whose hidden numbers are dropped while it learns."""

    def __init__(self, hidden: int = 64, dropout: float = 0.5, lr: float = 1e-2) -> None:
        super().__init__()
        # With these a checkpoint makes the model again, whatever the defaults are by then.
        self.save_hyperparameters()
        self.layers = nn.Sequential(
            nn.Flatten(), nn.Linear(64, hidden), nn.ReLU(), nn.Dropout(dropout), nn.Linear(hidden, 10)
        )
        self.loss = nn.CrossEntropyLoss()

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        """Give the scores of the ten signs."""
        return self.layers(pictures)

    def training_step(self, batch: Batch, batch_idx: int) -> torch.Tensor:
        """Give the loss that the optimizer lowers."""
        return self._told(batch, "train")

    def validation_step(self, batch: Batch, batch_idx: int) -> None:
        """Tell how the model does on pictures that it does not learn from."""
        self._told(batch, "val")

    def configure_optimizers(self) -> torch.optim.Optimizer:
        """Adam, on all parameters."""
        return torch.optim.Adam(self.parameters(), lr=self.hparams["lr"])

    def _told(self, batch: Batch, part: str) -> torch.Tensor:
        pictures, labels = batch
        scores = self(pictures)
        loss = self.loss(scores, labels)
        right = (scores.argmax(dim=1) == labels).float().mean()
        self.log_dict({f"{part}_loss": loss, f"{part}_acc": right})
        return loss
