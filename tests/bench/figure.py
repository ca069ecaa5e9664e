"""A figure: what the grader takes, what other work takes that is measured in turns with it, and the limit of their ratio."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from tests.bench.interval import Interval, interval_of
from tests.bench.rig import Pair, Rig


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What a figure found.

    Attributes:
        pairs: measured one after the other.
        facts: what else the page says of it, by name.
        problems: why it does not hold, beside its limit.
    """

    pairs: Sequence[Pair]
    facts: Mapping[str, str] = field(default_factory=dict)
    problems: Sequence[str] = ()

    @property
    def interval(self) -> Interval:
        """The interval of the median ratio."""
        return interval_of([pair.ratio for pair in self.pairs])


@dataclass(frozen=True, kw_only=True)
class Figure:
    """How a figure is measured.

    Attributes:
        name: of `--only`.
        ours, beside: what the grader does, and the other work.
        limit: of the median ratio; None for what is only shown.
        unit: of the ratio: `x`, or that of a figure that has no other work.
        measure: measures so many pairs.
    """

    name: str
    ours: str
    beside: str
    limit: float | None
    measure: Callable[[Rig, int], Measured]
    unit: str = "x"

    def problems(self, found: Measured) -> list[str]:
        """Return why a figure does not hold: the whole interval is above the limit, so the limit is broken and not just chance."""
        lines = list(found.problems)
        if self.limit is not None and found.interval.low > self.limit:
            lines.insert(0, f"{found.interval.low:.3g} {self.unit} at least, limit {self.limit:g}")
        return lines
