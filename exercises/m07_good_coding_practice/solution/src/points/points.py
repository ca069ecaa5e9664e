"""Points of the plane, and the line through them."""

import math
from collections.abc import Sequence

Point = tuple[float, float]


def distance(a: Point, b: Point) -> float:
    """How far two points are apart."""
    return math.hypot(a[0] - b[0], a[1] - b[1])


def centre(points: Sequence[Point]) -> Point:
    """The mean of some points."""
    return sum(x for x, _ in points) / len(points), sum(y for _, y in points) / len(points)


def nearest(point: Point, points: Sequence[Point]) -> Point:
    """The one of `points` that is closest to `point`."""
    return min(points, key=lambda other: distance(point, other))


def slope(points: Sequence[Point]) -> float:
    """The slope of the line with the least squared error."""
    mean_x, mean_y = centre(points)
    top = sum((x - mean_x) * (y - mean_y) for x, y in points)
    return top / sum((x - mean_x) ** 2 for x, _ in points)
