"""One submission, the sample project of `grader demo`: the grader beside the bare work, all suites at once or a module each."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from grader.demo import build_demo
from grader.sandbox.protocol import Job
from tests.bench.bare import bare_run, by_module, job_of
from tests.bench.figure import Figure, Measured
from tests.bench.rig import Rig, in_turns, timed


def _measure(rig: Rig, pairs: int) -> Measured:
    command, job = _sample(rig)
    bare = bare_run(job, rig.sandbox.image.tag)
    return Measured(
        pairs=in_turns(pairs, lambda: timed(command), bare),
        facts={"work": f"{len(job.folders)} suites, {len(job.checks)} checks"},
    )


def _measure_modules(rig: Rig, pairs: int) -> Measured:
    command, job = _sample(rig)
    names = {module.id: module.folder.name for module in rig.course.modules}
    apart = [
        bare_run(replace(one, folders=(names[one.checks[0].partition(".")[0]],)), rig.sandbox.image.tag)
        for one in by_module(job)
    ]
    return Measured(
        pairs=in_turns(pairs, lambda: timed(command), lambda: sum(run() for run in apart)),
        facts={"work": f"{len(apart)} containers"},
    )


def _sample(rig: Rig) -> tuple[list[str], Job]:
    """Return the grader's command for the sample project, and the job that it runs."""
    place = rig.folder("one")
    repository: Path = build_demo(place / "project")
    out = str(place / "out")
    command = rig.grader("check", str(repository), "--sandbox", "docker", "--out", out)
    return command, job_of(rig, repository, place / "files")


ONE_SUBMISSION = Figure(
    name="one-submission",
    ours="`grader check`, a whole process",
    beside="the same suites in one bare, hardened `docker run`",
    limit=1.10,
    measure=_measure,
)
A_MODULE_EACH = Figure(
    name="a-module-each",
    ours="`grader check`, a whole process",
    beside="the same suites bare, a `docker run` a module, one after the other",
    limit=None,
    measure=_measure_modules,
)
