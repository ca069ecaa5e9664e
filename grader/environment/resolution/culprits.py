"""Find the packages at fault by exit codes alone, for messages of uv that the grader cannot parse."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from grader.environment.resolution.runner import Runner

T = TypeVar("T")

#: A package that every index has, with a wheel for every Python: if it does not resolve, the submission is not to blame.
CONTROL = "packaging"
#: Maximum runs of uv for all searches of one environment, and maximum seconds.
MAX_TRIALS = 120
TRIALS_S = 120.0


class TrialsUsedUp(Exception):
    """Raised when the search has used up its runs or its time."""


class Trials:
    """A budget of uv runs for searching."""

    def __init__(self) -> None:
        self._left = MAX_TRIALS
        self._deadline = time.monotonic() + TRIALS_S

    def spend(self) -> None:
        """Count one run.

        Raises:
            TrialsUsedUp: the budget of runs or time is used up.
        """
        if self._left <= 0 or time.monotonic() > self._deadline:
            raise TrialsUsedUp
        self._left -= 1


def smallest_failing(items: Sequence[T], works: Callable[[Sequence[T]], bool]) -> list[T]:
    """Return a minimal failing part of `items`, in their order: nothing can be left out of it.

    Assumes that `items` fail together, that the empty list works, and that a failing list still fails with more items.
    Each binary search finds the first item whose prefix fails, which belongs to the part; the next search covers the items
    before it. Return an empty list if `items` work after all, because the failure was temporary.
    """
    found: list[T] = []
    rest = list(items)
    while not found or works(found):
        if not rest:
            return []
        low, high = 0, len(rest)
        while high - low > 1:
            middle = (low + high) // 2
            if works([*rest[:middle], *found]):
                low = middle
            else:
                high = middle
        found.insert(0, rest[high - 1])
        rest = rest[: high - 1]
    return found


def index_answers(runner: Runner, *others: str, cpu_index: bool = False) -> bool:
    """Return whether uv resolves a control package that always exists (and `others`), with a fresh query to the index."""
    (runner.folder / "control.txt").write_text("\n".join([CONTROL, *others]) + "\n", encoding="utf-8")
    ran = runner.uv(
        *("pip", "compile", f"{runner.inside}/control.txt"),
        *("--output-file", f"{runner.inside}/controlled.txt"),
        *("--python", runner.python, "--only-binary", ":all:", "--refresh", "--no-header", "--quiet"),
        *(("--torch-backend", "cpu") if cpu_index else ()),
    )
    return ran.code == 0
