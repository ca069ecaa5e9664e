"""The way of a submission: fetch, plan, prepare, run, collect, assess, render. Each step takes what the one before gave.

`grade_source` goes the whole way, `grade` the part between the plan and the result. What a step needs lies below, by
subject: `grader.submission`, `grader.grading`, `grader.environment`, `grader.sandbox`, `grader.exam`, `grader.render`.
"""

from __future__ import annotations

import logging
import os
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

from grader import exam, grading
from grader.course.fingerprints import load_fingerprints
from grader.course.pack import Course
from grader.grading import CheckRun, OnEvent, Options, Planned, plan_submission
from grader.grading.describe import (
    environment_notes,
    forge_info,
    grader_info,
    report_notes,
    submission_info,
)
from grader.grading.facts import facts
from grader.grading.suite_cache import SuiteCache
from grader.grading.suite_reuse import Known, SuiteReuse
from grader.render.opening import opening as opening_line
from grader.results import Result
from grader.sandbox.protocol import Event, Sandbox, StudentPython
from grader.secrets.rules import redacted
from grader.submission import Submission

__all__ = ["Options", "Planned", "Setup", "grade", "grade_source", "install", "opening", "plan_submission"]

_log = logging.getLogger(__name__)

#: Makes the environment of the students' code ready.
Install = Callable[[Planned, Sandbox], StudentPython]
Rendered = TypeVar("Rendered")


def install(
    planned: Planned, sandbox: Sandbox, say: Callable[[str], None] = lambda line: None
) -> StudentPython:
    """Install what the submission and the planned modules ask for, each step said. Docker's client is loaded only here."""
    from grader.environment.prepare import prepare_student_python
    from grader.environment.suite_tools import prepare_suite_tools

    student = prepare_student_python(
        planned.submission,
        sandbox,
        course=planned.course.root,
        packages=planned.packages,
        locked=planned.locked,
        progress=say,
    )
    tools = prepare_suite_tools(planned.suite_tools, sandbox, planned.course.root, say)
    return replace(student, suite_tools=tools)


def opening(planned: Planned, options: Options, sandbox: Sandbox) -> str:
    """Return the line that a run begins with: what is graded, as what, and where it runs."""
    submission = planned.submission
    source = submission.source
    return opening_line(
        submission.id,
        place=os.path.abspath(source) if os.path.isdir(source) else source,
        folder=submission.subfolder,
        commit=submission.commit,
        dirty=submission.dirty if options.provenance == "self" else None,
        files=len(submission.blobs),
        profile=planned.profile,
        sandbox=sandbox.name,
    )


def _nothing() -> None:
    """Do nothing. By name, so that a setup can go to another process."""


@dataclass(frozen=True, kw_only=True)
class Setup:
    """What all submissions of a run have in common.

    Attributes:
        course, sandbox, options: where the suites are, where they run, and how to grade.
        install: called only where a planned check wants the students' dependencies.
        watch: told the plan; gives what takes the events of the run as they happen.
        on_log: told what the suite's process said on stderr; for course authors, it may hold suite sources.
        cache: what suites said of earlier commits; without one, all of them run.
        meanwhile: done while the sandbox works, such as loading what renders the result.
    """

    course: Course
    sandbox: Sandbox
    options: Options = field(default_factory=Options)
    install: Install = install
    watch: Callable[[Planned], AbstractContextManager[OnEvent]] = lambda planned: nullcontext(
        lambda event: None
    )
    on_log: Callable[[str], None] = lambda log: None
    cache: SuiteCache | None = None
    meanwhile: Callable[[], None] = _nothing


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """A planned submission with the environment of its code."""

    planned: Planned
    student: StudentPython
    started_at: datetime
    began: float


def grade_source(
    fetch: Callable[[Path], Submission], setup: Setup, render: Callable[[Result], Rendered]
) -> Rendered:
    """Grade one submission: `fetch` writes its files into the folder it is given, `render` writes its reports.

    Raises:
        GradingError: a step could not be done.
        SourceError: there is nothing to grade.
    """
    with tempfile.TemporaryDirectory(prefix="grader-", ignore_cleanup_errors=True) as scratch:
        submission = fetch(Path(scratch) / "files")
        _log.info(
            "fetched %s: commit %s, %d files, %d bytes",
            submission.source,
            submission.commit[:12] or "none",
            len(submission.blobs),
            submission.size_bytes,
        )
        planned = plan_submission(submission, setup.course, setup.options)
        result = grade(planned, setup)
        return render(result)


