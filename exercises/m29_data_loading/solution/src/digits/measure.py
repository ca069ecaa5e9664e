"""How long an epoch takes with how many workers."""

import time

import torch
from torch.utils.data import DataLoader, TensorDataset


def measure(repeats: int = 5) -> None:
    """Print seconds for each number of workers."""
    digits = TensorDataset(torch.randn(512, 784), torch.randint(0, 10, (512,)))
    for num_workers in (0, 1, 2, 4):
        began = time.perf_counter()
        for _ in range(repeats):
            for _ in DataLoader(digits, batch_size=64, num_workers=num_workers):
                pass
        print(num_workers, (time.perf_counter() - began) / repeats)


if __name__ == "__main__":
    measure()
