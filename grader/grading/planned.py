"""A submission and what will be run on it: how to grade, the profile, the planned checks, where its report is."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from grader import exam
from grader.course.module import Profile, SuiteTool
from grader.course.pack import Course
from grader.grading.check_plan import CheckPlan, plan
from grader.sandbox.lock import Locked
from grader.settings import Limits
from grader.submission.model import Submission

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
        """Return the same options for a run of the course's own."""
        return replace(self, provenance="official")


@dataclass(frozen=True, kw_only=True)
class Planned:
    """A submission and what will be run on it."""

    submission: Submission
    course: Course
    profile: Profile
    plan: CheckPlan
    report_path: str | None
    #: Where the course asks for an exam report; empty where it asks for none.
    expected_report: str = ""
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

    @property
    def suite_tools(self) -> tuple[SuiteTool, ...]:
        """The tools that checks of exercises start; evidence of a project is read, not made."""
        if self.profile == "project":
            return ()
        return tuple(tool for module, _ in self.plan.modules for tool in module.info.tools)


def plan_submission(submission: Submission, course: Course, options: Options) -> Planned:
    """Decide the profile and which checks have to report. Raises UsageError for an unknown module."""
    modules = course.select(options.modules, options.session)
    # A course without editions has no exam, and a README is no report.
    editions, expected = exam.load_editions(course.reports), exam.load_report_data(course.reports).path
    reports = exam.find_reports(submission.root, submission.files(), editions, expected)
    report_path = reports[0] if reports else None
    boxes = exam.load_checklist(course.reports)
    lists = exam.find_checklists(submission.root, submission.files(), report_path, boxes)
    listed = exam.claimed((), lists, boxes)
    profile = options.profile or find_profile(report_path, checklist=bool(listed))
    return Planned(
        submission=submission,
        course=course,
        profile=profile,
        plan=plan(modules, profile, options.only),
        report_path=report_path,
        expected_report=expected if editions else "",
        reports=tuple(reports),
        lists=lists,
    )


def find_profile(report_path: str | None, *, checklist: bool = False) -> Profile:
    """Return `project` where there is an exam report, or the project's checklist with ticks in it, else `exercises`."""
    return "project" if report_path is not None or checklist else "exercises"
