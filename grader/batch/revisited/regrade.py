"""Grade one check of one submission of an output folder again, and hold it against what was found then."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import partial
from pathlib import Path

from grader.batch.revisited.out_folder import OutFolder
from grader.course.pack import Course
from grader.errors import UsageError
from grader.pipeline import Options, Setup, grade_source
from grader.results import CheckResult, Result
from grader.review import Difference, compare
from grader.settings import SubmissionLimits
from grader.submission import Submission, fetch


@dataclass(frozen=True, kw_only=True)
class Complaint:
    """A check of a submission that was graded, to be graded again.

    Attributes:
        before: what was found then.
        source: where the submission is fetched from.
    """

    before: Result
    check: CheckResult
    source: str

    @property
    def module(self) -> str:
        """The id of the check's module."""
        return self.check.id.partition(".")[0]


@dataclass(frozen=True, kw_only=True)
class Regraded:
    """The check then and now; `result` has it and what it requires.

    Attributes:
        difference: of what was graded again.
        log: what the suite said; for its author, it may quote the suite.
    """

    before: CheckResult
    after: CheckResult
    result: Result
    difference: Difference
    log: str

    @property
    def same(self) -> bool:
        """Whether verdict and points are those of then."""
        then, now = self.before, self.after
        return (then.verdict, then.points) == (now.verdict, now.points)


def find_complaint(folder: OutFolder, name: str, check: str, source: str = "") -> Complaint:
    """Return the check of a submission.

    Raises:
        UsageError: the folder has no such submission or check, or what was graded cannot be fetched again.
    """
    if name not in folder.ids:
        near = _near(name, folder.ids)
        raise UsageError(
            f"{folder.path} has no result of {name!r}.", near or "Its index.html lists what it has."
        )
    before = folder.result(name)
    checks = {one.id: one for module in before.modules for one in module.checks}
    if check not in checks:
        near = _near(check, list(checks))
        raise UsageError(
            f"The result of {name} has no check {check!r}.", near or "`grader modules` lists modules."
        )
    if before.submission.dirty or not before.submission.commit:
        raise UsageError(f"{name} was graded with uncommitted changes, which nobody can fetch again.")
    return Complaint(before=before, check=checks[check], source=source or before.submission.source)


def options_for(complaint: Complaint) -> Options:
    """Return how the check was graded then, and that the suite is to explain itself."""
    submission = complaint.before.submission
    return Options(
        modules=(complaint.module,),
        only=frozenset({complaint.check.id.partition(".")[2]}),
        profile=submission.profile,
        provenance=submission.provenance,
        explain=True,
    )


def check_planned(complaint: Complaint, course: Course) -> None:
    """Refuse a check that the course does not have any more. Raises UsageError."""
    (module,) = course.select((complaint.module,))
    planned = {check.id for check in module.planned(complaint.before.submission.profile)}
    if complaint.check.id not in planned:
        raise UsageError(
            f"The course has no check {complaint.check.id} any more.",
            "Name the course pack of then with --course.",
        )


def regrade(complaint: Complaint, setup: Setup, keep: Callable[[Result], object]) -> Regraded:
    """Grade the check again at the commit of then; `keep` writes the new result.

    Raises:
        SourceError: the source or its commit is gone.
        GradingError: a step could not be done.
    """
    logs: list[str] = []
    before = complaint.before
    setup = replace(setup, on_log=logs.append)

    def finish(result: Result) -> Result:
        named = result.submission.model_copy(update={"id": before.submission.id})
        result = result.model_copy(update={"submission": named, "exam": None, "checklist": ()})
        keep(result)
        return result

    result = grade_source(partial(_fetch, complaint), setup, finish)
    found = {check.id: check for module in result.modules for check in module.checks}
    return Regraded(
        before=complaint.check,
        after=found[complaint.check.id],
        result=result,
        difference=compare(_part(before, frozenset(found)), result),
        log="\n".join(log for log in logs if log),
    )


def _part(result: Result, checks: frozenset[str]) -> Result:
    """Return a result with these checks alone."""
    modules = tuple(
        module.model_copy(update={"checks": tuple(one for one in module.checks if one.id in checks)})
        for module in result.modules
    )
    left = tuple(module for module in modules if module.checks)
    return result.model_copy(update={"modules": left, "exam": None, "checklist": ()})


def _fetch(complaint: Complaint, into: Path) -> Submission:
    return fetch(
        complaint.source, into=into, limits=SubmissionLimits(), commit=complaint.before.submission.commit
    )


def _near(name: str, names: list[str] | tuple[str, ...]) -> str:
    near = get_close_matches(name, names, 1)
    return f"Did you mean {near[0]}?" if near else ""
