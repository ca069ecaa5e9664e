"""Paths that a person names: one line and exit code 2 before anything is graded, whatever is wrong with them."""

from __future__ import annotations

import json
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from grader.cli.named_paths import check_writable
from tests.command_line import Ended, run
from tests.git_command import git

LONG = "x" * 300
DEEP = "/".join(["y" * 200] * 25)
SECRET = "s3cr3t"


def refused(done: Ended) -> str:
    """The one line of an error with exit code 2."""
    assert done.returncode == 2, done.stdout + done.stderr
    lines = [line for line in done.stderr.splitlines() if line.strip()]
    assert len(lines) == 1, done.stderr
    assert lines[0].startswith("error: ")
    assert len(lines[0]) < 600
    return lines[0]


@pytest.fixture(autouse=True)
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")


@pytest.fixture
def loop(tmp_path: Path) -> str:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    return "loop"


COMMANDS = [
    ["check", "PATH", "--sandbox", "local"],
    ["check", "REPO", "--sandbox", "local", "--out", "PATH"],
    ["check", "REPO", "--sandbox", "local", "--course", "PATH"],
    ["grade", "PATH", "--sandbox", "local", "--trust-submissions"],
    ["grade", "REPO", "PATH", "--sandbox", "local", "--trust-submissions"],
    ["grade", "REPO", "--sandbox", "local", "--trust-submissions", "--out", "PATH"],
    ["grade", "REPO", "--course", "PATH"],
    ["start", "M10", "PATH"],
    ["start", "M10", "new", "--course", "PATH"],
    ["report", "PATH"],
    ["report", "PATH", "--course", "PATH"],
    ["modules", "--course", "PATH"],
    ["prove", "--modules", "M10", "--sandbox", "local", "--course", "PATH"],
    ["demo", "--sandbox", "local", "--out", "PATH"],
    ["image", "build", "--course", "PATH"],
]


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
@pytest.mark.parametrize(
    "path",
    [LONG, f"{LONG}/below", DEEP, "loop", "loop/below"],
    ids=["long", "below", "deep", "loop", "in loop"],
)
def test_a_path_that_cannot_be_looked_up(
    repository: Path, loop: str, arguments: list[str], path: str
) -> None:
    before = sorted(repository.parent.iterdir())
    refused(run(*[{"PATH": path, "REPO": str(repository)}.get(argument, argument) for argument in arguments]))
    assert sorted(repository.parent.iterdir()) == before


