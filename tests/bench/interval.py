"""The median of a few pairs and the interval that it lies in: by order alone, with no assumption of how times are spread."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

#: How sure an interval is at least, where there are enough pairs for that.
LEVEL = 0.95


@dataclass(frozen=True, kw_only=True)
class Interval:
    """The true median lies between `low` and `high` with a probability of at least `level`."""

    median: float
    low: float
    high: float
    level: float


def interval_of(values: Sequence[float]) -> Interval:
    """Return the narrowest pair of order statistics that is sure enough; the whole range where there are few values.

    Of n values the true median lies outside the k-th from each end with a probability of 2 * P(Binomial(n, 1/2) < k).
    """
    ordered = sorted(values)
    count = len(ordered)
    chosen, level = 1, _level(count, 1)
    for rank in range(2, count // 2 + 1):
        if (sure := _level(count, rank)) >= LEVEL:
            chosen, level = rank, sure
    return Interval(
        median=statistics.median(ordered), low=ordered[chosen - 1], high=ordered[-chosen], level=level
    )


def _level(count: int, rank: int) -> float:
    outside: float = 2 * sum(math.comb(count, below) for below in range(rank)) / 2**count
    return max(0.0, 1 - outside)
