"""What several checks of a module need runs once; who made it answers for it."""

from __future__ import annotations

import pytest

from grader.results import ModuleResult, Verdict
from grader.settings import Limits
from tests.unit.suite.conftest import RunSuite

pytestmark = pytest.mark.process

SUITE = """
import os
from grader.suite import check, measure, shared, work

@work("a file")
def find_work(submission):
    return True

@shared
def outcome(student):
    return {"n": student.load("code.py").count().value(int), "seen": []}

@check("First")
def test_first(student):
    measure("n", outcome(student)["n"])
    outcome(student)["seen"].append(1)

@check("Second")
def test_second(student):
    HERE
    assert outcome(student)["seen"] == [], "another check changed it"
    measure("n", outcome(student)["n"])

@check("Third, which needs nothing of it")
def test_third(): pass
"""
#: Counts how often it ran, across processes and working copies.
COUNTING = """
import pathlib
def count():
    file = pathlib.Path(PLACE)
    file.write_text(file.read_text() + "x" if file.exists() else "x")
    return len(file.read_text())
"""


def verdicts(module: ModuleResult) -> list[Verdict]:
    return [check.verdict for check in module.checks]


@pytest.mark.parametrize(
    "between", ["pass", "os.path.exists(DIED) or (open(DIED, 'w').close(), os._exit(9))"]
)
def test_it_runs_once_even_if_the_suite_s_process_dies(
    run_suite: RunSuite, tmp_path_factory: pytest.TempPathFactory, between: str
) -> None:
    place = tmp_path_factory.mktemp("count")
    suite = SUITE.replace("HERE", between.replace("DIED", repr(str(place / "died"))))
    module = run_suite(suite, {"code.py": COUNTING.replace("PLACE", repr(str(place / "n")))})
    assert verdicts(module)[::2] == [Verdict.passed, Verdict.passed]
    assert (place / "n").read_text() == "x"
    if between == "pass":
        assert [item.value for check in module.checks for item in check.measurements] == [1, 1]
    else:
        assert (verdicts(module)[1], "own process" in module.checks[1].message) == (Verdict.error, True)


@pytest.mark.parametrize(
    ("code", "limits", "verdict"),
    [
        ("def count():\n    while True: pass\n", Limits(call_s=1.5), Verdict.timeout),
        ("def count():\n    raise OSError('no')\n", Limits(), Verdict.failed),
        ("def count():\n    return 'x'\n", Limits(), Verdict.failed),
    ],
)
def test_its_owner_answers_and_the_others_are_blocked(
    run_suite: RunSuite, code: str, limits: Limits, verdict: Verdict
) -> None:
    module = run_suite(SUITE.replace("HERE", "pass"), {"code.py": code}, limits=limits)
    assert verdicts(module) == [verdict, Verdict.blocked, Verdict.passed]
    assert "`first`" in module.checks[1].message


def test_what_does_not_apply_does_not_apply_to_the_others(run_suite: RunSuite) -> None:
    suite = SUITE.replace("HERE", "pass").replace(
        'return {"n": student', 'not_applicable("no data")\n    return {"n": student'
    )
    module = run_suite(suite.replace("import check", "import not_applicable, check"), {"code.py": ""})
    assert verdicts(module) == [Verdict.not_applicable, Verdict.not_applicable, Verdict.passed]
