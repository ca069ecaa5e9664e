"""Points close to a line."""

import random


def make_data(count, noise=0.05, seed=0):
    """`count` pairs of x, from 0 to 1, and y = 3x + 1 with a little noise."""
    source = random.Random(seed)
    xs = [i / count for i in range(count)]
    return [(x, 3 * x + 1 + source.gauss(0, noise)) for x in xs]
