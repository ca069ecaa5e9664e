"""Which of the networks is slower? A watch looks at one pass of each."""

import time

import torch
from nets import INPUTS, deep, wide


def seconds(model: torch.nn.Module) -> float:
    """Give the time of one pass, which is the first."""
    begin = time.time()
    model(torch.randn(16, INPUTS))
    return time.time() - begin


if __name__ == "__main__":
    print(f"wide: {seconds(wide()):.5f} s")
    print(f"deep: {seconds(deep()):.5f} s")
