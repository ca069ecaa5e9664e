"""What goes wrong with one submission stops no other, of whatever kind it is, and is named."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from grader.batch import ClassPlan, grade_all
from grader.course.pack import load_course
from grader.pipeline import Planned, Setup
from grader.sandbox.protocol import Sandbox, StudentPython
from grader.settings import BatchLimits
from tests.memory_sandbox import MemorySandbox
from tests.small_class import WITH_ENVIRONMENT, make_repository, write_pack

pytestmark = pytest.mark.process
KINDS = {
    "memory": MemoryError,
    "recursion": RecursionError,
    "key": KeyError,
    "exit": SystemExit,
    "interrupt": KeyboardInterrupt,
}


def breaking(planned: Planned, sandbox: Sandbox) -> StudentPython:
    """Install nothing, and break on the repositories that are called like a fault."""
    name = planned.submission.id
    if name in KINDS:
        raise KINDS[name](name)
    if name == "asleep":
        time.sleep(3600)
    return StudentPython()


def test_every_exception_is_one_submissions(tmp_path: Path) -> None:
    names = [*KINDS, "asleep", "fine"]
    for name in names:
        make_repository(tmp_path / name)
    write_pack(tmp_path / "pack", WITH_ENVIRONMENT)
    graded = grade_all(
        [str(tmp_path / name) for name in names],
        out=tmp_path / "out",
        setup=Setup(course=load_course(tmp_path / "pack"), sandbox=MemorySandbox(), install=breaking),
        plan=ClassPlan(jobs=1, limits=BatchLimits(submission_s=15, stop_s=2)),
    )
    assert [result.submission.id for result in graded.results] == ["fine"]
    why = {Path(source).name: reason for source, reason in graded.failed}
    assert set(why) == {*KINDS, "asleep"}
    assert all(KINDS[name].__name__ in why[name] for name in KINDS)
    assert "took longer than 15 s" in why["asleep"]
    assert graded.exit_code == 3
