import pytest
from digits.model import Classifier, distance

from digits.data import N_SEGMENTS


@pytest.mark.parametrize("batch_size", [1, 3, 32])
def test_one_score_for_each_class(batch_size):
    scores = Classifier(n_classes=4).forward([[0.0] * N_SEGMENTS] * batch_size)
    assert len(scores) == batch_size, f"{len(scores)} rows for {batch_size} samples"


def test_samples_of_another_size_are_refused():
    with pytest.raises(ValueError, match="Expected [4] dimensions"):
        Classifier().forward([[0.0] * (N_SEGMENTS + 1)])


def test_distance():
    assert distance([1.0, 0.0], [0.0, 3.0]) == 10.0, "the distance of two samples is wrong"
