"""Answer with the model."""

import torch


def model() -> torch.nn.Module:
    """Two layers."""
    return torch.nn.Sequential(torch.nn.Linear(784, 256), torch.nn.ReLU(), torch.nn.Linear(256, 10))


def predict(x: torch.Tensor) -> torch.Tensor:
    """The class of each row."""
    return model()(x).argmax(1)
