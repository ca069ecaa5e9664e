"""Modules, sessions and bases that a person names, the line that a run begins with, and every encoding of a stream."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.command_line import Ended, run
from tests.git_command import git
from tests.places import ROOT


def error(done: Ended, code: int = 2) -> str:
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    assert len(lines) == 1, done.stderr
    return lines[0]


@pytest.mark.parametrize("command", ["check", "grade", "prove"])
@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--modules", ""], "--modules is empty"),
        (["--modules", " , "], "--modules is empty"),
        (["--modules", "M99"], "Unknown module M99. Did you mean M9"),
        (["--modules", "dokcer"], "Did you mean M10"),
        (["--modules", "M10,S99"], "no session 'S99'. Did you mean S9"),
        (["--modules", "M10,qqqqqqqq"], "Unknown module QQQQQQQQ"),
    ],
)
def test_modules_that_are_refused(tmp_path: Path, command: str, options: list[str], said: str) -> None:
    repository = [] if command == "prove" else ["nowhere"]
    line = error(run(command, *repository, *options))
    assert said in line
    assert line.count(" M") < 6, "a wall of names"


@pytest.mark.parametrize("command", ["check", "grade"])
@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--session", ""], "--session is empty"),
        (["--session", "S3", "--modules", "M10"], "both given"),
        (["--session", "S99"], "no session 'S99'. Did you mean S9"),
        (["--session", "M10"], "no session 'M10'"),
        (["--session", "", "--modules", "M10"], "--session is empty"),
    ],
)
def test_sessions_that_are_refused(command: str, options: list[str], said: str) -> None:
    assert said in error(run(command, "nowhere", *options))


@pytest.mark.parametrize("module", ["", "S3", "M10,M11", "M99"])
def test_start_takes_one_module(tmp_path: Path, module: str) -> None:
    error(run("start", module, "new"))
    assert not (tmp_path / "new").exists()


@pytest.mark.process
@pytest.mark.parametrize("text", ["S8,M10", "m10 s8", " M10 , S8, m10,", "10,S08", "M010,s8,S8"])
def test_modules_takes_modules_and_sessions(repository: Path, text: str) -> None:
    done = run("check", str(repository), "--modules", text, "--sandbox", "local", "--out", "out")
    assert done.returncode in (0, 1), done.stderr
    modules = json.loads((repository.parent / "out" / "result.json").read_text())["modules"]
    assert "M10" in [module["id"] for module in modules]
    assert {module["session"] for module in modules if module["id"] != "M10"} == {"S8"}


@pytest.mark.parametrize(
    "command", [["check", "REPO"], ["grade", "REPO", "--trust-submissions"], ["demo"], ["prove"]]
)
def test_a_base_that_is_named_is_never_passed_over(repository: Path, command: list[str]) -> None:
    arguments = [str(repository) if one == "REPO" else one for one in command]
    without = error(run(*arguments, "--base", "no-such-image"), 3)
    assert "--base no-such-image" in without
    assert "leave --base out" in without
    assert "--sandbox local" in error(run(*arguments, "--base", "debian", "--sandbox", "local"))
    assert "--base is empty" in error(run(*arguments, "--base", ""))


@pytest.mark.process
def test_a_run_begins_with_what_is_graded(repository: Path) -> None:
    options = ("--modules", "M32", "--sandbox", "local")
    first = run("check", str(repository), *options).stdout.splitlines()[0]
    assert first.startswith(f"repository ({repository}) · commit ")
    assert first.endswith(" (clean) · 3 files · profile exercises · sandbox local")
    (repository / "new.py").touch()
    again = run("check", "repository", *options, "--profile", "project").stdout.splitlines()[0]
    assert "(with uncommitted changes) · 4 files · profile project" in again
    committed = run("grade", str(repository), *options, "--trust-submissions").stdout.splitlines()[0]
    assert " · 3 files · profile exercises · sandbox local" in committed
    assert "uncommitted" not in committed
    assert "clean" not in committed


@pytest.mark.process
def test_without_a_commit_a_run_says_so(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "fresh")
    assert "no commit yet · 0 files" in run("check", "fresh", "--modules", "M32", "--sandbox", "local").stdout


@pytest.mark.process
@pytest.mark.parametrize("encoding", ["cp1252", "cp437", "latin-1", "ascii"])
def test_a_stream_of_any_encoding_carries_a_report(repository: Path, encoding: str) -> None:
    (repository / "dockerfiles" / "train.dockerfile").write_text("FROM python\n# 茶 ◐ é\n")
    words = ["--modules", "M10", "--profile", "project", "--sandbox", "local"]
    done = run("check", str(repository), *words, encoding=encoding)
    assert done.returncode == 0, done.stderr
    assert "M10" in done.stdout
    assert "train.dockerfile:1" in done.stdout


@pytest.mark.parametrize("encoding", ["cp1252", "cp437", "latin-1", "ascii"])
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["check", "茶◐", "--sandbox", "local"], 2),
        (["check", "--no-such-◐"], 2),
        (["◐"], 2),
        (["modules"], 0),
        (["schema"], 0),
        (["--help"], 0),
        (["check", "--help"], 0),
        (["start", "M10", "茶◐"], 0),
        (["prove", "--modules", "◐"], 2),
        (["doctor"], 3),
        (["check", "--debug", "茶◐"], 2),
    ],
    ids=str,
)
def test_no_command_breaks_on_a_character(arguments: list[str], code: int, encoding: str) -> None:
    assert run(*arguments, encoding=encoding).returncode == code


def test_symbols_become_what_is_nearest() -> None:
    assert "'caf? ... e?'" in run("check", "caf\udce9 … é茶", encoding="ascii").stderr


@pytest.mark.parametrize("arguments", [["-h"], ["check", "-h"], ["image", "-h"], ["image", "build", "-h"]])
def test_h_is_help(arguments: list[str]) -> None:
    done = run(*arguments)
    assert done.returncode == 0
    assert "Usage" in done.stdout


def test_start_names_the_next_command_whole(tmp_path: Path) -> None:
    pack = ROOT
    said = run("start", "M10", "my work", "--course", str(pack)).stdout
    assert f"git init --quiet 'my work' && grader check 'my work' --course {pack}" in said
    git(tmp_path, "init", "-q", "inside")
    said = run("start", "M10", "inside/m10").stdout
    assert "grader check inside/m10" in said
    assert "git init" not in said
    assert "--course" not in said
