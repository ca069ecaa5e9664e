"""Tests of the data part."""

import random

import pytest

from corrupt_mnist.data import CLASSES, SIDE, DigitDataset, draw, make_digits, normalize, statistics


def test_every_digit_is_there_equally_often():
    data = make_digits(50, seed=1)
    assert len(data) == 50
    assert all(data.labels.count(digit) == 5 for digit in range(CLASSES))


@pytest.mark.parametrize("digit", range(CLASSES))
def test_images_have_the_right_size_and_range(digit):
    image = draw(digit, angle=10.0, rng=random.Random(0))
    assert len(image) == SIDE * SIDE
    assert min(image) >= 0.0
    assert max(image) <= 1.0


def test_the_same_seed_draws_the_same_digits():
    assert make_digits(20, seed=3).images == make_digits(20, seed=3).images
    assert make_digits(20, seed=3).images != make_digits(20, seed=4).images


def test_normalized_images_have_mean_zero_and_deviation_one():
    images = make_digits(20, seed=5).images
    mean, deviation = statistics(normalize(images, *statistics(images)))
    assert mean == pytest.approx(0.0, abs=1e-6)
    assert deviation == pytest.approx(1.0, abs=1e-6)


def test_a_missing_label_is_an_error():
    with pytest.raises(ValueError, match="2 images but 1 labels"):
        DigitDataset([[0.0], [1.0]], [7])
