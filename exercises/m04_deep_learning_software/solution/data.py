"""The corrupted MNIST data set."""

from pathlib import Path

import torch
from torch.utils.data import TensorDataset

DATA_PATH = "data/corruptmnist"
CHUNKS = 6


def corrupt_mnist() -> tuple[TensorDataset, TensorDataset]:
    """Return the training and the test set."""
    folder = Path(DATA_PATH)
    images = torch.cat([torch.load(folder / f"train_images_{chunk}.pt") for chunk in range(CHUNKS)])
    targets = torch.cat([torch.load(folder / f"train_target_{chunk}.pt") for chunk in range(CHUNKS)])
    train = TensorDataset(images.unsqueeze(1).float(), targets.long())
    test_images, test_targets = torch.load(folder / "test_images.pt"), torch.load(folder / "test_target.pt")
    test = TensorDataset(test_images.unsqueeze(1).float(), test_targets.long())
    return train, test
