"""A class of small repositories and a course pack whose suite can be slow, stuck, or break its grader, as a repository says."""

from __future__ import annotations

import csv
import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from tests.git_command import git

_DAY = "2026-01-05T10:00:00+0100"
#: Runs without a container and so on this machine: what a repository holds decides what its check does to the grader.
_SUITE = """
import os, signal, time
from pathlib import Path

from grader.suite import check

GRADED = Path({graded!r})

@check("The README greets")
def test_greets(submission):
    name = submission.text("README.md").split()[-1]
    with GRADED.open("a") as file:
        file.write(name + "\\n")
    if submission.exists("slow"):
        time.sleep(0.5)
    if submission.exists("stuck"):
        time.sleep(3600)
    if submission.exists("deadly"):
        os.kill(os.getppid(), signal.SIGKILL)
    assert "Hello" in submission.text("README.md"), "The README does not say Hello."

@check("The README is long")
def test_long(submission):
    assert len(submission.text("README.md")) > 5000, "The README is short."
"""
#: A suite that wants the environment of the students' code.
WITH_ENVIRONMENT = """
from grader.suite import check

@check("The README greets", environment="optional")
def test_greets(submission):
    assert submission.exists("README.md"), "There is no README."
"""
#: What differs between two runs on the same commit.
_TIMES = {"started_at", "fetched_at", "duration_s", "reused", "modules_reused"}


@dataclass(frozen=True)
class SmallClass:
    """Repositories `names` below `root`, its pack, a folder for temporary files, and the list of what was graded."""

    root: Path
    names: tuple[str, ...]
    sandbox: tuple[str, ...] = ("--sandbox", "local", "--trust-submissions")
    variables: Mapping[str, str] = field(default_factory=dict)

    def command(self, *arguments: str, out: str = "out") -> list[str]:
        """Return `grader grade` on all of the class; without a container, unless it says otherwise."""
        program = [sys.executable, "-m", "grader.cli", "grade", *self.names]
        return [*program, *self.sandbox, "--course", str(self.root / "pack"), "--out", out, *arguments]

    def start(self, *arguments: str, out: str = "out", **more: Any) -> subprocess.Popen[str]:
        """Start it, in a process group of its own."""
        return subprocess.Popen(
            self.command(*arguments, out=out),
            cwd=self.root,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            **more,
        )

    def run(self, *arguments: str, out: str = "out") -> subprocess.CompletedProcess[str]:
        """Run it to its end."""
        return subprocess.run(
            self.command(*arguments, out=out),
            cwd=self.root,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
        )

    @property
    def environment(self) -> dict[str, str]:
        """The environment of a run: its temporary files and its cache are its own."""
        own = {"TMPDIR": str(self.temporary), "XDG_CACHE_HOME": str(self.root / "cache")}
        return {**os.environ, "COLUMNS": "200", "NO_COLOR": "1", **own, **self.variables}

    @property
    def temporary(self) -> Path:
        """The folder for temporary files."""
        return self.root / "t"

    @property
    def gradings(self) -> list[str]:
        """The names that the suite was run on, each as often as it was."""
        return (self.root / "graded.txt").read_text().split()

    def result(self, name: str, out: str = "out") -> Any:
        """Return a submission's result without its times."""
        path = self.root / out / "submissions" / name / "result.json"
        return without_times(json.loads(path.read_text(encoding="utf-8")))

    def rows(self, out: str = "out") -> dict[str, tuple[str, int, int | None]]:
        """Return status, attempts and claim of each row of the journal, as it stands."""
        with sqlite3.connect(self.root / out / "journal.sqlite") as journal:
            found = journal.execute("SELECT id, status, attempts, run FROM submissions").fetchall()
        journal.close()
        return {name: (status, attempts, run) for name, status, attempts, run in found}

    def statuses(self, out: str = "out") -> dict[str, str]:
        """Return what `grades.csv` says of each."""
        text = (self.root / out / "grades.csv").read_text()
        return {row["id"]: row["status"] for row in csv.DictReader(text.splitlines())}

    def processes(self) -> list[psutil.Process]:
        """Return the processes that make their temporary files in the folder of this class."""
        found = []
        for process in psutil.process_iter():
            try:
                if process.environ().get("TMPDIR", "").startswith(str(self.temporary)):
                    found.append(process)
            except psutil.Error:
                continue
        return found


def read_until(run: subprocess.Popen[str], word: str, times: int = 1) -> str:
    """Read what a run says until a word was said so often; fail if the run ends before."""
    assert run.stdout is not None
    said = ""
    while said.count(word) < times:
        line = run.stdout.readline()
        assert line, said
        said += line
    return said


def small_class(root: Path, names: tuple[str, ...], **files: str) -> SmallClass:
    """Make a class below `root`; `files` names what else the repository of a name holds: slow, stuck, deadly."""
    write_pack(root / "pack", _SUITE.format(graded=str(root / "graded.txt")))
    (root / "graded.txt").write_text("")
    (root / "t").mkdir()
    for name in names:
        make_repository(root / name, files.get(name, ""))
    return SmallClass(root, names)


def write_pack(root: Path, suite: str) -> None:
    """Write a course pack of one module."""
    folder = root / "checks" / "x01_first"
    folder.mkdir(parents=True)
    (root / "checks" / "course.toml").write_text('name = "Workshop"\n')
    (folder / "module.toml").write_text(
        'id = "X1"\nslug = "first"\ntitle = "First steps"\nsession = "W1"\ncore = true\n'
    )
    (folder / "test_first.py").write_text(suite)


def make_repository(folder: Path, also: str = "") -> None:
    """Make a repository that greets as itself."""
    folder.mkdir()
    (folder / "README.md").write_text(f"Hello from {folder.name}\n")
    if also:
        (folder / also).write_text("")
    git(folder, "init", "-q", "-b", "main")
    commit(folder, "Say hello")


def commit(folder: Path, message: str) -> None:
    """Commit all that is there."""
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", message, GIT_AUTHOR_DATE=_DAY, GIT_COMMITTER_DATE=_DAY)


def without_times(data: Any) -> Any:
    """Return JSON data without what differs between two runs on the same commit."""
    if isinstance(data, dict):
        return {key: without_times(value) for key, value in data.items() if key not in _TIMES}
    return [without_times(item) for item in data] if isinstance(data, list) else data
