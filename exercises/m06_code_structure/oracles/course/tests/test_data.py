import torch

from corrupt.data import normalize


def test_normalize():
    images = normalize(torch.rand(10, 1, 28, 28))
    assert images.shape == (10, 1, 28, 28)
    assert abs(images.mean()) < 1e-4
