"""`grader start` leaves a `grader.toml`, which decides what a bare `check` grades below it."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path

import pytest

from tests.command_line import Ended, run

pytestmark = pytest.mark.process


def follow(said: str) -> Ended:
    """Run the command that `grader start` prints, as it stands: git's part, then the grader's, without Docker."""
    command = said.splitlines()[-1].partition("check it with: ")[2]
    *first, last = command.split(" && ")
    for part in first:
        subprocess.run(shlex.split(part), check=True)
    program, *arguments = shlex.split(last)
    assert program == "grader"
    return run(*arguments, "--sandbox", "local")


@pytest.mark.parametrize("folder", ["work", "two words"])
@pytest.mark.parametrize("git", [False, True])
def test_the_printed_command_works_there_and_then(folder: str, git: bool) -> None:
    if git:
        subprocess.run(["git", "init", "--quiet", "."], check=True)
    started = run("start", "M17", folder)
    assert started.returncode == 0, started.stderr
    done = follow(started.stdout)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "M17" in done.stdout
    assert "M10" not in done.stdout
    assert Path(folder, ".gitignore").is_file()


def test_below_the_folder_its_module_is_the_default() -> None:
    subprocess.run(["git", "init", "--quiet", "."], check=True)
    run("start", "M17", "work")
    Path("work/part").mkdir()
    Path("work/part/a.txt").write_text("a")
    done = run("check", "work/part", "--sandbox", "local")
    assert "M17" in done.stdout
    assert "M10" not in done.stdout
    assert "M10" in run("check", "work", "--modules", "M10", "--sandbox", "local").stdout


def test_grade_ignores_it() -> None:
    subprocess.run(["git", "init", "--quiet", "work"], check=True)
    Path("work/grader.toml").write_text('module = "M17"\n')
    Path("work/Dockerfile").write_text("FROM python\n")
    for command in (
        ["add", "."],
        ["-c", "user.name=A", "-c", "user.email=a@b", "commit", "--quiet", "-m", "a"],
    ):
        subprocess.run(["git", "-C", "work", *command], check=True)
    run("grade", "work", "--sandbox", "local", "--trust-submissions", "--modules", "M10,M17", "--out", "out")
    [result] = Path("out/submissions").glob("*/result.json")
    assert '"M10"' in result.read_text()


@pytest.mark.parametrize("text", ["module = 4\n", "", "module = \n", "\xff", 'module = "M99"\n'])
def test_a_broken_one_is_named(text: str) -> None:
    subprocess.run(["git", "init", "--quiet", "."], check=True)
    Path("grader.toml").write_bytes(text.encode("latin-1"))
    done = run("check", ".", "--sandbox", "local")
    assert done.returncode == 2
    assert ("M99" if "M99" in text else "grader.toml") in done.stderr
