"""Holding a report and its checklist against the verdicts of checks."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal

import pytest

from grader.exam import BoxLine, Checklist, assess, load_checklist, load_editions, read_report, without_report
from grader.inventory import Inventory
from grader.results import (
    Box,
    CheckResult,
    GraderInfo,
    ModuleResult,
    ModuleVerdict,
    Result,
    SubmissionInfo,
    Summary,
    Verdict,
)
from tests.places import REPORTS

EDITIONS = load_editions(REPORTS)
BOXES = load_checklist(REPORTS)
NOW = datetime(2026, 1, 23, tzinfo=UTC)

REPORT = """
* [x] Construct one or multiple docker files for your code (M10)
* [ ] Build the docker files locally and make sure they work as intended (M10)

### Question 1
> Answer:

36

### Question 15
> Answer:

We wrote two.
"""


def check(
    name: str, verdict: Verdict, questions: tuple[int, ...] = (), boxes: tuple[str, ...] = ()
) -> CheckResult:
    return CheckResult(
        id=name, title=name, verdict=verdict, points=0, max_points=1, questions=questions, boxes=boxes
    )  # fmt: skip


def result(
    *checks: CheckResult,
    module: ModuleVerdict = ModuleVerdict.partial,
    profile: Literal["exercises", "project"] = "project",
) -> Result:
    return Result(
        grader=GraderInfo(version="1", course="c", course_digest="d", sandbox="docker"),
        submission=SubmissionInfo(id="a", source="a", commit="0", fetched_at=NOW, profile=profile),
        started_at=NOW,
        duration_s=1.0,
        modules=(
            ModuleResult(
                id="M10",
                title="Docker",
                session="S3",
                core=True,
                verdict=module,
                points=0,
                max_points=1,
                checks=checks,
            ),
        ),
        summary=Summary(points=3.0, passed=2),
    )


def box(assessed: Result, name: str) -> Box:
    return next(each for each in assessed.checklist if each.id == name)


@pytest.mark.parametrize(
    ("verdicts", "module", "expected"),
    [
        ([Verdict.passed], "partial", "supported"),
        ([Verdict.passed, Verdict.passed], "partial", "supported"),
        ([Verdict.passed, Verdict.not_applicable], "partial", "supported"),
        ([Verdict.passed, Verdict.failed], "partial", "unsupported"),
        ([Verdict.failed], "failed", "unsupported"),
        ([Verdict.failed, Verdict.error], "error", "unsupported"),
        ([Verdict.blocked, Verdict.blocked], "not_started", "unsupported"),
        ([Verdict.blocked], "failed", "undetermined"),
        ([Verdict.partial], "partial", "undetermined"),
        ([Verdict.passed, Verdict.partial], "partial", "undetermined"),
        ([Verdict.timeout], "failed", "undetermined"),
        ([Verdict.passed, Verdict.error], "error", "undetermined"),
        ([Verdict.not_applicable], "not_applicable", "undetermined"),
        ([], "passed", "undetermined"),
    ],
)
def test_the_verdict_of_a_box(verdicts: list[Verdict], module: str, expected: str) -> None:
    checks = [check(f"M10.c{index}", verdict, boxes=("w1-12",)) for index, verdict in enumerate(verdicts)]
    graded = result(*checks, check("M10.other", Verdict.passed), module=ModuleVerdict(module))
    found = box(assess(graded, read_report(REPORT, EDITIONS), "reports/README.md", BOXES), "w1-12")
    assert found.verdict == expected
    assert found.checks == tuple(each.id for each in checks)


@pytest.mark.parametrize(
    ("verdict", "module", "ticked", "expected"),
    [
        (Verdict.not_applicable, "partial", True, "undetermined"),
        (Verdict.not_applicable, "partial", False, "unsupported"),
        (Verdict.blocked, "not_started", True, "undetermined"),
        (Verdict.blocked, "not_started", False, "unsupported"),
        (Verdict.failed, "partial", True, "unsupported"),
        (Verdict.passed, "partial", False, "supported"),
    ],
)
def test_finding_nothing_decides_a_box_that_nobody_claims_where_the_fact_may_lie_elsewhere(
    verdict: Verdict, module: str, ticked: bool, expected: str
) -> None:
    report = REPORT.replace("* [ ] Build the docker", f"* [{'x' if ticked else ' '}] Build the docker")
    graded = result(check("M10.b", verdict, boxes=("w1-13",)), module=ModuleVerdict(module))
    found = box(assess(graded, read_report(report, EDITIONS), "reports/README.md", BOXES), "w1-13")
    assert (found.claimed, found.verdict.value) == (ticked, expected)
    assert found.why


@pytest.mark.parametrize(
    ("points", "expected"), [(0.5, "supported"), (0.4, "undetermined"), (0.0, "undetermined")]
)
def test_a_check_that_holds_in_part_counts_from_half_of_its_points_on(points: float, expected: str) -> None:
    found = check("M10.a", Verdict.partial, boxes=("w1-12",)).model_copy(update={"points": points})
    assert (
        box(assess(result(found), read_report(REPORT, EDITIONS), "reports/README.md", BOXES), "w1-12").verdict
        == expected
    )


@pytest.mark.parametrize(
    ("files", "samples", "ticked", "expected"),
    [
        (("reports/figures/bucket.png",), (), True, "supported"),
        (("reports/figures/bucket.png",), ("reports/figures/bucket.png",), True, "undetermined"),
        ((), (), True, "undetermined"),
        (("reports/figures/bucket.png",), (), False, "unsupported"),
    ],
)
def test_a_picture_of_ones_own_bears_out_what_leaves_no_other_trace(
    files: tuple[str, ...], samples: tuple[str, ...], ticked: bool, expected: str
) -> None:
    mark = "x" if ticked else " "
    report = f"* [{mark}] Create a data storage in GCP Bucket for your data and link this with your data version control setup\n"
    report += "\n### Question 19\n> Answer:\n\n![bucket](figures/bucket.png)\n"
    graded = result(check("M21.a", Verdict.not_applicable, boxes=("w2-10",)))
    known = graded.model_copy(
        update={"inventory": Inventory(files=(*files, "reports/README.md"), samples=samples)}
    )
    found = box(assess(known, read_report(report, EDITIONS), "reports/README.md", BOXES), "w2-10")
    assert (found.claimed, found.verdict.value) == (ticked, expected)


def test_what_only_people_can_tell_is_left_open() -> None:
    graded = result(check("M5.a", Verdict.passed, boxes=("x-05",)))
    assert (
        box(assess(graded, read_report(REPORT, EDITIONS), "reports/README.md", BOXES), "x-05").verdict
        == "undetermined"
    )


def test_the_tick_and_the_verdict_are_independent() -> None:
    graded = result(
        check("M10.a", Verdict.failed, boxes=("w1-12",)), check("M10.b", Verdict.passed, boxes=("w1-13",))
    )
    assessed = assess(graded, read_report(REPORT, EDITIONS), "reports/README.md", BOXES)
    assert [(each.id, each.claimed, each.verdict.value) for each in assessed.checklist if each.checks] == [
        ("w1-12", True, "unsupported"),
        ("w1-13", False, "supported"),
    ]
    assert box(assessed, "w1-01").claimed is None
    assert len(assessed.checklist) == 53


def test_questions_name_their_checks_and_the_figures_are_filled() -> None:
    graded = result(
        check("M10.a", Verdict.passed, (15, 20), ("w1-12",)), check("M10.b", Verdict.failed, (1, 15))
    )
    assessed = assess(graded, read_report(REPORT, EDITIONS), "reports/README.md", BOXES)
    assert assessed.exam is not None
    assert (assessed.exam.edition, assessed.exam.report_path) == ("E7-2026b", "reports/README.md")
    checks = {each.number: each.checks for each in assessed.exam.questions if each.checks}
    assert checks == {1: ("M10.b",), 15: ("M10.a", "M10.b"), 20: ("M10.a",)}
    assert any("Question 2 could not be read" in problem for problem in assessed.exam.problems)
    summary = assessed.summary
    assert (summary.questions, summary.questions_answered) == (31, 2)
    assert (summary.boxes_claimed, summary.boxes_supported) == (1, 1)
    assert (summary.points, summary.passed) == (3.0, 2)


def test_an_older_report_gets_the_checks_of_todays_question() -> None:
    older = next(each for each in EDITIONS if each.id == "E2-2023b-2024")
    text = "\n\n".join(
        f"### Question {each.number}\n> {each.prompt}\n> Answer:\n\nyes" for each in older.questions
    )
    assessed = assess(
        result(check("M27.a", Verdict.passed, (26,))), read_report(text, EDITIONS), "reports/README.md", BOXES
    )
    assert assessed.exam is not None
    assert {each.number: each.checks for each in assessed.exam.questions if each.checks} == {23: ("M27.a",)}


def test_the_given_result_is_left_alone_and_the_same_input_gives_the_same_bytes() -> None:
    graded = result(check("M10.a", Verdict.passed, (15,), ("w1-12",)))
    before = graded.model_dump_json()
    first = assess(graded, read_report(REPORT, EDITIONS), "reports/README.md", BOXES)
    again = assess(first, read_report(REPORT, EDITIONS), "reports/README.md", BOXES)
    assert graded.model_dump_json() == before
    assert first.model_dump_json() == again.model_dump_json()
    assert Result.model_validate_json(first.model_dump_json()) == first


def test_without_a_report_there_is_no_exam() -> None:
    graded = result(check("M10.a", Verdict.passed, (15,), ("w1-12",)))
    assessed = assess(graded, None, None, BOXES)
    assert assessed.exam is None
    assert box(assessed, "w1-12").verdict == "supported"
    assert {each.claimed for each in assessed.checklist} == {None}
    assert (assessed.summary.questions, assessed.summary.boxes_claimed) == (0, 0)


def test_exercises_without_a_report_have_no_checklist() -> None:
    assert assess(result(profile="exercises"), None, None, BOXES).checklist == ()
    assert (
        len(assess(result(profile="exercises"), read_report(REPORT, EDITIONS), "r.md", BOXES).checklist) == 53
    )


def test_boxes_that_the_reports_list_lacks_come_from_another_file_which_is_named() -> None:
    other = Checklist("TODO.md", tuple(BoxLine(text=each.label, ticked=True) for each in BOXES))
    graded = result(check("M10.a", Verdict.passed, boxes=("w1-12",)))
    assessed = assess(graded, read_report(REPORT, EDITIONS), "reports/README.md", BOXES, lists=[other])
    assert (box(assessed, "w1-13").claimed, box(assessed, "w1-13").claimed_in) == (False, "")
    assert (box(assessed, "w1-01").claimed, box(assessed, "w1-01").claimed_in) == (True, "TODO.md")
    assert assessed.exam is not None
    assert assessed.exam.problems[0].startswith(
        "51 boxes were read from TODO.md, which the list in the report lacks"
    )


def test_a_project_without_a_report_has_the_boxes_of_its_list() -> None:
    other = Checklist("README.md", tuple(BoxLine(text=each.label, ticked=True) for each in BOXES))
    assessed = assess(result(), None, None, BOXES, lists=[other])
    assert assessed.exam is None
    assert {(each.claimed, each.claimed_in) for each in assessed.checklist} == {(True, "README.md")}
    assert assessed.summary.boxes_claimed == 53


def test_a_report_in_another_place_and_a_second_one_are_named() -> None:
    paths = ["docs/report.md", "old/report.md"]
    assessed = assess(result(), read_report(REPORT, EDITIONS), "docs/report.md", BOXES, reports=paths)
    assert assessed.exam is not None
    assert assessed.exam.problems[:2] == (
        "The report is docs/report.md; the course asks for reports/README.md.",
        "Only docs/report.md was read. Other files with the questions: old/report.md.",
    )


@pytest.mark.parametrize(
    ("branch", "others", "words"),
    [
        ("main", 0, "on the branch main: neither reports/README.md nor a Markdown file with its questions."),
        ("main", 1, "The other branch was not looked into."),
        ("", 3, "in what was graded: neither reports/README.md nor"),
        ("", 3, "The other 3 branches were not looked into."),
    ],
)
def test_a_missing_report_is_named_with_where_it_may_be(branch: str, others: int, words: str) -> None:
    assert words in without_report(branch, others, "reports/README.md")
