"""Students' code as a check runs it: a session over a few files, and real processes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.suite.session import Session
from grader.suite.student.student import Student
from grader.testing import plain_session
from tests.git_command import git
from tests.student_code import Code, Files


@pytest.fixture
def code(tmp_path: Path) -> Iterator[Code]:
    """Return the `student` fixture over some files."""
    sessions: list[Session] = []

    def make(files: Files) -> Student:
        root = tmp_path / f"work{len(sessions)}"
        for name, content in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        root.mkdir(exist_ok=True)
        git(root, "init", "-q")
        git(root, "add", "-A", "-f")
        git(root, "commit", "-q", "--allow-empty", "-m", "Work")
        sessions.append(plain_session(root))
        return sessions[-1].student()

    yield make
    for session in sessions:
        session.launcher.reset()
