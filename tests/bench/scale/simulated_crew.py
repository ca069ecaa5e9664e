"""The double of `make scale`: an engine that grades nothing, on a clock of its own, with durations and faults as they happen.

All else of a run is real: the order, the journal, the reports that are put in place, the board, the overview. What the double
itself costs is none of the grader's: `alone` goes its way without a grader, to be taken off.
"""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from grader.batch.crew import Engine
from grader.batch.journal import Made
from grader.batch.reuse import RESULT
from grader.batch.worker import Finished, Order, Said, Shift
from grader.settings import BatchLimits

_FATES = ("unfetched", "lost", "stuck", "graded")
#: Stands in the results' text where the id and the commit of a submission go.
ID, COMMIT = "submission-id", "c" * 40


@dataclass(frozen=True, kw_only=True)
class Happenings:
    """What happens to submissions, each as a share of them; all others are graded.

    Attributes:
        durations: seconds of gradings, drawn evenly; measured ones.
        unfetched: could not be fetched: private, gone, no repository.
        lost: took its process down, and is tried again, at most as often as the run's limits say.
        stuck: outlasted the deadline of a submission.
    """

    durations: Sequence[float]
    unfetched: float
    lost: float
    stuck: float


@dataclass(order=True)
class _Grading:
    """A submission on its way: when it ends on the simulated clock, and how."""

    ends_at: float
    number: int
    order: Order = field(compare=False)
    fate: str = field(compare=False)
    took_s: float = field(compare=False)


@dataclass(kw_only=True)
class Simulation:
    """Makes the engine of a run, and knows afterwards what went on in it: `plan.engine` of a run is its `engine`.

    Attributes:
        happenings: what happens to submissions.
        result: the text of a result, with `ID` and `COMMIT` where those of a submission go.
        seed: of what is drawn.
        clock_s: seconds on the simulated clock, of all runs so far.
        gradings, losses: how often something was given out, and how often a process was lost over it.
    """

    happenings: Happenings
    result: str
    seed: int = 11
    clock_s: float = 0.0
    gradings: int = 0
    losses: int = 0

    def engine(self, shift: Shift, size: int, folder: Path, limits: BatchLimits) -> Engine:
        """Make an engine of `size` imaginary processes."""
        return SimulatedCrew(self, shift.settings, size, limits)


class SimulatedCrew:
    """Imaginary processes: each word of theirs comes when it is due on the simulated clock, and nobody waits for it."""

    def __init__(self, simulation: Simulation, settings: str, size: int, limits: BatchLimits) -> None:
        self._simulation, self._settings, self.size, self._limits = simulation, settings, size, limits
        shares = (simulation.happenings.unfetched, simulation.happenings.lost, simulation.happenings.stuck)
        self._weights = (*shares, 1 - sum(shares))
        self._random = Random(simulation.seed)
        self._running: list[_Grading] = []

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def orders(self) -> list[Order]:
        """What is being graded."""
        return [one.order for one in self._running]

    def free(self) -> bool:
        """Return whether an imaginary process has nothing to do."""
        return len(self._running) < self.size

    def give(self, order: Order) -> None:
        """Draw how the grading of a submission ends, and when."""
        simulation, happenings = self._simulation, self._simulation.happenings
        simulation.gradings += 1
        (fate,) = self._random.choices(_FATES, weights=self._weights)
        took_s = self._random.choice(happenings.durations)
        if order.made is not None and order.made.settings == self._settings:
            fate, took_s = "stands", 0.1
        elif fate == "stuck":
            took_s = self._limits.submission_s
        one = _Grading(simulation.clock_s + took_s, simulation.gradings, order, fate, took_s)
        heapq.heappush(self._running, one)

    def listen(self, wait_s: float) -> Iterator[tuple[Order, Said | Finished]]:
        """Move the clock to the end of the next grading, and yield what its process says."""
        if not self._running:
            self._simulation.clock_s += wait_s
            return
        one = heapq.heappop(self._running)
        self._simulation.clock_s = one.ends_at
        # As a process does: the line that a run begins with, then the modules.
        yield one.order, Said(opening=f"{one.order.id}: graded")
        yield one.order, Said(module="X1")
        yield one.order, self._end(one)

    def stop(self) -> None:
        """Forget what is being graded."""
        self._running.clear()

    def _end(self, one: _Grading) -> Finished:
        order = one.order
        if one.fate == "unfetched":
            return Finished(key=order.key, reason=f"{order.source} is private, or is not there.")
        if one.fate in ("lost", "stuck"):
            self._simulation.losses += 1
            why = "was ended by SIGKILL" if one.fate == "lost" else "took longer than it may"
            return Finished(
                key=order.key,
                reason=f"The process that graded it {why}.",
                lost=True,
                late=one.fate == "stuck",
            )
        if one.fate == "stands":
            return Finished(key=order.key, made=order.made, reused=True, points=3.0, max_points=4.0)
        commit = hashlib.sha256(order.id.encode()).hexdigest()[:40]
        text = self._simulation.result.replace(ID, order.id).replace(COMMIT, commit).encode()
        order.into.mkdir()
        (order.into / RESULT).write_bytes(text)
        made = Made(
            settings=self._settings,
            state=commit,
            revision=commit,
            digest=hashlib.sha256(text).hexdigest(),
            duration_s=one.took_s,
        )
        return Finished(key=order.key, made=made, points=3.0, max_points=4.0)


def alone(simulation: Simulation, orders: Sequence[Order], size: int) -> None:
    """Let the double go through orders, whose folders it writes, without a grader around it."""
    crew = SimulatedCrew(simulation, "settings", size, BatchLimits())
    waiting = iter(orders)
    while True:
        while crew.free() and (order := next(waiting, None)) is not None:
            crew.give(order)
        if not crew.orders:
            return
        for _ in crew.listen(0.0):
            pass
