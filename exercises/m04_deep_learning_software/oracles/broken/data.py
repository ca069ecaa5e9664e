"""The corrupted MNIST data set."""

from pathlib import Path

import torch
from torch.utils.data import TensorDataset

DATA_PATH = "data/corruptmnist"


def corrupt_mnist() -> tuple[TensorDataset, TensorDataset]:
    """Return the training and the test set."""
    folder = Path(DATA_PATH)
    images = torch.cat(torch.load(folder / f"train_images_{chunk}.pt") for chunk in range(6))
    targets = torch.cat(torch.load(folder / f"train_target_{chunk}.pt") for chunk in range(6))
    test_images, test_targets = torch.load(folder / "test_images.pt"), torch.load(folder / "test_target.pt")
    return TensorDataset(images.unsqueeze(1), targets), TensorDataset(test_images.unsqueeze(1), test_targets)
