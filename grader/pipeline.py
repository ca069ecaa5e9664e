"""The whole way of one submission, from a source to a `Result`: fetch, plan, run, collect, assess."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

import grader
from grader import exam, grading
from grader.course.fingerprints import load_fingerprints
from grader.course.module import Module, Profile
from grader.course.pack import Course
from grader.results import Forge, GraderInfo, Result, SubmissionInfo
from grader.sandbox.lock import Locked
from grader.sandbox.protocol import Sandbox, StudentPython
from grader.secrets.rules import redacted
from grader.settings import Limits
from grader.submission.model import Submission
from grader.submission.statistics import read_statistics

if TYPE_CHECKING:
    from grader.forge import Access


@dataclass(frozen=True, kw_only=True)
class Options:
    """How to grade, apart from what and where.

    Attributes:
        modules, session: which modules; all by default.
        only: names of checks, with what they require; all by default.
        profile: `exercises` or `project`; found from the repository by default.
        provenance: `official` for a run of the course's own, `self` for anybody's.
        limits: of the run.
        forge: where to ask for what git does not know, and with what token; nowhere by default.
        forge_repository: `owner/name` there, where the source is a folder.
    """

    modules: tuple[str, ...] = ()
    session: str = ""
    only: frozenset[str] | None = None
    profile: Profile | None = None
    provenance: Literal["official", "self"] = "self"
    limits: Limits = field(default_factory=Limits)
    forge: Access | None = None
    forge_repository: str = ""

    def official(self) -> Options:
        """The same, for a run of the course's own."""
        return replace(self, provenance="official")


#: Makes the environment of the students' code ready; called only where a planned check wants it.
PrepareEnvironment = Callable[["Planned"], StudentPython]


@dataclass(frozen=True, kw_only=True)
class Planned:
    """A submission and what will be run on it."""

    submission: Submission
    course: Course
    profile: Profile
    plan: grading.CheckPlan
    report_path: str | None
    reports: tuple[str, ...] = ()
    lists: tuple[exam.Checklist, ...] = ()
    #: Versions for its environment that were decided before: a proof's lock.
    locked: tuple[Locked, ...] = ()

    @property
    def packages(self) -> tuple[str, ...]:
        """What the planned modules of exercises need by themselves (PEP 508); a project declares what it needs."""
        if self.profile == "project":
            return ()
        return tuple(package for module, _ in self.plan.modules for package in module.info.packages)


def plan_submission(submission: Submission, course: Course, options: Options) -> Planned:
    """Decide the profile and which checks have to report. Raises UsageError for an unknown module."""
    modules: Sequence[Module] = course.select(options.modules, options.session)
    reports = exam.find_reports(submission.root, submission.files())
    report_path = reports[0] if reports else None
    lists = exam.find_checklists(submission.root, submission.files(), report_path)
    listed = exam.claimed((), lists, exam.load_checklist(course.reports))
    profile = options.profile or grading.find_profile(report_path, checklist=bool(listed))
    return Planned(
        submission=submission,
        course=course,
        profile=profile,
        plan=grading.plan(modules, profile, options.only),
        report_path=report_path,
        reports=tuple(reports),
        lists=lists,
    )


def grade(
    planned: Planned,
    *,
    sandbox: Sandbox,
    options: Options,
    prepare_environment: PrepareEnvironment | None = None,
    on_event: grading.OnEvent = lambda event: None,
    on_log: Callable[[str], None] = lambda log: None,
) -> Result:
    """Run the planned checks and assess the exam report.

    Raises:
        GradingError: the sandbox, or the environment step, could not be had.
    """
    submission, course = planned.submission, planned.course
    started_at, began = datetime.now(UTC), time.monotonic()
    student = StudentPython()
    if planned.plan.needs_environment and prepare_environment is not None:
        student = prepare_environment(planned)
    collected = grading.run(
        planned.plan,
        submission=submission,
        course=course,
        sandbox=sandbox,
        facts=facts(planned),
        student=student,
        limits=options.limits,
        on_event=on_event,
        on_log=on_log,
    )
    result = Result(
        grader=_grader_info(planned, sandbox, student, options),
        submission=_submission_info(planned, options),
        started_at=started_at,
        duration_s=round(time.monotonic() - began, 3),
        modules=collected.modules,
        inventory=collected.inventory,
        history=submission.history,
        statistics=read_statistics(submission, load_fingerprints(course.checks).template),
        forge=_forge(submission, options),
        findings=collected.findings,
        notes=(*_report_notes(planned), *sandbox.notes, *environment_notes(student)),
        summary=grading.summarise(collected.modules).model_copy(update={"findings": len(collected.findings)}),
    )
    return assess(result, planned)


