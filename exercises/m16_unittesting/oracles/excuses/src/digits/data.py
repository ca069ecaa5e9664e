"""Seven-segment digits with noise: ten classes, seven numbers between 0 and 1 a sample."""

import random

N_SEGMENTS = 7
SEGMENTS = (
    (1, 1, 1, 1, 1, 1, 0),
    (0, 1, 1, 0, 0, 0, 0),
    (1, 1, 0, 1, 1, 0, 1),
    (1, 1, 1, 1, 0, 0, 1),
    (0, 1, 1, 0, 0, 1, 1),
    (1, 0, 1, 1, 0, 1, 1),
    (1, 0, 1, 1, 1, 1, 1),
    (1, 1, 1, 0, 0, 0, 0),
    (1, 1, 1, 1, 1, 1, 1),
    (1, 1, 1, 1, 0, 1, 1),
)


def make_dataset(n_samples: int, noise: float = 0.1, seed: int = 0) -> list[tuple[list[float], int]]:
    """Samples of all ten digits in turn, as (segments, label)."""
    generator = random.Random(seed)
    samples = []
    for number in range(n_samples):
        label = number % 10
        lit = [abs(segment - noise * generator.random()) for segment in SEGMENTS[label]]
        samples.append((lit, label))
    return samples


def split(samples: list, share: float = 0.8) -> tuple[list, list]:
    """The first `share` of the samples for training, the rest for testing."""
    cut = int(len(samples) * share)
    return samples[:cut], samples[cut:]
