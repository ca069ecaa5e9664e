"""Write a small stand-in for the corrupted MNIST data set to data/corruptmnist. Nothing to do in this file."""

from pathlib import Path

import torch

FOLDER = Path("data/corruptmnist")


def digits(count: int) -> tuple[torch.Tensor, torch.Tensor]:
    """`count` noisy pictures of bands, one height a class, with their labels."""
    labels = torch.randint(0, 10, (count,))
    images = 0.2 * torch.rand((count, 28, 28))
    for image, label in zip(images, labels.tolist()):
        image[2 + 2 * label : 4 + 2 * label, 4:24] += 0.8
    return images, labels


if __name__ == "__main__":
    torch.manual_seed(0)
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, end, count in [*(("train", f"_{chunk}", 100) for chunk in range(6)), ("test", "", 100)]:
        images, labels = digits(count)
        torch.save(images, FOLDER / f"{name}_images{end}.pt")
        torch.save(labels, FOLDER / f"{name}_target{end}.pt")
    print(f"Wrote a small data set to {FOLDER}.")
