"""Points on a line."""


def make_data(count):
    """`count` pairs of x, from 0 to 1, and y = 3x + 1."""
    xs = [i / count for i in range(count)]
    return [(x, 3 * x + 1) for x in xs]
