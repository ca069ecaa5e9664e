"""What a course says of its exam report beside editions, checklist and tools: `reports/report.toml`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from pydantic import Field

from grader.course.course_data import CourseData, build, read_toml

#: What a question may ask. `group`: who they are; `members`: the numbers of the members; `contributions`: who did what.
#: `parts`: of what the project consists; `used`: what it uses, so that a tool without a trace is missing; `services`: a list of
#: services; `frameworks`: which libraries beyond the course. `people`: also what was, and is no more (people, costs, struggles).
#: The others are about one thing each, and claims of that kind are looked for there.
Subject = Literal[
    "group", "members", "contributions", "people", "parts", "used", "services", "frameworks",
    "environment", "tests", "coverage", "integration", "images", "api", "deployment", "api_tests",
]  # fmt: skip

#: Where a report lies if the course says nothing else.
EXPECTED = "reports/README.md"


class StudyNumber(CourseData):
    """How a number of a student looks: digits, with or without letters in front."""

    digits: int = Field(ge=3, le=20)
    prefix: str = Field(default="", pattern=r"^[A-Za-z]{0,5}$")


class ReportData(CourseData):
    """What finders of claims need to know of a course; without it, claims about one subject are not looked for.

    `path` is where it asks for the report. `accounts` of a forge are the course's own: links there lead to its material.
    `nobody` has names of accounts that are no person's. `template_folders` are of its template, and may have been removed.
    `asks` has the questions of each subject, by their numbers in the current edition.
    """

    path: str = Field(default=EXPECTED, pattern=r"^[^/\\].*\.\w+$")
    accounts: tuple[str, ...] = ()
    nobody: frozenset[str] = frozenset()
    study_number: StudyNumber | None = None
    template_folders: frozenset[str] = frozenset()
    asks: Mapping[Subject, tuple[int, ...]] = Field(default_factory=dict)

    def subjects(self, number: int) -> frozenset[Subject]:
        """Return what the question of this number asks."""
        return frozenset(subject for subject, numbers in self.asks.items() if number in numbers)


#: Of a course that says nothing.
NO_REPORT_DATA = ReportData()


def load_report_data(reports: Path) -> ReportData:
    """Return what `reports/report.toml` says; nothing where the course has none.

    Raises:
        CourseError: no TOML, or a key or subject that does not exist.
    """
    path = reports / "report.toml"
    return build(ReportData, path, read_toml(path)) if path.exists() else NO_REPORT_DATA
