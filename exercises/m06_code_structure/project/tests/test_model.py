import numpy as np

from digits.data import make_digits
from digits.model import Classifier


def test_steps_make_the_model_better():
    images, labels = make_digits(100)
    model = Classifier()
    before = (model.predict(images) == labels).mean()
    for _ in range(30):
        model.step(images, labels, rate=0.1)
    assert (model.predict(images) == labels).mean() > max(before, 0.9)


def test_shares_sum_to_one():
    images, _ = make_digits(5)
    assert np.allclose(Classifier().shares(images).sum(axis=1), 1)
