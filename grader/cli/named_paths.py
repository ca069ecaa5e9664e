"""Paths that a person names on the command line: looked at before anything is graded."""

from __future__ import annotations

import errno
import os
import re
import tempfile
from collections.abc import Iterable
from pathlib import Path

from grader.errors import GraderError, GradingError, UsageError, path_error

_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://|[^/\s]*@[^/\s]*:")


def readable(path: Path | None) -> Path | None:
    """Refuse a path that the system cannot even look up; whether something is there is the command's business.

    Raises:
        UsageError: its name is too long, it may not be looked at, its links lead in a circle.
    """
    if path is not None:
        try:
            os.stat(path.expanduser())
        except (FileNotFoundError, NotADirectoryError):
            pass
        except (OSError, ValueError, RuntimeError) as problem:
            raise path_error(path, problem) from problem
    return path


def readable_all(paths: list[Path]) -> list[Path]:
    """Refuse the first of several paths that the system cannot look up; see `readable`."""
    for path in paths:
        readable(path)
    return paths


def readable_sources(sources: list[str] | None) -> list[str] | None:
    """Refuse the first source that is a path and that the system cannot look up; see `readable`."""
    for source in sources or ():
        if not _ADDRESS.match(source):
            readable(Path(source))
    return sources


def check_writable(folder: Path, files: Iterable[str] = ()) -> None:
    """Find out by trying whether `files` can be written into `folder`, made if need be, and leave nothing behind.

    Raises:
        UsageError: they cannot, and why.
    """
    try:
        there = _nearest_folder(folder)
        # In a folder of its own: what is missing may be made, or looked for, by another run at this moment.
        with tempfile.TemporaryDirectory(prefix=".grader-", dir=there) as own:
            missing = Path(own + os.path.normpath(f"/{folder.relative_to(there)}"))
            missing.mkdir(parents=True, exist_ok=True)
            (missing / "tried").touch()
        for name in files:
            if (folder / name).is_dir():
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(folder / name))
    except (OSError, ValueError) as problem:
        blocked = isinstance(problem, IsADirectoryError) and problem.filename
        raise path_error(blocked or folder, problem, doing="written") from problem


def _nearest_folder(folder: Path) -> Path:
    """Return `folder` if it is there, else the folder above it in which it would be made."""
    while not folder.exists():
        if os.path.lexists(folder):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(folder))
        folder = folder.parent
    if not folder.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder))
    return folder


def explained(problem: OSError | UnicodeError, arguments: list[str]) -> GraderError:
    """Turn an error of the system that no command foresaw into one about a named path, or about this machine."""
    if isinstance(problem, UnicodeError):
        # Where paths are ASCII, a file with another name cannot even be looked at.
        why = "The locale of this process cannot name or read a text that it met."
        return UsageError(why, "Set PYTHONUTF8=1 or LC_ALL=C.UTF-8, and try again; --debug shows where.")
    path = problem.filename
    if isinstance(path, bytes):
        path = os.fsdecode(path)
    if not isinstance(path, str):
        return GradingError(f"The system said: {problem}.", "--debug shows where.")
    if any(_below(path, argument) for argument in arguments):
        return path_error(path, problem, doing="used")
    return GradingError(f"{path}: {problem.strerror}.", "--debug shows where.")


def _below(path: str, argument: str) -> bool:
    named = argument.partition("=")[2] if argument.startswith("--") else argument
    return bool(named) and Path(os.path.abspath(path)).is_relative_to(os.path.abspath(named))
