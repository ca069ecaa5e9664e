import re

import pytest

from corrupt_mnist.network import MyAwesomeModel


def image_of(value):
    return [[value] * 4 for _ in range(4)]


@pytest.fixture
def model():
    return MyAwesomeModel([[float(digit)] * 16 for digit in range(10)])


@pytest.mark.parametrize("batch_size", [1, 32, 64])
def test_model(model, batch_size):
    scores = model.forward([image_of(0.5)] * batch_size)
    assert len(scores) == batch_size, f"{len(scores)} rows for {batch_size} images"
    assert scores[0] == [8.0 * digit for digit in range(10)], f"the scores are {scores[0]}"


def test_each_pixel_has_its_weight():
    image = [[4 * row + column for column in range(4)] for row in range(4)]
    model = MyAwesomeModel([[float(digit == number) for number in range(16)] for digit in range(10)])
    assert model.forward([image]) == [list(range(10))], "a weight belongs to another pixel"


def test_error_on_wrong_shape(model):
    with pytest.raises(ValueError, match="Expected input to be a batch of images"):
        model.forward([])
    with pytest.raises(ValueError, match="Expected input to be a batch of images"):
        model.forward([0.5])
    with pytest.raises(ValueError, match=re.escape("Expected each sample to have shape [4, 4]")):
        model.forward([image_of(0.5)[:3]])
    with pytest.raises(ValueError, match=re.escape("Expected each sample to have shape [4, 4]")):
        model.forward([[row[:3] for row in image_of(0.5)]])
