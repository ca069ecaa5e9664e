import torch

from corrupt.model import CorruptClassifier


def test_model():
    assert CorruptClassifier()(torch.randn(2, 1, 28, 28)).shape == (2, 10)
