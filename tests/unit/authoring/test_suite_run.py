"""One run of a suite: which of its checks started the students' code, or build on code that ran before."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grader.authoring.suite_run import SuiteRunner
from grader.course.pack import load_course
from grader.sandbox.local_sandbox import LocalSandbox
from grader.sandbox.protocol import CallEvent, Event, Job, RunOutcome, Sandbox, StudentPython
from grader.settings import Limits
from tests.double_pack import FILES
from tests.memory_sandbox import MemorySandbox

pytestmark = pytest.mark.process

SOLUTION = "exercises/x01_double/solution/double.py"


def runner_in(folder: Path, sandbox: Sandbox) -> SuiteRunner:
    """The pack in a folder, and what runs its suite in a sandbox."""
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    course = load_course(folder)
    return SuiteRunner(course, course.modules[0], sandbox, lambda planned, sandbox: StudentPython())


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
    runner = runner_in(tmp_path, MemorySandbox({"X1.doubles": lines}))
    ran = runner.run(runner.exercise / "solution")
    assert ran.called == called
    assert ran.ran_and_caught == called
    assert (set(ran.checks), ran.max_points) == ({"named", "doubles"}, 10)


def test_a_call_that_used_more_than_half_of_its_cpu_is_named(tmp_path: Path) -> None:
    most = Limits().call_cpu_s
    used = [said("return", "doubles", cpu_s=share * most) for share in (0.4, 0.7, 0.6)]
    runner = runner_in(tmp_path, MemorySandbox({"X1.doubles": used, "X1.named": used[:1]}))
    runner.run(runner.exercise / "solution")
    assert runner.heavy == {"X1.doubles": 0.7 * most}


class Listening(LocalSandbox):
    """The local sandbox, and the CPU seconds that its events told."""

    def __init__(self) -> None:
        super().__init__()
        self.cpu_s: list[float] = []

    def run(self, job: Job, on_event: Callable[[Event], None]) -> RunOutcome:
        def note(event: Event) -> None:
            self.cpu_s += [event.cpu_s] if isinstance(event, CallEvent) and event.event == "return" else []
            on_event(event)

        return super().run(job, note)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not tell the CPU of ended processes")
def test_the_suites_process_tells_the_cpu_of_each_call(tmp_path: Path) -> None:
    sandbox = Listening()
    runner = runner_in(tmp_path, sandbox)
    burn = "import time\nwhile time.process_time() < 0.6: pass\n"
    (runner.exercise / "solution" / "double.py").write_text(f"{burn}{FILES[SOLUTION]}")
    assert runner.run(runner.exercise / "solution").points == 10
    (cpu_s,) = sandbox.cpu_s
    assert 0.5 < cpu_s < 10
