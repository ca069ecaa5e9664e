import os

import torch
import typer
from torch.utils.data import TensorDataset


def normalize(images: torch.Tensor) -> torch.Tensor:
    """Normalize images."""
    return (images - images.mean()) / images.std()


def preprocess_data(raw_dir: str, processed_dir: str) -> None:
    """Process raw data and save it to processed directory."""
    train_images, train_target = [], []
    for i in range(6):
        train_images.append(torch.load(f"{raw_dir}/train_images_{i}.pt"))
        train_target.append(torch.load(f"{raw_dir}/train_target_{i}.pt"))
    train_images = torch.cat(train_images)
    train_target = torch.cat(train_target)

    test_images: torch.Tensor = torch.load(f"{raw_dir}/test_images.pt")
    test_target: torch.Tensor = torch.load(f"{raw_dir}/test_target.pt")

    os.makedirs(processed_dir, exist_ok=True)
    torch.save(normalize(train_images.unsqueeze(1).float()), f"{processed_dir}/train_images.pt")
    torch.save(train_target.long(), f"{processed_dir}/train_target.pt")
    torch.save(normalize(test_images.unsqueeze(1).float()), f"{processed_dir}/test_images.pt")
    torch.save(test_target.long(), f"{processed_dir}/test_target.pt")


def corrupt_mnist() -> tuple[TensorDataset, TensorDataset]:
    """Return train and test datasets for corrupt MNIST."""
    folder = "data/processed"
    train = TensorDataset(torch.load(f"{folder}/train_images.pt"), torch.load(f"{folder}/train_target.pt"))
    test = TensorDataset(torch.load(f"{folder}/test_images.pt"), torch.load(f"{folder}/test_target.pt"))
    return train, test


if __name__ == "__main__":
    typer.run(preprocess_data)
