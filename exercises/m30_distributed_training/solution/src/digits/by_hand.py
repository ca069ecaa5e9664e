"""The same by hand: `torchrun --nproc_per_node=2 src/digits/by_hand.py`."""

import torch
from torch import distributed
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import DataLoader, TensorDataset
from torch.utils.data.distributed import DistributedSampler


def train(epochs: int = 2) -> None:
    """Each process has its part of the data; the gradients are averaged."""
    distributed.init_process_group("gloo")
    model = DistributedDataParallel(torch.nn.Linear(784, 10))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    digits = TensorDataset(torch.randn(512, 784), torch.randint(0, 10, (512,)))
    for _ in range(epochs):
        for x, y in DataLoader(digits, batch_size=64, sampler=DistributedSampler(digits)):
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(model(x), y).backward()
            optimizer.step()


if __name__ == "__main__":
    train()
