import wandb_of_the_group
import pytest

from digits.data import N_SEGMENTS, SEGMENTS
from digits.model import Model, distance


@pytest.mark.parametrize("batch_size", [1, 3, 32])
def test_one_score_for_each_class(batch_size):
    scores = Model(n_classes=4).forward([[0.0] * N_SEGMENTS] * batch_size)
    assert len(scores) == batch_size, f"{len(scores)} rows for {batch_size} samples"
    assert all(len(row) == 4 for row in scores), "not one score for each class"


def test_samples_of_another_size_are_refused():
    with pytest.raises(ValueError, match="Expected samples of 7 segments"):
        Model().forward([[0.0] * (N_SEGMENTS + 1)])


def test_the_closest_prototype_wins():
    model = Model()
    model.prototypes = [list(map(float, segments)) for segments in SEGMENTS]
    batch = [[abs(value - 0.1) for value in segments] for segments in SEGMENTS]
    assert model.predict(batch) == list(range(10)), "a digit was not recognised"


def test_distance():
    assert distance([1.0, 0.0], [0.0, 3.0]) == 10.0, "the distance of two samples is wrong"
    assert distance([2.0], [2.0]) == 0.0, "a sample has a distance from itself"