WRITERS = [
    ["check", "REPO", "--sandbox", "local", "--out", "PATH"],
    ["grade", "REPO", "--sandbox", "local", "--trust-submissions", "--out", "PATH"],
    ["demo", "--sandbox", "local", "--out", "PATH"],
    ["report", "done", "--out", "PATH"],
    ["report", "done", "done", "--out", "PATH"],
    ["start", "M10", "PATH"],
]


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A result."""
    folder = tmp_path_factory.mktemp("graded")
    git(folder, "init", "-q", "repository")
    ended = run(
        *("check", str(folder / "repository"), "--modules", "M32"),
        *("--sandbox", "local", "--out", str(folder / "out")),
    )
    assert ended.returncode in (0, 1), ended.stderr
    return folder / "out"


@pytest.fixture
def done(repository: Path, graded: Path) -> Path:
    """A result, to render again."""
    return Path(shutil.copytree(graded, repository.parent / "done"))


@pytest.mark.process
@pytest.mark.parametrize("arguments", WRITERS, ids=" ".join)
def test_a_folder_that_cannot_be_written(repository: Path, done: Path, arguments: list[str]) -> None:
    here = repository.parent
    (here / "file").write_text("precious")
    (here / "dangling").symlink_to(here / "gone")
    before = sorted(here.rglob("*"))
    for path, said in {
        "file": "a file is in the way",
        "file/below/it": "a file is in the way",
        "dangling": "a file is in the way",
        "/proc/nowhere": "cannot be written",
        "/proc/nowhere/below": "cannot be written",
        "/dev/null": "a file is in the way",
        "new/" + "z" * 256: "name is too long",
    }.items():
        assert said in refused(
            run(*[{"PATH": path, "REPO": str(repository)}.get(argument, argument) for argument in arguments])
        )
    assert sorted(here.rglob("*")) == before


@pytest.mark.process
@pytest.mark.parametrize(
    ("arguments", "taken"),
    [
        (["check", "REPO", "--sandbox", "local", "--out", "out"], "report.html"),
        (["check", "REPO", "--sandbox", "local", "--out", "out", "--format", "junit"], "junit.xml"),
        (["grade", "REPO", "--sandbox", "local", "--trust-submissions", "--out", "out"], "grades.csv"),
        (["report", "done", "--out", "out"], "report.html"),
    ],
)
def test_a_folder_where_a_file_should_go(
    repository: Path, done: Path, arguments: list[str], taken: str
) -> None:
    (repository.parent / "out" / taken).mkdir(parents=True)
    said = refused(run(*[str(repository) if argument == "REPO" else argument for argument in arguments]))
    assert taken in said
    assert [path.name for path in (repository.parent / "out").iterdir()] == [taken]


def test_a_file_where_the_reports_of_a_class_should_go(repository: Path) -> None:
    (repository.parent / "out").mkdir()
    (repository.parent / "out" / "submissions").write_text("a file")
    refused(run("grade", str(repository), "--sandbox", "local", "--trust-submissions", "--out", "out"))


def test_an_error_of_the_system_elsewhere_is_one_line_too(monkeypatch: pytest.MonkeyPatch) -> None:
    # Where caches go is no word of the command line: it is this machine's fault.
    monkeypatch.setenv("XDG_CACHE_HOME", "/proc/nowhere")
    done = run("doctor")
    assert done.returncode == 3
    assert "/proc/nowhere" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.process
def test_a_name_that_is_no_text(repository: Path) -> None:
    name = os.fsdecode(b"caf\xe9\n")
    repository.rename(repository.parent / name)
    done = run("check", name, "--modules", "M32", "--sandbox", "local", "--out", f"out {name}")
    assert done.returncode in (0, 1), done.stderr
    assert json.loads((repository.parent / f"out {name}" / "result.json").read_text())
    refused(run("check", f"no{name}"))


def test_debug_shows_the_traceback_and_the_line(repository: Path) -> None:
    done = run("check", "nowhere", "--debug")
    assert done.returncode == 2
    assert "Traceback" in done.stderr
    assert done.stderr.splitlines()[-1].startswith("error: There is nothing at 'nowhere'.")


ADDRESSES = [
    f"https://user:{SECRET}@host.invalid/a/b",
    f"ssh://user:{SECRET}@host.invalid/a/b",
    f"https://host.invalid/a/b?access_token={SECRET}",
    f"user:{SECRET}@host.invalid:a/b",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_stream_and_no_file_holds_the_secret_of_an_address(tmp_path: Path, address: str) -> None:
    local = ("--sandbox", "local", "--trust-submissions")
    for arguments in (
        ("grade", address, *local, "--out", "r"),
        ("grade", address, *local, "--out", "r", "--debug"),
        ("check", address, "--debug"),
        ("check", ".", address),
        ("report", address),
        ("modules", address),
        ("modules", "--course", address),
        ("start", "M10", "new", address),
        (address,),
        ("check", "--forge-token-env", "HOME", "--forge-url", address, "--debug"),
    ):
        done = run(*arguments)
        assert done.returncode in (2, 3), arguments
        shown = "".join((done.stdout + done.stderr).split())
        assert SECRET not in shown.replace("|", "").replace("│", ""), arguments
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert "grades.csv" in {path.name for path in written}
    for path in written:
        assert SECRET.encode() not in path.read_bytes() + os.fsencode(path)


@pytest.mark.parametrize("address", ["https://host.invalid/a/b", "git@host.invalid:a/b"])
def test_check_takes_a_folder_and_says_what_takes_an_address(address: str) -> None:
    assert f"grader grade {address}" in refused(run("check", address))


@pytest.mark.parametrize(
    "url", ["https://[x", "https://host:port", "nothing", "https://u:p@host", "https://host?t=x"]
)
def test_an_address_of_a_forge_that_is_none(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORGE_TOKEN", SECRET)
    assert SECRET not in refused(run("check", ".", "--forge-token-env", "FORGE_TOKEN", "--forge-url", url))


def test_two_runs_may_try_the_same_new_folder_at_once(tmp_path: Path) -> None:
    def tries() -> None:
        for _ in range(200):
            check_writable(tmp_path / "new" / "below")

    with ThreadPoolExecutor(4) as threads:
        for tried in [threads.submit(tries) for _ in range(4)]:
            tried.result()
    assert not list(tmp_path.iterdir())
