"""A submission whose result stands: what one takes within a run that meets it again, beside its fetch."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from grader.batch import Fetching
from grader.batch.journal import Made
from grader.batch.overview import folder_of
from grader.batch.parts import put_in_place
from grader.batch.worker import Finished, Order, Shift, grade_order
from grader.demo import build_demo
from grader.forge import Access
from grader.pipeline import Options, Setup
from grader.submission import Submission
from tests.bench.figure import Figure, Measured
from tests.bench.rig import Pair, Rig, say

#: Looks at it a pair: one alone is too short for the clock of a busy machine.
LOOKS = 20


@dataclass(frozen=True, kw_only=True)
class _TimedFetching(Fetching):
    """Notes how long it takes."""

    took: list[float] = field(default_factory=list)

    def __call__(
        self,
        source: str,
        into: Path,
        *,
        commit: str | None = None,
        forge: Access | None = None,
        say: Callable[[str], None] = lambda line: None,
    ) -> Submission:
        began = time.perf_counter()
        try:
            return super().__call__(source, into, commit=commit, forge=forge, say=say)
        finally:
            self.took.append(time.perf_counter() - began)


def _measure(rig: Rig, pairs: int) -> Measured:
    place = rig.folder("unchanged")
    repository = build_demo(place / "project")
    fetching = _TimedFetching(cache=place / "clones")
    setup = Setup(course=rig.course, sandbox=rig.sandbox, options=Options(provenance="official"))
    shift = Shift(setup=setup, settings="same", formats=("json", "html"), fetching=fetching)
    kept = folder_of(place / "out", "project")
    first = _look(repository, place / "first", kept, None, shift)
    assert first.made is not None, first.reason
    put_in_place(place / "first", kept, whole=True)
    found = []
    for number in range(pairs):
        fetching.took.clear()
        began = time.perf_counter()
        for look in range(LOOKS):
            again = _look(repository, place / f"{number}-{look}", kept, first.made, shift)
            assert again.reused, again.reason
        took = time.perf_counter() - began - sum(fetching.took)
        found.append(Pair(took * 1000 / LOOKS, 1.0))
        say(
            f"  {number + 1}: {found[-1].ours:.1f} ms, and {sum(fetching.took) * 1000 / LOOKS:.1f} ms of fetching"
        )
    size = (kept / "result.json").stat().st_size
    return Measured(pairs=found, facts={"result.json": f"{size / 1024:.0f} kB"})


def _look(repository: Path, into: Path, kept: Path, made: Made | None, shift: Shift) -> Finished:
    order = Order(key="project", source=str(repository), id="project", into=into, made=made, kept=kept)
    return grade_order(order, shift, lambda said: None)


UNCHANGED = Figure(
    name="unchanged",
    ours="an unchanged submission within one `grade` run, fetch and process start aside",
    beside="",
    limit=30.0,
    unit="ms",
    measure=_measure,
)
