"""`docs/artifacts.md` is true as far as names go: every artifact of the course has its row, and every check in one is there."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from grader.course.pack import load_course
from tests.places import DOCS, ROOT

#: The modules that the page has a section of.
MODULES = [f"M{number}" for number in range(1, 20)]

TEXT = (DOCS / "artifacts.md").read_text(encoding="utf-8")
_SECTION = re.compile(r"^## (M\d+): [^\n]+\n(.*?)(?=^## |\Z)", re.M | re.S)
_CHECK = re.compile(r"`(M\d+\.\w+)`")
_TOTALS = re.compile(
    r"Of (\d+)\s+artifacts, (\d+) are covered, (\d+) in part, and (\d+) not, (\d+) of which could be checked offline"
)
#: The facts about the course, beside the clone or beside the folder of its worktrees; they are not in the repository.
FACTS = [above / "shared" / "course" / "modules.yaml" for above in ROOT.parents[:2]]


class Row(NamedTuple):
    """One artifact: what is checked of it, by which checks of exercises, what is not, and by which checks of projects."""

    artifact: str
    what: str
    covered: str
    missing: str
    projects: str

    @property
    def is_yet_to_be_checked(self) -> bool:
        return self.missing.lower().startswith("not checked yet: ")


def rows_of(text: str) -> list[Row]:
    """The rows of tables, as they stand on the page."""
    return [row_of(line) for line in text.splitlines() if re.match(r"\| M\d+-", line)]


def row_of(line: str) -> Row:
    artifact, what, told = (cell.strip() for cell in line.strip("| ").split(" | "))
    told, _, projects = told.partition("; projects: ")
    if told.startswith("Not checked"):
        return Row(artifact, what, "", told, projects)
    covered, _, missing = told.partition("; not checked")
    return Row(artifact, what, covered, missing and f"not checked{missing}", projects)


def problems(row: Row) -> list[str]:
    """What is wrong with a row."""
    found = []
    scopes = {check.id: check.spec.scope for module in load_course().modules for check in module.checks}
    for part, others in ((row.covered + row.missing, "project"), (row.projects, "exercises")):
        for name in _CHECK.findall(part):
            if name not in scopes:
                found.append(f"{row.artifact}: there is no check {name}")
            elif scopes[name] == others:
                found.append(f"{row.artifact}: {name} is a check of the scope {others!r} alone")
    if not _CHECK.findall(row.covered) and not row.missing:
        found.append(f"{row.artifact}: neither a check nor `Not checked`")
    if row.covered and re.sub(r"`M\d+\.\w+`(?:, )?", "", row.covered):
        found.append(f"{row.artifact}: more than names of checks where they stand: {row.covered!r}")
    if row.missing and not re.fullmatch(r"[Nn]ot checked(?: yet)?: \S.{9,}", row.missing):
        found.append(f"{row.artifact}: no reason in {row.missing!r}")
    if not row.what:
        found.append(f"{row.artifact}: nobody can tell what it is")
    return found


ROWS = rows_of(TEXT)


def test_each_row_names_checks_that_exercises_have_or_says_why_there_is_none() -> None:
    assert [problem for row in ROWS for problem in problems(row)] == []


def test_what_is_wrong_with_a_row_is_found() -> None:
    wrong = {
        "`M1.loop`, `M1.nothing`": "no check M1.nothing",
        "`M8.data_is_versioned`": "scope 'project' alone",
        "`M1.loop`; not checked: as good as ever; projects: `M1.variable`": "scope 'exercises' alone",
        "by looking at it": "neither a check nor",
        "`M1.loop`, and by looking": "more than names",
        "`M1.loop`; not checked: why": "no reason",
        "Not checked yet:": "no reason",
    }
    for told, said in wrong.items():
        found = problems(row_of(f"| M1-e03 | a loop | {told} |"))
        assert any(said in one for one in found), (told, found)
    right = "`M1.loop`, `M5.no_secrets_are_committed`; not checked: a matter of taste; projects: `M8.data_is_versioned`"
    assert problems(row_of(f"| M1-e03 | a loop | {right} |")) == []


def test_no_artifact_is_on_the_page_twice() -> None:
    assert [name for name, times in Counter(row.artifact for row in ROWS).items() if times > 1] == []


def test_each_module_has_a_section_with_its_artifacts_in_order() -> None:
    sections = {module: rows_of(text) for module, text in _SECTION.findall(TEXT)}
    assert list(sections) == MODULES
    for module, rows in sections.items():
        wanted = [f"{module}-e{number:02d}" for number in range(1, len(rows) + 1)]
        assert [row.artifact for row in rows] == wanted


def test_the_totals_are_those_of_the_rows() -> None:
    told = _TOTALS.search(TEXT)
    assert told, "the sentence with the totals is gone"
    left = [row for row in ROWS if not row.covered]
    counts = (
        len(ROWS),
        sum(bool(row.covered) and not row.missing for row in ROWS),
        sum(bool(row.covered) and bool(row.missing) for row in ROWS),
        len(left),
        sum(row.is_yet_to_be_checked for row in left),
    )
    assert tuple(map(int, told.groups())) == counts


def facts() -> Path:
    found = next((path for path in FACTS if path.is_file()), None)
    if found is None:
        pytest.skip("the facts about the course are not beside the clone")
    return found


def test_every_artifact_of_the_course_has_a_row_and_no_other() -> None:
    course = yaml.safe_load(facts().read_text(encoding="utf-8"))
    known = {
        one["aid"]
        for module in course["modules"]
        if module["id"] in MODULES
        for one in module["exercise_artifacts"]
    }
    assert {row.artifact for row in ROWS} == known
