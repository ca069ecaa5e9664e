import pytest

from digits.data import N_SEGMENTS, make_dataset, split


@pytest.mark.parametrize("n_samples", [10, 200])
def test_dataset_has_the_right_size_and_every_label(n_samples):
    samples = make_dataset(n_samples)
    assert len(samples) == n_samples, f"{len(samples)} samples instead of {n_samples}"
    assert {label for _, label in samples} == set(range(10)), "a label is missing"


def test_samples_are_segments_between_0_and_1():
    for segments, label in make_dataset(50, noise=0.2):
        assert len(segments) == N_SEGMENTS, f"{len(segments)} segments"
        assert all(0 <= value <= 1 for value in segments), f"out of range: {segments}"
        lit = sum(value > 0.5 for value in segments)
        assert lit == [6, 2, 5, 5, 4, 5, 6, 3, 7, 6][label], f"{lit} segments are lit in a {label}"


def test_noise_is_small_and_the_same_for_a_seed():
    clean, noisy = make_dataset(10, noise=0.0), make_dataset(10, noise=0.1, seed=3)
    for (left, _), (right, _) in zip(clean, noisy, strict=True):
        assert max(abs(a - b) for a, b in zip(left, right, strict=True)) <= 0.1, "too much noise"
    assert noisy == make_dataset(10, noise=0.1, seed=3), "a seed gives different samples"
    assert noisy != clean, "there is no noise"


def test_split_keeps_every_sample():
    samples = make_dataset(50)
    training, testing = split(samples, share=0.6)
    assert (len(training), len(testing)) == (30, 20), "wrong shares"
    assert training + testing == samples, "samples were lost"
