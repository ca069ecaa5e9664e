import numpy as np

from digits.data import load_digits, make_digits, preprocess


def test_what_is_written_is_what_is_loaded(tmp_path):
    preprocess(tmp_path, count=50)
    images, labels = load_digits(tmp_path, "train")
    assert images.shape == (40, 15)
    assert labels.shape == (40,)


def test_the_same_seed_makes_the_same_pictures():
    first, second = make_digits(10, seed=3), make_digits(10, seed=3)
    assert np.array_equal(first[0], second[0])
