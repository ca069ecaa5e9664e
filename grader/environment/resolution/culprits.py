"""Which packages are at fault, told by exit codes alone: for messages of uv that the grader does not know."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from grader.environment.resolution.runner import Runner

T = TypeVar("T")

#: A package that every index has, with a wheel for every Python: where it cannot be resolved, no student is to blame.
CONTROL = "packaging"
#: Runs of uv for all searches of one environment, and seconds for them.
MAX_TRIALS = 120
TRIALS_S = 120.0


class TrialsUsedUp(Exception):
    """The search took as many runs, or as much time, as it may."""


class Trials:
    """How many runs of uv are left for searching."""

    def __init__(self) -> None:
        self._left = MAX_TRIALS
        self._deadline = time.monotonic() + TRIALS_S

    def spend(self) -> None:
        """Count one run.

        Raises:
            TrialsUsedUp: none is left, or time is up.
        """
        if self._left <= 0 or time.monotonic() > self._deadline:
            raise TrialsUsedUp
        self._left -= 1


def smallest_failing(items: Sequence[T], works: Callable[[Sequence[T]], bool]) -> list[T]:
    """Find a part of `items` that fails and of which nothing can be left out, in the order of `items`.

    `items` fail together, nothing at all works, and what fails still fails with more beside it. A binary search for the
    first item with which the ones before it fail gives one item of that part; then the next is looked for before it.
    Empty where `items` work after all: what failed has passed by.
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
    """Run a control: whether uv resolves a package that can always be had (and `others`), asking the index anew."""
    (runner.folder / "control.txt").write_text("\n".join([CONTROL, *others]) + "\n", encoding="utf-8")
    ran = runner.uv(
        *("pip", "compile", f"{runner.inside}/control.txt"),
        *("--output-file", f"{runner.inside}/controlled.txt"),
        *("--python", runner.python, "--only-binary", ":all:", "--refresh", "--no-header", "--quiet"),
        *(("--torch-backend", "cpu") if cpu_index else ()),
    )
    return ran.code == 0
