"""`--verbose` says on stderr what is done; without it nothing is logged."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.other_pack import write_other_pack

TOKEN = "ghp_" + "a1B2c3D4e5F6" * 3


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    root = write_other_pack(tmp_path / "pack")
    suite = root / "checks" / "x01_first" / "test_first.py"
    suite.write_text(
        suite.read_text()
        + '\nSOLUTION = "hidden value 4711"\n@check("Breaks")\ndef test_breaks(submission):\n    raise ValueError(SOLUTION)\n'
    )
    return root


def test_each_step_is_said(grader: Callable[..., Any], repository: Path, pack: Path) -> None:
    (repository / "README.md").write_text(f"Hello {TOKEN}\n")
    done = grader("check", str(repository), "--course", str(pack), "--sandbox", "local", "--verbose")
    said = done.stderr
    for words in (
        "grader.pipeline: fetched",
        "planned 3 checks of X1",
        "sandbox local",
        "environment not needed",
        "process",
        "starts",
        "ends after",
        "check X1.greets: passed, 0.",
        "check X1.long: failed, 0.",
        "check X1.breaks: error, 0.",
    ):
        assert words in said, said
    assert TOKEN not in said
    assert "4711" not in said
    assert "fetched" not in done.stdout


def test_nothing_is_logged_by_default(grader: Callable[..., Any], repository: Path, pack: Path) -> None:
    done = grader("check", str(repository), "--course", str(pack), "--sandbox", "local")
    assert "grader." not in done.stderr
    assert "fetched" not in done.stderr


def test_names_of_a_submission_are_neutralised(
    grader: Callable[..., Any], repository: Path, tmp_path: Path, pack: Path
) -> None:
    nasty = tmp_path / f"a\x1b[31m\nfake line {TOKEN}"
    os.rename(repository, nasty)
    done = grader("check", str(nasty), "--course", str(pack), "--sandbox", "local", "--verbose")
    logged = [line for line in done.stderr.splitlines() if "fetched" in line]
    assert len(logged) == 1, done.stderr
    assert "fake line" in logged[0]
    assert "\x1b" not in logged[0]
    assert TOKEN not in logged[0]


@pytest.mark.parametrize("command", ["check", "grade", "demo", "prove"])
def test_commands_that_grade_have_it(grader: Callable[..., Any], command: str) -> None:
    assert "--verbose" in grader(command, "--help", env={"COLUMNS": "200", "NO_COLOR": "1"}).stdout
