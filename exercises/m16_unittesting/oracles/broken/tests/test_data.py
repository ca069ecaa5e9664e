import pytest

from digits.data import N_SEGMENTS, make_dataset, split


@pytest.mark.parametrize("n_samples", [10, 200])
def test_dataset_has_the_right_size_and_every_label(dataset, n_samples):
    samples = dataset(n_samples)
    assert len(samples) == n_samples, f"{len(samples)} samples instead of {n_samples}"
    assert {label for _, label in samples} == set(range(10)), "a label is missing"


def test_samples_are_segments_between_0_and_1():
    for segments, label in make_dataset(50, noise=0.2, shuffle=False):
        assert len(segments) == N_SEGMENTS, f"{len(segments)} segments"
        assert 0 <= label <= 9, "a label is out of range"


def test_split_keeps_every_sample():
    training, testing = split(make_dataset(50), ratio=0.6)
    assert (len(training), len(testing)) == (30, 20), "wrong shares"
