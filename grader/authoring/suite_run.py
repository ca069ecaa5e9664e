"""One run of a suite on one repository of a proof: what its checks say, and which of them started the students' code."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from grader.authoring.proof_plan import read_proof_lock
from grader.authoring.recipe import build_repository
from grader.course.module import Module, Profile
from grader.course.pack import Course
from grader.grading import collect
from grader.pipeline import Install, Options, Planned, Setup, plan_submission, prepare, run
from grader.results import CheckResult, Verdict
from grader.sandbox.protocol import CallEvent, CheckEvent, Event, Sandbox
from grader.settings import SubmissionLimits
from grader.submission import fetch_working_tree

#: Verdicts of a check that found something wrong.
CAUGHT = frozenset({Verdict.failed, Verdict.partial, Verdict.timeout})


@dataclass(frozen=True, kw_only=True)
class SuiteRun:
    """What the checks of a suite said, by name, and the names of those that started the students' code."""

    checks: dict[str, CheckResult]
    called: frozenset[str]

    @property
    def points(self) -> float:
        """The points that were given."""
        return round(sum(check.points for check in self.checks.values()), 4)

    @property
    def max_points(self) -> float:
        """The points of all planned checks: one that does not apply has lost them."""
        return round(sum(check.max_points for check in self.checks.values()), 4)

    @property
    def ran_and_caught(self) -> frozenset[str]:
        """The checks that started the students' code and found something wrong with it."""
        return frozenset(name for name in self.called if self.checks[name].verdict in CAUGHT)


class SuiteRunner:
    """Runs the suite of one module, in one sandbox, with the versions of the exercise's `proof.lock`."""

    def __init__(self, course: Course, module: Module, sandbox: Sandbox, install: Install) -> None:
        self.course = course
        self.module = module
        self.exercise = course.exercises / module.folder.name
        self.sandbox = sandbox
        self.install = install
        #: The duration of each run that has ended, in seconds.
        self.seconds: list[float] = []
        #: By check, the CPU seconds of the call that used most, if that is more than half of what a call may have.
        self.heavy: dict[str, float] = {}

    def run(
        self,
        folder: Path,
        *,
        recipe: Path | None = None,
        only: frozenset[str] | None = None,
        profile: Profile = "exercises",
    ) -> SuiteRun:
        """Run the checks of a profile, or `only` some of them, on a folder or on what a recipe makes of it."""
        options = Options(modules=(self.module.id,), profile=profile, only=only)
        called: set[str] = set()

        def note(event: Event) -> None:
            if isinstance(event, CallEvent) or (isinstance(event, CheckEvent) and event.called):
                called.add(event.check)
            if isinstance(event, CallEvent) and event.cpu_s > options.limits.call_cpu_s / 2:
                self.heavy[event.check] = max(event.cpu_s, self.heavy.get(event.check, 0.0))

        setup = Setup(course=self.course, sandbox=self.sandbox, options=options, install=self.install)
        with self.planned(folder, recipe, options) as planned:
            # No report is assessed: that takes a third of a short run, and decides no check.
            ran = run(prepare(planned, setup), setup, note)
            modules = collect(planned.plan, ran).modules
        checks = {check.id.partition(".")[2]: check for module in modules for check in module.checks}
        names = {check.id: name for name, check in checks.items()}
        return SuiteRun(checks=checks, called=frozenset(names[one] for one in called if one in names))

    @contextmanager
    def planned(self, folder: Path, recipe: Path | None, options: Options) -> Iterator[Planned]:
        """Make the repository, fetch it, and plan its run, for as long as the context lasts."""
        began = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="grader-prove-") as temporary:
            scratch = Path(temporary)
            repository = build_repository(recipe, folder if folder.is_dir() else None, scratch / "repository")
            submission = fetch_working_tree(repository, into=scratch / "files", limits=SubmissionLimits())
            planned = plan_submission(submission, self.course, options)
            yield replace(planned, locked=read_proof_lock(self.exercise))
        self.seconds.append(time.monotonic() - began)


def flipped(what: str, first: Mapping[str, CheckResult], again: Mapping[str, CheckResult]) -> list[str]:
    """Return, for each check of a later run whose verdict is not that of the first run, what it said then and now.

    What a suite says must not depend on how busy a machine is.
    """
    return [
        f"{what}: {name} says {check.verdict} and, once more, {again[name].verdict}: {again[name].message or check.message}"
        for name, check in first.items()
        if name in again and again[name].verdict is not check.verdict
    ]
