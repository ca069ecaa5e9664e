import os.path

import pytest

from corrupt_mnist.dataset import N_TEST, N_TRAIN, chunks, corrupt_mnist, normalize
from tests import _PATH_DATA


def test_data():
    train, test = corrupt_mnist(os.path.join(_PATH_DATA, "processed"))
    assert len(train) == N_TRAIN, f"{len(train)} training samples"
    assert len(test) == N_TEST, f"{len(test)} test samples"
    for image, _ in train + test:
        assert [len(row) for row in image] == [4] * 4, "an image has another shape"
        assert min(map(min, image)) == 0, "no pixel is black"
        assert max(map(max, image)) == 1, "no pixel is white"
    for samples in (train, test):
        assert {digit for _, digit in samples} == set(range(10)), "a digit is missing"


def test_normalized_pixels():
    assert normalize([[10, 20], [30, 50]]) == [[0.0, 0.25], [0.5, 1.0]], "the pixels are spread otherwise"


@pytest.mark.skipif(not os.path.exists(os.path.join(_PATH_DATA, "raw")), reason="Data files not found")
def test_raw_data():
    assert len(chunks()) == 6, "a file of raw images is missing"
