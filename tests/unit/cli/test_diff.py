"""`grader diff`: what was gained and lost, what else differs, in every format, and how it ends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from grader import render
from grader.results import BoxVerdict, ClaimVerdict, Result, Verdict
from tests.command_line import Ended, run
from tests.graded_class import PINNED, official, with_check, write_class
from tests.places import REPORTS
from tests.render_sample import HOSTILE, clean_result

PASSED = "M2.lock_file"


def write(name: str, result: Result) -> str:
    render.write_reports(result, Path(name), ["json"], REPORTS)
    return name


def compare(old: Result, new: Result, *options: str) -> Ended:
    return run("diff", write("old", old), write("new", new), *options)


def gained() -> Result:
    return with_check(official(), PINNED, verdict=Verdict.passed, points=2.0, message="")


def lost() -> Result:
    return with_check(official(), PASSED, verdict=Verdict.failed, points=0.0, message="The lock is gone.")


def test_the_same_result_differs_in_nothing() -> None:
    done = compare(official(), official())
    assert done.returncode == 0
    assert "0 gained, 0 lost something, 1 unchanged" in done.stdout
    assert "differs" not in done.stdout


@pytest.mark.parametrize(("new", "code", "said"), [(gained(), 0, "Gained"), (lost(), 1, "Lost")])
def test_what_is_gained_ends_well_and_what_is_lost_does_not(new: Result, code: int, said: str) -> None:
    done = compare(official(), new)
    assert done.returncode == code
    assert said in done.stdout
    assert {"Gained", "Lost"} - {said} == {
        heading for heading in ("Gained", "Lost") if heading not in done.stdout.split("1 group compared")[0]
    }
    assert "Nothing that the results name differs, and verdicts do: group-07" in done.stdout


def test_a_check_that_moved_is_named_with_verdicts_and_points() -> None:
    done = compare(official(), gained())
    assert f"check {PINNED}: failed → passed (+2)" in done.stdout
    points = official().summary.points
    assert f"group-07: {points:g} of 21 → {points + 2:g} of 21 points" in done.stdout


@pytest.mark.parametrize(
    ("part", "changes", "said"),
    [
        ("submission", {"commit": "f" * 40}, "commit: 0123456789ab → ffffffffffff"),
        ("grader", {"course_digest": "sha256:" + "ee" * 32}, "course: abababababab → eeeeeeeeeeee"),
        ("grader", {"image_digest": ""}, "image: cdcdcdcdcdcd → none"),
        ("grader", {"version": "0.2.0"}, "grader: 0.1.0 → 0.2.0"),
        ("submission", {"profile": "exercises"}, "profile: project → exercises"),
    ],
)
def test_what_else_differs_is_said(part: str, changes: dict[str, str], said: str) -> None:
    new = gained()
    new = new.model_copy(update={part: getattr(new, part).model_copy(update=changes)})
    done = compare(official(), new)
    assert said in done.stdout
    assert "What else differs" in done.stdout
    assert "Nothing that the results name differs" not in done.stdout


def test_a_fault_of_the_grader_is_nobodys_loss() -> None:
    new = with_check(official(), PASSED, verdict=Verdict.error, points=0.0, message="It did not report.")
    done = compare(official(), new)
    assert done.returncode == 3
    assert "Could not be graded" in done.stdout
    assert "Lost" not in done.stdout


def test_boxes_statements_and_questions_are_compared() -> None:
    old = official()
    exam = old.exam
    assert exam is not None
    first = exam.questions[0]
    claims = tuple(claim.model_copy(update={"verdict": ClaimVerdict.supported}) for claim in first.claims)
    questions = (first.model_copy(update={"answered": False, "claims": claims}), *exam.questions[1:])
    boxes = tuple(
        box.model_copy(update={"verdict": BoxVerdict.supported}) if box.id == "w1-12" else box
        for box in old.checklist
    )
    new = old.model_copy(
        update={"exam": exam.model_copy(update={"questions": questions}), "checklist": boxes}
    )
    done = compare(old, new)
    assert "box w1-12: not borne out → borne out" in done.stdout
    assert f"question {first.number}: answered → not answered" in done.stdout
    assert f"statement {first.number}." in done.stdout
    assert done.returncode == 1


def test_checks_that_come_and_go_with_a_suite_are_neither_gained_nor_lost() -> None:
    old = official()
    modules = tuple(module for module in old.modules if module.id != "M2")
    done = compare(old, old.model_copy(update={"modules": modules}))
    assert done.returncode == 0
    assert "Not there any more" in done.stdout
    assert "check M2.lock_file: passed" in done.stdout
    assert "modules: M2 → none" in done.stdout


def test_a_class_is_compared_group_by_group() -> None:
    write_class(Path("old"), [official(), clean_result(), official("group-50")])
    new = [lost(), clean_result(), official("group-51")]
    write_class(Path("new"), new)
    done = run("diff", "old", "new")
    assert done.returncode == 3
    assert "group-07:" in done.stdout
    assert "group-01:" not in done.stdout
    assert "2 groups compared: 0 gained, 1 lost something, 1 unchanged" in done.stdout
    assert "group-51: only the new run has a result" in done.stdout
    assert "group-50: only the old run has a result" in done.stdout


def test_files_are_written_where_asked_for_and_have_everything() -> None:
    done = compare(official(), lost(), "--format", "markdown,json", "--out", "said")
    assert done.returncode == 1
    data = json.loads(Path("said/difference.json").read_text())
    (change,) = data["groups"][0]["changes"]
    assert (change["id"], change["direction"]) == (PASSED, "lost")
    assert (change["points_before"], change["points_after"]) == (1.0, 0.0)
    markdown = Path("said/difference.md").read_text()
    assert "**Lost**" in markdown
    assert "The lock is gone" in markdown


def test_hostile_text_is_text() -> None:
    new = with_check(official(), PASSED, verdict=Verdict.failed, points=0.0, message=HOSTILE, title=HOSTILE)
    done = compare(official(), new, "--format", "markdown,json")
    assert "\x1b" not in done.stdout
    assert "\n::set-output" not in done.stdout
    markdown = Path("new/difference.md").read_text()
    assert "<script" not in markdown
    assert "javascript:" not in markdown
    assert "\x1b" not in markdown
    assert json.loads(Path("new/difference.json").read_text())["groups"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere", "new"], "No result file"),
        (["class", "new"], "a whole class"),
        (["new", "new", "--format", "html"], "Unknown format 'html'"),
    ],
)
def test_what_cannot_be_compared_is_refused(arguments: list[str], said: str) -> None:
    write("new", official())
    write_class(Path("class"))
    done = run("diff", *arguments)
    assert done.returncode == 2
    assert said in done.stderr
