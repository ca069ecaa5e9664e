"""The model quantised and compiled, and what each gains."""

import time

import torch
from torch.ao.quantization import quantize_dynamic

from digits.predict import model


def seconds(network: torch.nn.Module, repeats: int = 20) -> float:
    """Time for a batch."""
    x = torch.randn(64, 784)
    began = time.perf_counter()
    for _ in range(repeats):
        network(x)
    return (time.perf_counter() - began) / repeats


def compare() -> None:
    """Print the three times."""
    plain = model().eval()
    print("plain", seconds(plain))
    print("quantised", seconds(quantize_dynamic(plain, {torch.nn.Linear}, dtype=torch.qint8)))
    print("compiled", seconds(torch.compile(plain)))


if __name__ == "__main__":
    compare()
