"""Tests of the model and of its training."""

import pytest

from corrupt_mnist.data import CLASSES, SIDE, make_digits
from corrupt_mnist.model import SoftmaxRegression, softmax
from corrupt_mnist.train import fit


def test_probabilities_sum_to_one():
    probabilities = softmax([1.0, 2.0, 3.0])
    assert sum(probabilities) == pytest.approx(1.0)
    assert probabilities == sorted(probabilities)


def test_the_model_gives_one_probability_for_each_digit():
    probabilities = SoftmaxRegression().forward([0.5] * (SIDE * SIDE))
    assert len(probabilities) == CLASSES
    assert sum(probabilities) == pytest.approx(1.0)


def test_an_image_of_another_size_is_an_error():
    with pytest.raises(ValueError, match="Expected 144 pixels"):
        SoftmaxRegression().forward([0.5])


def test_training():
    fit(SoftmaxRegression(), make_digits(30, seed=0), lr=0.1, epochs=2, seed=0)
