"""The corrupted MNIST of the course."""

from pathlib import Path

import torch

HERE = Path("data/corruptmnist")


def corrupt_mnist():
    """Training and test set, normalised."""
    images = torch.cat([torch.load(HERE / f"train_images_{n}.pt") for n in range(6)])
    target = torch.cat([torch.load(HERE / f"train_target_{n}.pt") for n in range(6)])
    test_images, test_target = torch.load(HERE / "test_images.pt"), torch.load(HERE / "test_target.pt")
    images, test_images = [(x - x.mean()) / x.std() for x in (images.unsqueeze(1), test_images.unsqueeze(1))]
    return (
        torch.utils.data.TensorDataset(images.float(), target.long()),
        torch.utils.data.TensorDataset(test_images.float(), test_target.long()),
    )