def assess(result: Result, planned: Planned) -> Result:
    """Read the exam report and hold it against the checks."""
    submission, course, report_path = planned.submission, planned.course, planned.report_path
    # An answer may quote a token as well as any file.
    text = redacted(exam.load_report(submission.root, report_path)) if report_path is not None else None
    return exam.assess(
        result,
        text,
        report_path,
        exam.load_editions(course.reports),
        exam.load_checklist(course.reports),
        exam.load_tools(course.reports),
        lists=planned.lists,
        reports=planned.reports,
    )


def _report_notes(planned: Planned) -> tuple[str, ...]:
    if planned.report_path is not None or planned.profile != "project":
        return ()
    others = {branch.get("name") for branch in planned.submission.branches} - {planned.submission.branch}
    return (exam.without_report(planned.submission.branch, len(others)),)


def facts(planned: Planned) -> Mapping[str, Any]:
    """What suites see of a submission beside its files: JSON data."""
    submission = planned.submission
    fingerprints = load_fingerprints(planned.course.checks)
    return {
        "profile": planned.profile,
        "commit": submission.commit,
        "branch": submission.branch,
        "dirty": submission.dirty,
        "has_remote": submission.has_remote,
        "commits": submission.commits,
        "branches": submission.branches,
        "history_gaps": list(submission.history.gaps),
        "subfolder": submission.subfolder,
        "above": list(submission.above),
        "top": submission.top,
        "blobs": submission.blobs,
        "skipped": [{"path": item.path, "reason": item.reason} for item in submission.skipped],
        "template_blobs": list(fingerprints.template),
        "sample_figures": list(fingerprints.sample_figures),
        "report_path": planned.report_path,
        # Claims need it, and only a report makes any.
        "inventory": planned.report_path is not None,
    }


def _forge(submission: Submission, options: Options) -> Forge | None:
    if options.forge is None:
        return None
    from grader.forge import ask_forge

    return ask_forge(options.forge, submission.source, submission.commit, repository=options.forge_repository)


def _grader_info(planned: Planned, sandbox: Sandbox, student: StudentPython, options: Options) -> GraderInfo:
    return GraderInfo(
        version=grader.__version__,
        course=planned.course.name,
        course_digest=planned.course.digest,
        image_digest=sandbox.image_digest,
        sandbox=sandbox.name,
        isolated=sandbox.isolated,
        python=sandbox.python,
        seed=grading.seed_of(planned.submission, planned.course),
        environment=student.digest,
        limits=options.limits.model_dump(),
    )


def _submission_info(planned: Planned, options: Options) -> SubmissionInfo:
    submission = planned.submission
    left_out = [f"left out: {item.path} ({item.reason})" for item in submission.skipped[:100]]
    return SubmissionInfo(
        id=submission.id,
        source=without_credentials(submission.source),
        commit=submission.commit,
        subfolder=submission.subfolder,
        branch=submission.branch,
        committed_at=submission.committed_at,
        fetched_at=submission.fetched_at,
        dirty=submission.dirty,
        profile=planned.profile,
        provenance=options.provenance,
        files=len(submission.blobs),
        size_bytes=submission.size_bytes,
        notes=(*submission.notes, *left_out),
    )


def environment_notes(student: StudentPython) -> tuple[str, ...]:
    """What could not be installed of the students' dependencies, and what stands in for parts of them, for the report."""
    missing = [
        f"not installed: {name}: {reason}"
        for name, reason in sorted({**student.missing, **student.unknown}.items())
    ]
    missing += [f"{name}: {text}" for name, text in sorted(student.notes.items())]
    return (*missing, student.fault) if student.fault else tuple(missing)


def without_credentials(source: str) -> str:
    """A URL without a user and a password in it."""
    return re.sub(r"(?<=://)[^/@\s]*@", "", source)
