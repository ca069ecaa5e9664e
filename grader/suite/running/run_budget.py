"""The time of a run: what all student processes of a submission may take together, and when its container has to end."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping

#: Seconds of a module that says nothing of its own.
MODULE_S = 60.0


class RunBudget:
    """Counts the wall seconds of student processes against what the started modules bring.

    Args:
        base_s: seconds that every submission has.
        modules: seconds of each module of the run, by id.
        spent_s: what earlier processes of the run have used.
        container_s: seconds after which no further check starts in this container.
        started: modules that earlier processes of the run have found work of.

    Example:
        budget = RunBudget(60.0, {"X16": 120.0}, spent_s=0.0, container_s=340.0)
        budget.start("X16")
        assert budget.left_s == 180.0
    """

    def __init__(
        self,
        base_s: float,
        modules: Mapping[str, float],
        *,
        spent_s: float,
        container_s: float,
        started: Iterable[str] = (),
    ) -> None:
        self._base_s = base_s
        self._modules = modules
        self._started = set(started)
        self._container_ends = time.monotonic() + container_s
        self._call_began: float | None = None
        #: Seconds that student processes of the run have used.
        self.spent_s = spent_s

    def start(self, module: str) -> None:
        """Add the seconds of a module that has work."""
        self._started.add(module)

    def watch(self, running: bool) -> None:
        """Count a student process: called before it with True, after it with False."""
        if running:
            self._call_began = time.monotonic()
        elif self._call_began is not None:
            self.spent_s += time.monotonic() - self._call_began
            self._call_began = None

    @property
    def total_s(self) -> float:
        """Seconds that the submission has with the modules that were started so far."""
        return self._base_s + sum(self._modules.get(module, MODULE_S) for module in self._started)

    @property
    def left_s(self) -> float:
        """Seconds that are left for student processes; those of a process that runs are gone."""
        running_s = 0.0 if self._call_began is None else time.monotonic() - self._call_began
        return self.total_s - self.spent_s - running_s

    @property
    def container_over(self) -> bool:
        """Whether the next check needs another container."""
        return time.monotonic() > self._container_ends
