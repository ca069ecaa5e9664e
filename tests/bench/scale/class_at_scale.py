"""One class of a size, graded twice on a simulated clock in a process of its own; its bill as JSON on stdout.

`python -m tests.bench.scale.class_at_scale 1000`; `make scale` compares such bills.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil
from rich.console import Console

from grader import render
from grader.batch import ClassPlan, grade_all
from grader.cli.class_progress import ClassProgress
from grader.course.pack import load_course
from grader.pipeline import Options, Setup
from grader.results import ModuleVerdict, Result, Summary, Verdict
from tests.bench.scale.simulated_crew import COMMIT, ID, Happenings, Simulation
from tests.memory_sandbox import MemorySandbox
from tests.render_sample import check, clean_result, module
from tests.small_class import WITH_ENVIRONMENT, write_pack

#: Imaginary processes.
JOBS = 16
#: Seconds of gradings, and what goes wrong of a class of strangers' repositories.
HAPPENINGS = Happenings(durations=(1.0, 2.0, 4.0, 8.0, 30.0), unfetched=0.02, lost=0.005, stuck=0.0005)


@dataclass(frozen=True, kw_only=True)
class Bill:
    """What one run over a class cost, in CPU seconds of its process, without those of the double, and in bytes of memory.

    Attributes:
        planning_s: until the first submission is given out.
        scheduling_s: from then until the last one is written down.
        overview_s: the pages and tables of the class.
        planned_bytes: by which planning has grown the memory.
        scheduled_bytes: by which it has grown from then on, before the overview.
        overview_bytes: by which the overview has grown it beyond that.
        gradings, losses: what was given out, and processes that were lost over it.
        graded, ungraded: what became of the class.
    """

    submissions: int
    planning_s: float
    scheduling_s: float
    overview_s: float
    planned_bytes: int
    scheduled_bytes: int
    overview_bytes: int
    gradings: int
    losses: int
    graded: int
    ungraded: int


@dataclass(frozen=True)
class _Mark:
    cpu_s: float
    rss: int


class _Stopwatch(ClassProgress):
    """The board of the command line, which notes when a run begins to give out, and when all is graded."""

    def __init__(self, simulation: Simulation) -> None:
        # As in a log: no terminal, a line a submission.
        console = Console(file=open(os.devnull, "w", encoding="utf-8"), width=200)  # noqa: SIM115 - for the process
        super().__init__(console, console)
        self._simulation = simulation
        self.begun = self.over = self.mark()

    def mark(self) -> _Mark:
        """Read CPU time, without that of the double, and memory."""
        return _Mark(time.process_time() - self._simulation.own_cpu_s, psutil.Process().memory_info().rss)

    def opens(self, total: int, jobs: int) -> None:
        self.begun = self.mark()
        super().opens(total, jobs)

    def close(self) -> None:
        super().close()
        self.over = self.mark()


def bills_of(submissions: int, out: Path, happenings: Happenings = HAPPENINGS) -> list[Bill]:
    """Grade a class of a size into `out` twice: afresh, and with all that is there."""
    write_pack(out / "pack", WITH_ENVIRONMENT)
    setup = Setup(course=load_course(out / "pack"), sandbox=MemorySandbox(), options=Options(profile="exercises"))
    simulation = Simulation(happenings=happenings, result=small_result())
    sources = [f"owner-{number}/project" for number in range(submissions)]
    return [_bill(sources, out / "results", setup, simulation) for _ in range(2)]


def small_result() -> str:
    """Return the text of a small result: scheduling never reads one, and a class of large ones fills the disk."""
    checks = (
        check("X1.named", "There is a function", Verdict.passed, 1),
        check("X1.doubles", "It doubles", Verdict.partial, 2, 3, message="Of 8 numbers 5 are doubled."),
    )
    result = clean_result()
    about = result.submission.model_copy(update={"id": ID, "commit": COMMIT, "source": "owner/project"})
    found = module("X1", "Doubling", "S1", ModuleVerdict.partial, checks)
    small = Result(
        grader=result.grader,
        submission=about,
        started_at=result.started_at,
        duration_s=1.0,
        modules=(found,),
        summary=Summary(points=3, max_points=4),
    )
    return render.render_json(small)


def _bill(sources: list[str], out: Path, setup: Setup, simulation: Simulation) -> Bill:
    watch = _Stopwatch(simulation)
    gradings, losses = simulation.gradings, simulation.losses
    began = watch.mark()
    graded = grade_all(
        sources,
        out=out,
        setup=setup,
        plan=ClassPlan(jobs=JOBS, formats=("json",), engine=simulation.engine),
        board=watch,
    )
    ended = watch.mark()
    return Bill(
        submissions=len(sources),
        planning_s=watch.begun.cpu_s - began.cpu_s,
        scheduling_s=watch.over.cpu_s - watch.begun.cpu_s,
        overview_s=ended.cpu_s - watch.over.cpu_s,
        planned_bytes=watch.begun.rss - began.rss,
        scheduled_bytes=watch.over.rss - watch.begun.rss,
        overview_bytes=ended.rss - watch.over.rss,
        gradings=simulation.gradings - gradings,
        losses=simulation.losses - losses,
        graded=len(graded.results),
        ungraded=len(graded.failed),
    )


@contextmanager
def _folder() -> Iterator[Path]:
    """Make a folder in memory, where there is one: how long a disk takes to sync is no work of the grader's process."""
    place = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="grader-scale-", dir=place) as temporary:
        yield Path(temporary)


if __name__ == "__main__":
    with _folder() as folder:
        print(json.dumps([asdict(bill) for bill in bills_of(int(sys.argv[1]), folder)]))
