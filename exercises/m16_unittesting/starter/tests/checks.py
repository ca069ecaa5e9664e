from digits.data import make_dataset
from digits.model import Model


def test_dataset():
    samples = make_dataset(10)
    assert samples


def test_model():
    Model().forward([[0.0] * 7])
