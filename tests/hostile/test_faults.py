"""Whose fault it is: cases 27, 28, 72 and 79, and values that break what a check does with them."""

from collections.abc import Callable
from typing import Any

import pytest

from grader.results import Verdict
from tests.hostile.battery import HONEST, LIMITS, SECRET

pytestmark = [pytest.mark.docker, pytest.mark.xdist_group("hostile-faults")]

MAIN = {"main.py": "print(3 * int(input()))\n"}


def test_case_72_a_suite_that_raises_is_our_fault(grade: Callable[..., Any]) -> None:
    graded = grade(MAIN, checks={"broken_suite", "command"})
    broken = graded.checks["broken_suite"]
    assert (broken.verdict, broken.points, broken.max_points) == (Verdict.error, 0, 1)
    assert broken.message == "The grader's own check broke (KeyError)."
    assert graded.verdict("command") == "passed"
    assert graded.result.exit_code == 3
    assert SECRET in graded.log


@pytest.mark.parametrize(
    "returned",
    ["None", "['x']", "'x'", "3", "[None]", "[[1]]", "{}", "[1e308, 'x']", "{'a': 'b'}"],
)
def test_case_72_a_value_that_makes_a_suite_raise_is_the_students(
    grade: Callable[..., Any], returned: str
) -> None:
    graded = grade({**MAIN, "adds.py": f"def numbers(): return {returned}\n"}, checks={"adds"})
    assert graded.verdict("adds") == "failed", graded.checks["adds"].message
    assert graded.result.exit_code == 1


def test_case_72_the_honest_twin(grade: Callable[..., Any]) -> None:
    files = {**MAIN, "adds.py": "def numbers(): return [1, 2, 3]\n", "figure.py": "print(62.5)\n"}
    graded = grade(files, checks={"adds", "figure"})
    assert {graded.verdict("adds"), graded.verdict("figure")} == {"passed"}
    assert graded.checks["figure"].measurements[0].value == 62.5


@pytest.mark.parametrize("said", ["nan", "inf", "-inf", "many", "", "1e999", "1_0\\ud800", "9" * 5000])
def test_a_figure_that_is_none(grade: Callable[..., Any], said: str) -> None:
    """What a check measures of a student's words is never worse than a failed check."""
    line = f"import sys; sys.stdout.buffer.write({said!r}.encode('utf-8', 'surrogatepass'))\n"
    graded = grade({**MAIN, "figure.py": line}, checks={"figure", "command"})
    assert graded.verdict("figure") in ("failed", "passed"), graded.checks["figure"].message
    assert graded.verdict("figure") == "failed" or float(said) == float("inf")
    assert graded.verdict("command") == "passed"
    assert len(graded.text) < 100_000


def test_more_evidence_than_an_event_holds(grade: Callable[..., Any]) -> None:
    """Control characters grow sixfold on the line: an event that is too large loses evidence, not its verdict."""
    graded = grade({**MAIN, "README.md": "\x01" * 40_000}, checks={"evidence", "command"})
    assert graded.verdict("evidence") == "failed"
    assert graded.verdict("command") == "passed"


def test_case_62_a_check_that_never_ends_is_ours_and_ends(grade: Callable[..., Any]) -> None:
    quick = LIMITS.model_copy(update={"check_s": 2.0, "call_s": 1.5})
    graded = grade({**MAIN, "README.md": "a" * 40 + "!"}, checks={"backtracks", "last"}, limits=quick)
    assert graded.verdict("backtracks") == "error"
    assert graded.verdict("last") == "passed"
    assert graded.result.duration_s < 30


def test_partial_points_are_the_suites(grade: Callable[..., Any]) -> None:
    graded = grade(MAIN, checks={"half"})
    assert (graded.verdict("half"), graded.checks["half"].points) == ("partial", 2)


def test_case_28_the_plan_is_the_denominator(grade: Callable[..., Any]) -> None:
    """Whatever becomes of student code, every planned check reports, and its points count."""
    files = {f"slot_{n:02d}.py": "import os\nos._exit(0)\n" for n in range(3)} | {"slot_03.py": HONEST}
    graded = grade(files, checks={f"slot_{n:02d}" for n in range(5)})
    assert graded.result.summary.max_points == 15
    assert graded.result.summary.points == 3
    assert [graded.verdict(f"slot_{n:02d}") for n in range(5)] == ["failed"] * 3 + ["passed", "failed"]


def test_case_27_a_hidden_check_says_the_category_only(grade: Callable[..., Any]) -> None:
    said = {
        grade({**MAIN, "secret.py": f"def guess(): return {guess!r}\n"}, checks={"secret"})
        .checks["secret"]
        .message
        for guess in ("the", "the-hidden-value-of-the-suit")
    }
    assert said == {"That is not it."}


@pytest.mark.parametrize(
    "answer",
    [
        "os.symlink('/suites/m91_doors/test_doors.py', 'answer.txt')",
        "os.symlink('/proc/1/environ', 'answer.txt')",
        "os.mkfifo('answer.txt')",
        "os.mkdir('answer.txt')",
        "open('answer.txt', 'wb').truncate(20_000_000)",
        "os.symlink('answer.txt', 'answer.txt')",
        "os.symlink('/dev/zero', 'answer.txt')",
    ],
)
def test_case_79_an_answer_that_is_no_file(grade: Callable[..., Any], answer: str) -> None:
    """Links, FIFOs, folders and giants are read as the students' user, within their limits."""
    graded = grade({"main.py": f"import os\n{answer}\n"}, checks={"file"})
    assert graded.verdict("file") in ("failed", "timeout"), graded.checks["file"].message
    assert graded.checks["file"].points == 0
    assert graded.result.exit_code == 1
