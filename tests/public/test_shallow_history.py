"""A history that is not all there, as CI and people make one: its checks do not apply, and its boxes stay open (P36)."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from grader.cli.main import app
from tests.git_command import git

OF_HISTORY = (
    "work_grew_in_steps",
    "the_project_has_a_history",
    "members_share_the_work",
    "work_spread_over_days",
)


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    folder = tmp_path / "whole"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    for number in range(12):
        (folder / f"m{number}.py").write_text(f"x = {number}\n")
        git(folder, "add", ".")
        day: dict[str, Any] = {
            "GIT_AUTHOR_DATE": f"2026-01-{6 + number:02}T10:00:00",
            "GIT_COMMITTER_DATE": f"2026-01-{6 + number:02}T10:00:00",
        }
        git(folder, "commit", "-qm", f"Add module number {number} with its value", **day)
    return folder


def cloned(whole: Path, *options: str) -> Path:
    git(whole.parent, "clone", "-q", *options, f"file://{whole}", "clone")
    return whole.parent / "clone"


def as_actions_do(whole: Path) -> Path:
    """Check out as actions/checkout does by default: a fetch of one commit, HEAD detached."""
    folder = whole.parent / "clone"
    folder.mkdir()
    git(folder, "init", "-q")
    git(folder, "fetch", "-q", "--depth=1", f"file://{whole}", "main")
    git(folder, "checkout", "-q", "--detach", "FETCH_HEAD")
    return folder


def worked_on(whole: Path) -> Path:
    folder = cloned(whole, "--depth=1")
    git(folder, "commit", "-q", "--allow-empty", "-m", "Go on from what is there")
    return folder


def in_a_worktree(whole: Path) -> Path:
    folder = cloned(whole, "--depth=1")
    git(folder, "worktree", "add", "-q", "../tree", "-b", "side")
    return whole.parent / "tree"


def judged(folder: Path) -> tuple[set[str], set[str]]:
    """Return the verdicts of the checks of history, and of the boxes that hang on them."""
    out = folder.parent / "out"
    arguments = [
        "check",
        str(folder),
        "--sandbox",
        "local",
        "--out",
        str(out),
        "--modules",
        "M5",
        "--profile",
        "project",
    ]
    CliRunner().invoke(app, arguments)
    result = json.loads((out / "result.json").read_text())
    checks = {
        one["id"].partition(".")[2]: one["verdict"]
        for module in result["modules"]
        for one in module["checks"]
    }
    boxes = {one["verdict"] for one in result["checklist"] if one["id"] in ("w1-01", "w1-02")}
    return {checks[name] for name in OF_HISTORY}, boxes


@pytest.mark.parametrize(
    "made",
    [
        lambda whole: cloned(whole, "--depth=1"),
        lambda whole: cloned(whole, "--shallow-since=2026-01-12"),
        as_actions_do,
        worked_on,
        in_a_worktree,
    ],
)
def test_a_part_of_a_history_is_not_judged(made: Callable[[Path], Path], whole: Path) -> None:
    assert judged(made(whole)) == ({"not_applicable"}, {"undetermined"})


@pytest.mark.parametrize("depth", ["--depth=50", "--filter=blob:none"])
def test_a_history_that_is_all_there_is_judged(depth: str, whole: Path) -> None:
    verdicts, boxes = judged(cloned(whole, depth))
    assert "not_applicable" not in verdicts
    assert "supported" in boxes
