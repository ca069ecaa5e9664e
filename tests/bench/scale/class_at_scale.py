"""One class of a size, graded twice on a simulated clock in a process of its own; its bill as JSON on stdout.

`python -m tests.bench.scale.class_at_scale 1000`; `make scale` compares such bills.
"""

from __future__ import annotations

import json
import shutil
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from grader import render
from grader.batch import ClassPlan, grade_all
from grader.batch.journal import Made
from grader.batch.worker import Order
from grader.course.pack import load_course
from grader.pipeline import Options, Setup
from grader.results import ModuleVerdict, Result, Summary, Verdict
from tests.bench.scale.simulated_crew import COMMIT, ID, Happenings, Simulation, alone
from tests.bench.scale.stopwatch import Stopwatch, mark, memory_folder
from tests.memory_sandbox import MemorySandbox
from tests.render_sample import check, clean_result, module
from tests.small_class import WITH_ENVIRONMENT, write_pack

#: Imaginary processes.
JOBS = 16
#: Seconds of gradings, as some projects took on two cores, and shares of what goes wrong, which are assumed.
HAPPENINGS = Happenings(durations=(36.6, 35.3, 57.2, 66.4, 70.3), unfetched=0.02, lost=0.005, stuck=0.0005)


@dataclass(frozen=True, kw_only=True)
class Bill:
    """What one run over a class cost, in CPU seconds of its process and in bytes of memory.

    Attributes:
        double_s: of `scheduling_s`, what the double took.
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
    double_s: float
    overview_s: float
    planned_bytes: int
    scheduled_bytes: int
    overview_bytes: int
    gradings: int
    losses: int
    graded: int
    ungraded: int


def bills_of(submissions: int, out: Path, happenings: Happenings = HAPPENINGS) -> list[Bill]:
    """Grade a class of a size into `out` twice: afresh, and with all that is there."""
    write_pack(out / "pack", WITH_ENVIRONMENT)
    setup = Setup(
        course=load_course(out / "pack"), sandbox=MemorySandbox(), options=Options(profile="exercises")
    )
    simulation = Simulation(happenings=happenings, result=small_result())
    sources = [f"owner-{number}/project" for number in range(submissions)]
    made = None
    bills = []
    for _ in range(2):
        double_s = _alone(submissions, out / "alone", made, happenings)
        bills.append(_bill(sources, out / "results", setup, simulation, double_s))
        made = Made(settings="settings", state="", revision="", digest="", duration_s=1.0)
    return bills


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


def _alone(submissions: int, out: Path, made: Made | None, happenings: Happenings) -> float:
    """Return the CPU seconds that the double takes by itself for a class of a size."""
    simulation = Simulation(happenings=happenings, result=small_result())
    orders = [
        Order(key=name, source=name, id=name, into=out / name, made=made, kept=out)
        for name in (f"owner-{number}-project" for number in range(submissions))
    ]
    out.mkdir()
    began = time.process_time()
    alone(simulation, orders, JOBS)
    took = time.process_time() - began
    shutil.rmtree(out)
    return took


def _bill(sources: list[str], out: Path, setup: Setup, simulation: Simulation, double_s: float) -> Bill:
    watch = Stopwatch()
    gradings, losses = simulation.gradings, simulation.losses
    began = mark()
    graded = grade_all(
        sources,
        out=out,
        setup=setup,
        plan=ClassPlan(jobs=JOBS, formats=("json",), engine=simulation.engine),
        board=watch,
    )
    ended = mark()
    watch.done()
    return Bill(
        submissions=len(sources),
        planning_s=watch.begun.cpu_s - began.cpu_s,
        scheduling_s=watch.over.cpu_s - watch.begun.cpu_s,
        double_s=double_s,
        overview_s=ended.cpu_s - watch.over.cpu_s,
        planned_bytes=watch.begun.rss - began.rss,
        scheduled_bytes=watch.over.rss - watch.begun.rss,
        overview_bytes=ended.rss - watch.over.rss,
        gradings=simulation.gradings - gradings,
        losses=simulation.losses - losses,
        graded=len(graded.results),
        ungraded=len(graded.failed),
    )


if __name__ == "__main__":
    with memory_folder() as folder:
        print(json.dumps([asdict(bill) for bill in bills_of(int(sys.argv[1]), folder)]))
