"""Train on random digits."""

import torch
from torch.utils.data import DataLoader, TensorDataset


def loader(batch_size: int = 64, num_workers: int = 4) -> DataLoader:
    """Batches of pictures and labels."""
    digits = TensorDataset(torch.randn(512, 784), torch.randint(0, 10, (512,)))
    return DataLoader(digits, batch_size=batch_size, num_workers=num_workers)


def train(epochs: int = 2) -> None:
    """One layer."""
    model = torch.nn.Linear(784, 10)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(epochs):
        for x, y in loader():
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(model(x), y).backward()
            optimizer.step()


if __name__ == "__main__":
    train()
