"""`brightspace.csv`: who gets how many points of 100, and who gets none."""

from __future__ import annotations

import csv
import io
from datetime import date

from grader.render import render_brightspace
from grader.results import GroupInfo, Override, OverrideTarget, Result, Verdict
from grader.review import OverridesFile, judge, targets
from tests.graded_class import official, with_check
from tests.render_sample import clean_result

ITEM = "02476 grader Points Grade <Numeric MaxPoints:100>"


def group(*members: str, base: Result | None = None, name: str = "a") -> Result:
    """A group of which everything could be graded, with 9 of 21 points."""
    result = base or with_check(official(name), "M22.app_answers", verdict=Verdict.blocked)
    about = result.submission.model_copy(update={"id": name, "group": GroupInfo(number=1, members=members)})
    return result.model_copy(update={"submission": about})


def rows(*results: Result) -> list[list[str]]:
    return list(csv.reader(io.StringIO(render_brightspace(results))))


def points(*results: Result) -> dict[str, str]:
    return {row[0]: row[1] for row in rows(*results)[1:]}


def test_a_row_a_person_with_the_points_of_the_group() -> None:
    assert rows(group("s123456", "s234567"), group("s345678", base=clean_result(), name="b")) == [
        ["Username", ITEM, "End-of-Line Indicator"],
        ["s123456", "42.86", "#"],
        ["s234567", "42.86", "#"],
        ["s345678", "100", "#"],
    ]


def test_an_address_is_the_account_before_its_at_and_a_name_is_none() -> None:
    assert points(group("s123456@student.example.org", "Ada Lovelace", "")) == {"s123456": "42.86"}


def test_without_accounts_there_is_nothing_to_import() -> None:
    assert render_brightspace([]) == ""
    assert render_brightspace([official(), clean_result()]) == ""
    assert render_brightspace([group("student-1", "student-2", "student", "somebody")]) == ""


def test_what_was_graded_in_part_waits_for_a_person() -> None:
    part = group("s123456", base=official(), name="group-07")
    assert render_brightspace([part]) == ""
    seen = next(one for one in targets(part) if one.target == OverrideTarget(kind="group"))
    said = Override(
        group="group-07", target=seen.target, seen=seen.digest, points=10.5, by="A", date=date(2026, 1, 24), reason="B"
    )  # fmt: skip
    assert points(judge(part, OverridesFile(name="x", entries=(said,)))) == {"s123456": "50"}


def test_of_whom_two_groups_say_different_things_nothing_is_said() -> None:
    other = group("s123456", "s345678", base=clean_result(), name="b")
    assert points(group("s123456", "s234567"), other) == {"s234567": "42.86", "s345678": "100"}
    assert points(group("s123456"), group("s123456", name="b")) == {"s123456": "42.86"}


def test_no_account_and_no_course_is_a_formula_or_a_tag() -> None:
    result = group("=cmd|'/C'!A0", "a;=x")
    info = result.grader.model_copy(update={"course": '=1+1 <script>"/'})
    found = rows(result.model_copy(update={"grader": info}))
    assert found[0][1] == "1 1 script grader Points Grade <Numeric MaxPoints:100>"
    assert [row[0] for row in found[1:]] == ["'=cmd|'/C'!A0", "a;'=x"]
