"""Students' code as a check runs it: a session over a few files, and real processes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from grader.sandbox.protocol import StudentPython
from grader.suite.session import Session
from grader.suite.student.student import Student
from grader.testing import plain_session
from tests.git_command import git
from tests.student_code import Code, Files

#: Returns a session over some files, and an environment with some files in its `site-packages`.
Installed = Callable[[Files, Files], Session]


def _repository(root: Path, files: Files) -> Path:
    root.mkdir(exist_ok=True)
    _write(root, files)
    git(root, "init", "-q")
    git(root, "add", "-A", "-f")
    git(root, "commit", "-q", "--allow-empty", "-m", "Work")
    return root


def _write(folder: Path, files: Mapping[str, str | bytes]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


@pytest.fixture
def code(tmp_path: Path) -> Iterator[Code]:
    """Return the `student` fixture over some files."""
    sessions: list[Session] = []

    def make(files: Files) -> Student:
        sessions.append(plain_session(_repository(tmp_path / f"work{len(sessions)}", files)))
        return sessions[-1].student()

    yield make
    for session in sessions:
        session.launcher.reset()


@pytest.fixture
def installed(tmp_path: Path) -> Iterator[Installed]:
    """Return a session over some files, whose students' environment has some more installed."""
    sessions: list[Session] = []

    def make(files: Files, packages: Files) -> Session:
        folder = tmp_path / "environment"
        base = getattr(sys, "_base_executable", sys.executable)
        subprocess.run([base, "-m", "venv", "--without-pip", str(folder)], check=True)
        _write(next(folder.rglob("site-packages")), packages)
        scripts = folder / ("Scripts" if sys.platform == "win32" else "bin")
        python = StudentPython(folder=folder, mount=str(folder), interpreter=str(scripts / "python"))
        sessions.append(plain_session(_repository(tmp_path / "work", files), python))
        return sessions[-1]

    yield make
    for session in sessions:
        session.launcher.reset()
