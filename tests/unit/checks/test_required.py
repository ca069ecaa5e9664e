"""What is required of a project, and when it cannot be told or does not apply: `required_checks.toml`, each row of it run.

A check that is required of a project makes it red. So each has an input under which it is `not_applicable`, or a reason why
there is none, and beside it the group's own fault that looks alike and is `failed`.
"""

from __future__ import annotations

import random
import string
from pathlib import Path
from typing import Any

import pytest

from grader.course.module import Check
from grader.course.pack import load_course
from grader.parsing.plain_data import parse_toml
from grader.results import CheckResult
from grader.testing import run_check

TABLE = parse_toml((Path(__file__).parent / "required_checks.toml").read_text(encoding="utf-8"))["check"]
REQUIRED = {
    check.id: check
    for module in load_course().modules
    for check in module.planned("project")
    if check.spec.is_required("project")
}
AUTHOR = {"name": "Ada", "email": "ada@uni.dk"}
#: Made in pieces, so that no scanner takes this file for a leak or for a merge that nobody finished.
STANDS_FOR = {
    "{token}": "gh" + "p_" + "".join(random.Random(1).choices(string.ascii_letters + string.digits, k=36)),
    "{<<<}": "<" * 7,
    "{>>>}": ">" * 7,
}


def rows(kind: str) -> list[Any]:
    return [
        pytest.param(entry["id"], row, id=f"{entry['id']}: {row['name']}")
        for entry in TABLE
        for row in entry.get(kind, ())
    ]


def judge(check: Check, row: dict[str, Any]) -> CheckResult:
    files = dict(row["files"])
    for mark, text in STANDS_FOR.items():
        files = {path: content.replace(mark, text) for path, content in files.items()}
    # A module that looks at the history has work where there is one.
    commit = {"sha": "1" * 40, "parents": [], "author": AUTHOR, "committer": AUTHOR, "on_default": True}
    return run_check(
        check.path.parent,
        check.name,
        files,
        profile="project",
        commits=[commit],
        missing=row.get("missing", {}),
        above=row.get("above", ()),
    )


def told(outcome: CheckResult) -> str:
    return "\n".join([outcome.message, *(f"{one.path} {one.text}" for one in outcome.evidence)])


def test_the_table_names_what_is_required_and_nothing_else() -> None:
    names = [entry["id"] for entry in TABLE]
    assert sorted(names) == sorted(REQUIRED), "Add the check to required_checks.toml, or take it out."


@pytest.mark.parametrize("entry", [pytest.param(entry, id=entry["id"]) for entry in TABLE])
def test_each_check_has_an_excuse_or_says_why_not_and_a_fault_of_the_group_s_own(
    entry: dict[str, Any],
) -> None:
    assert bool(entry.get("not_applicable")) != bool(entry.get("always"))
    assert entry["failed"]


@pytest.mark.parametrize(("name", "row"), rows("not_applicable"))
def test_nobody_can_tell(name: str, row: dict[str, Any]) -> None:
    outcome = judge(REQUIRED[name], row)
    assert outcome.verdict == "not_applicable", told(outcome)
    assert row["reason"] in outcome.message


@pytest.mark.parametrize(("name", "row"), rows("failed"))
def test_the_group_s_own_fault_is_one(name: str, row: dict[str, Any]) -> None:
    outcome = judge(REQUIRED[name], row)
    assert outcome.verdict == "failed", told(outcome)
    assert row["says"] in told(outcome)


@pytest.mark.parametrize(
    "entry", [pytest.param(entry, id=entry["id"]) for entry in TABLE if "always" in entry]
)
def test_what_is_always_told_passes_on_the_smallest_repository(entry: dict[str, Any]) -> None:
    assert judge(REQUIRED[entry["id"]], entry).verdict == "passed"
