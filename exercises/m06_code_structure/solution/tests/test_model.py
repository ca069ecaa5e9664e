import numpy as np

from digits.model import Classifier

IMAGES = np.eye(15)[:5] * 2
LABELS = np.arange(5)


def test_steps_make_the_model_right():
    model = Classifier()
    for _ in range(30):
        model.step(IMAGES, LABELS, rate=0.5)
    assert model.predict(IMAGES).tolist() == LABELS.tolist()


def test_shares_sum_to_one():
    model = Classifier()
    model.step(IMAGES, LABELS, rate=0.5)
    assert np.allclose(model.shares(IMAGES).sum(axis=1), 1)


def test_what_is_saved_is_what_is_loaded(tmp_path):
    model = Classifier()
    model.step(IMAGES, LABELS, rate=0.5)
    model.save(tmp_path / "model.npy")
    assert np.array_equal(Classifier.load(tmp_path / "model.npy").weights, model.weights)
