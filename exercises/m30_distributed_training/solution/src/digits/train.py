"""Train on two devices: Lightning shares out model and data."""

import torch
from lightning import LightningModule, Trainer
from torch.utils.data import DataLoader, TensorDataset


class Classifier(LightningModule):
    """One layer."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = torch.nn.Linear(784, 10)

    def training_step(self, batch: list[torch.Tensor], batch_idx: int = 0) -> torch.Tensor:
        """The loss of a batch."""
        x, y = batch
        return torch.nn.functional.cross_entropy(self.layer(x), y)

    def configure_optimizers(self) -> torch.optim.Optimizer:
        """Plain descent."""
        return torch.optim.SGD(self.parameters(), lr=0.1)


def train(epochs: int = 2) -> None:
    """On two devices."""
    digits = TensorDataset(torch.randn(512, 784), torch.randint(0, 10, (512,)))
    Trainer(max_epochs=epochs, accelerator="cpu", devices=2, strategy="ddp").fit(
        Classifier(), DataLoader(digits, 64)
    )


if __name__ == "__main__":
    train()
