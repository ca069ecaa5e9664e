"""A course of one suite, run in a real process of this machine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from grader import grading
from grader.course.module import Profile
from grader.course.pack import load_course
from grader.results import HistoryFigures, ModuleResult
from grader.sandbox.local_sandbox import LocalSandbox
from grader.settings import Limits
from grader.submission.model import Submission

RunSuite = Callable[..., ModuleResult]


@pytest.fixture
def run_suite(tmp_path: Path) -> RunSuite:
    """Run a suite, given as the text of its file, or of two, on files; return what became of its module."""

    def run(
        suite: str,
        files: Mapping[str, str],
        profile: Profile = "exercises",
        limits: Limits | None = None,
        settings: str = "",
        second: str = "",
    ) -> ModuleResult:
        folder, root = tmp_path / "checks" / "m01_x", tmp_path / "files"
        for path, text in {
            folder / "module.toml": f'id = "M1"\nslug = "x"\ntitle = "X"\nsession = "S1"\n{settings}',
            folder / "test_x.py": suite,
            **({folder / "test_y.py": second} if second else {}),
            **{root / path: text for path, text in files.items()},
        }.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        submission = Submission(
            id="one",
            source="one",
            root=root,
            commit="0" * 40,
            branch="main",
            committed_at=None,
            fetched_at=datetime(2026, 1, 1, tzinfo=UTC),
            dirty=False,
            history=HistoryFigures(),
        )
        course = load_course(tmp_path)
        plan = grading.plan(course.modules, profile)
        ran = grading.run(
            plan,
            submission=submission,
            course=course,
            sandbox=LocalSandbox(),
            facts={"profile": profile},
            limits=limits,
        )
        return grading.collect(plan, ran).modules[0]

    return run
