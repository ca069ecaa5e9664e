"""The time of a run: what student processes may take together."""

from __future__ import annotations

import pytest

from grader.results import Verdict
from grader.settings import Limits
from grader.suite.running.run_budget import RunBudget
from tests.unit.suite.conftest import RunSuite

SUITE = """
from grader.suite import check, work

@work("a file")
def find_work(submission):
    return True

@check("Runs")
def test_runs(student):
    student.run(["python", "code.py"]).succeeded()

@check("Runs again")
def test_runs_again(student):
    student.run(["python", "code.py"]).succeeded()

@check("Only reads")
def test_reads(submission):
    assert submission.exists("code.py"), "no code"
"""


def test_started_modules_bring_their_seconds() -> None:
    budget = RunBudget(60.0, {"M16": 120.0}, spent_s=100.0, container_s=1.0)
    assert budget.left_s == -40.0
    budget.start("M16")
    budget.start("M16")
    assert budget.left_s == 80.0


def test_modules_of_an_earlier_process_count() -> None:
    assert RunBudget(60.0, {"M16": 120.0}, spent_s=0, container_s=1.0, started=["M16"]).total_s == 180.0


@pytest.mark.process
def test_what_a_used_up_budget_leaves_undone_is_the_student_s_timeout(run_suite: RunSuite) -> None:
    hanging = "import time\ntime.sleep(600)\n"
    limits = Limits(base_budget_s=0.5)
    module = run_suite(SUITE, {"code.py": hanging}, limits=limits, settings="budget_s = 0.5\n")
    assert [check.verdict for check in module.checks] == [Verdict.timeout, Verdict.timeout, Verdict.passed]
    assert "used up the 1 second" in module.checks[1].message


@pytest.mark.process
def test_a_container_that_lived_long_enough_hands_over(run_suite: RunSuite) -> None:
    # Each container is over after its first check, however fast that is.
    module = run_suite(SUITE, {"code.py": ""}, limits=Limits(suite_s=200.0, check_s=200.0))
    assert [check.verdict for check in module.checks] == [Verdict.passed] * 3
