"""One run of a suite: which of its checks started the students' code, or build on code that ran before."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from grader.authoring.suite_run import SuiteRunner
from grader.course.pack import load_course
from grader.sandbox.protocol import StudentPython
from tests.double_pack import FILES
from tests.memory_sandbox import MemorySandbox


def said(event: str, check: str, **more: Any) -> str:
    return json.dumps({"event": event, "check": f"X1.{check}", **more})


@pytest.mark.parametrize(
    ("lines", "called"),
    [
        ([said("check", "doubles", verdict="failed")], set()),
        (
            [said("call", "doubles"), said("return", "doubles"), said("check", "doubles", verdict="failed")],
            {"doubles"},
        ),
        ([said("check", "doubles", verdict="failed", called=True)], {"doubles"}),
        ([said("call", "unplanned"), said("check", "doubles", verdict="failed")], set()),
    ],
)
def test_a_check_counts_as_calling_by_its_calls_or_by_a_result_that_it_shares(
    tmp_path: Path, lines: list[str], called: set[str]
) -> None:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    course = load_course(tmp_path)
    sandbox = MemorySandbox({"X1.doubles": lines})
    runner = SuiteRunner(course, course.modules[0], sandbox, lambda planned, sandbox: StudentPython())
    ran = runner.run(runner.exercise / "solution")
    assert ran.called == called
    assert ran.ran_and_caught == called
    assert (set(ran.checks), ran.max_points) == ({"named", "doubles"}, 10)
