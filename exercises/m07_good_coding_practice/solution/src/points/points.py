"""Points of the plane: how far apart they are, the line through them, and the way along them."""

import math
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

Point = tuple[float, float]


def distance(a: Point, b: Point) -> float:
    """Return how far two points are apart."""
    return math.hypot(a[0] - b[0], a[1] - b[1])


def centre(points: Sequence[Point]) -> Point:
    """Return the mean of some points, of which there is at least one."""
    return sum(x for x, _ in points) / len(points), sum(y for _, y in points) / len(points)


def nearest(point: Point, points: Iterable[Point]) -> Point | None:
    """Return the one of `points` that is closest to `point`; None if there is none."""
    return min(points, key=lambda other: distance(point, other), default=None)


def slope(points: Sequence[Point], default: float = 0.0) -> float:
    """Return the slope of the line with the least squared error; `default` where all points lie above each other."""
    mean_x, mean_y = centre(points)
    bottom = sum((x - mean_x) ** 2 for x, _ in points)
    if bottom == 0:
        return default
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / bottom


def moved(points: Iterable[Point], move: Callable[[Point], Point]) -> list[Point]:
    """Return what a function makes of each point, in their order."""
    return [move(point) for point in points]


class Path:
    """A way from point to point.

    Args:
        points: where it leads along to begin with; a copy of them is kept.
    """

    def __init__(self, points: Iterable[Point] = ()) -> None:
        self.points = list(points)

    def add(self, point: Point) -> None:
        """Lead the way on to one more point."""
        self.points.append(point)

    def length(self) -> float:
        """Return how long the way is, from its first point to its last."""
        return sum(distance(a, b) for a, b in pairwise(self.points))