def grade(planned: Planned, setup: Setup) -> Result:
    """Grade a submission that was fetched and planned.

    Raises:
        GradingError: the sandbox, or the environment step, could not be had.
    """
    _log.info(
        "planned %d checks of %s, profile %s",
        len(planned.plan.checks),
        " ".join(module.id for module, _ in planned.plan.modules) or "no module",
        planned.profile,
    )
    sandbox = setup.sandbox
    image = sandbox.image_digest or "none"
    _log.info("sandbox %s, image %s, Python %s", sandbox.name, image, sandbox.python)
    reuse = SuiteReuse.of(setup.cache, planned, sandbox, setup.options)
    with setup.watch(planned) as on_event:
        unchanged = reuse.unchanged() if reuse is not None else None
        if unchanged is not None:
            _log.info("nothing changed since an earlier run")
            prepared, known = _prepared(planned, unchanged[0]), unchanged[1]
        else:
            prepared = prepare(planned, setup)
            known = reuse.known(prepared.student) if reuse is not None else Known()
        works = threading.Event()
        with ThreadPoolExecutor(1, thread_name_prefix="grader-report") as beside:
            reading = beside.submit(_read_meanwhile, planned, setup, works)
            try:
                ran = run(prepared, setup, _telling(works, on_event), known)
            finally:
                works.set()
        if reuse is not None and unchanged is None:
            reuse.keep(ran, known, prepared.student)
        result = collect(prepared, ran, setup)
        return reading.result()(result)


def _read_meanwhile(planned: Planned, setup: Setup, works: threading.Event) -> Callable[[Result], Result]:
    """Read the exam report while the sandbox works and this process waits; not sooner, or the start takes longer."""
    works.wait()
    assess = read_reports(planned)
    setup.meanwhile()
    return assess


def _telling(works: threading.Event, on_event: OnEvent) -> OnEvent:
    def tell(event: Event) -> None:
        works.set()
        on_event(event)

    return tell


def prepare(planned: Planned, setup: Setup) -> Prepared:
    """Make the environment of the students' code ready, where a planned check wants it."""
    started_at, began = datetime.now(UTC), time.monotonic()
    student = setup.install(planned, setup.sandbox) if planned.plan.needs_environment else StudentPython()
    _log.info(
        "environment %s: %d packages missing, %.1f s",
        student.digest or "not needed",
        len(student.missing) + len(student.unknown),
        time.monotonic() - began,
    )
    return Prepared(planned=planned, student=student, started_at=started_at, began=began)


def _prepared(planned: Planned, student: StudentPython) -> Prepared:
    return Prepared(planned=planned, student=student, started_at=datetime.now(UTC), began=time.monotonic())


def run(prepared: Prepared, setup: Setup, on_event: OnEvent, known: Known | None = None) -> CheckRun:
    """Run the planned checks in the sandbox, but those of suites that need not run again."""
    planned, known = prepared.planned, known or Known()
    entries = [*known.settled.values(), *known.doubtful.values()]
    settled: dict[str, Sequence[Event]] = {name: entry.events for name, entry in known.settled.items()}
    if known.inventory is not None:
        settled["inventory"] = (known.inventory,)
    return grading.run(
        planned.plan,
        submission=planned.submission,
        course=planned.course,
        sandbox=setup.sandbox,
        facts=facts(planned),
        student=prepared.student,
        limits=setup.options.limits,
        explain=setup.options.explain,
        settled=settled,
        doubtful={name: entry.events for name, entry in known.doubtful.items()},
        spent_s=sum(entry.spent_s for entry in entries),
        on_event=on_event,
        on_log=setup.on_log,
    )


def collect(prepared: Prepared, ran: CheckRun, setup: Setup) -> Result:
    """Join the plan with what came back, and describe how it came about."""
    from grader.submission.statistics import read_statistics

    planned, student, sandbox, options = prepared.planned, prepared.student, setup.sandbox, setup.options
    submission, course = planned.submission, planned.course
    collected = grading.collect(planned.plan, ran)
    return Result(
        grader=grader_info(planned, sandbox, student, options),
        submission=submission_info(planned, options),
        started_at=prepared.started_at,
        duration_s=round(time.monotonic() - prepared.began, 3),
        modules=collected.modules,
        inventory=collected.inventory,
        history=submission.history,
        statistics=read_statistics(submission, load_fingerprints(course.checks).template),
        forge=forge_info(submission, options),
        findings=collected.findings,
        notes=(*report_notes(planned), *sandbox.notes, *environment_notes(student)),
        summary=grading.summarise(collected.modules).model_copy(update={"findings": len(collected.findings)}),
    )


def read_reports(planned: Planned) -> Callable[[Result], Result]:
    """Read the exam report and what the course says of it; return what holds a result's checks against it."""
    submission, reports, path = planned.submission, planned.course.reports, planned.report_path
    # An answer may quote a token as well as any file.
    text = redacted(exam.load_report(submission.root, path)) if path is not None else None
    return partial(
        exam.assess,
        report=exam.read_report(text, exam.load_editions(reports)) if text is not None else None,
        report_path=path,
        boxes=exam.load_checklist(reports),
        tools=exam.load_tools(reports),
        about=exam.load_report_data(reports),
        lists=planned.lists,
        reports=planned.reports,
    )
