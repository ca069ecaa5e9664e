"""Find the exam report in a folder and read it: bounded, regular files only, symlinks never followed."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from grader.exam.outline import count_headings

#: A larger report is read this far.
MAX_REPORT_BYTES = 2 * 1024 * 1024

#: How many Markdown files are looked into for questions, and how much they may weigh together.
_MAX_CANDIDATES = 200
_MAX_CANDIDATE_BYTES = 8 * 1024 * 1024

#: A Markdown file with this many questions is a report, whatever its name.
_ENOUGH_QUESTIONS = 10


def find_report(root: Path, paths: Iterable[str]) -> str | None:
    """The path of the exam report among `paths` (relative, POSIX), or None.

    In this order: `reports/README.md`; then `README.md` in a folder `reports` or `report` anywhere, the
    shallowest first; then any Markdown file with at least ten questions. The exact spelling goes before one
    that differs in case only. A file of the right name but without questions is the answer only where no
    other one has them.

    Args:
        root: the folder that `paths` are relative to.
        paths: what to choose from; whatever is no regular file below `root` is passed over.
    """
    markdown = sorted(path for path in paths if path.casefold().endswith((".md", ".markdown")))
    named = sorted(
        (path for path in markdown if _rank(path) is not None), key=lambda path: (_rank(path), path)
    )
    readable = [path for path in named[:_MAX_CANDIDATES] if _read(root, path, 1) is not None]
    best, questions = _most_questions(root, readable)
    if best is not None and questions >= _ENOUGH_QUESTIONS:
        return best
    other, questions = _most_questions(root, [path for path in markdown if _rank(path) is None])
    if other is not None and questions >= _ENOUGH_QUESTIONS:
        return other
    return readable[0] if readable else None


def load_report(root: Path, path: str) -> str:
    """The text of a report that `find_report` named; what is beyond 2 MB is left out.

    UTF-8 (or UTF-16 with its mark), else Windows' Western European encoding; the byte order mark is dropped.

    Raises:
        FileNotFoundError: no regular file there, or a symlink on the way.
    """
    data = _read(root, path, MAX_REPORT_BYTES)
    if data is None:
        raise FileNotFoundError(f"{path} is no regular file.")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", errors="replace")
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as problem:
        # A character cut in half at the end of what was read is no sign of another encoding.
        if len(data) - problem.start < 4 and len(data) >= MAX_REPORT_BYTES - 3:
            return data[: problem.start].decode("utf-8")
        return data.decode("cp1252", errors="replace")


def _rank(path: str) -> tuple[int, int, bool] | None:
    parts = PurePosixPath(path).parts
    if len(parts) < 2 or parts[-1].casefold() != "readme.md":
        return None
    folder = parts[-2].casefold()
    if folder not in ("reports", "report"):
        return None
    at_root = len(parts) == 2 and folder == "reports"
    inexact = (parts[-2], parts[-1]) not in (("reports", "README.md"), ("report", "README.md"))
    return (0 if at_root else 1, len(parts), inexact)


def _most_questions(root: Path, paths: list[str]) -> tuple[str | None, int]:
    """The first of `paths` with at least ten questions, else the one with the most."""
    best: tuple[str | None, int] = (None, 0)
    weight = 0
    for path in paths[:_MAX_CANDIDATES]:
        data = _read(root, path, MAX_REPORT_BYTES)
        if data is None:
            continue
        weight += len(data)
        if weight > _MAX_CANDIDATE_BYTES:
            break
        found = count_headings(
            data.decode("utf-8", errors="replace").replace("\r\n", "\n").replace("\r", "\n")
        )
        if found >= _ENOUGH_QUESTIONS:
            return path, found
        if found > best[1]:
            best = (path, found)
    return best


def _read(root: Path, path: str, limit: int) -> bytes | None:
    """At most `limit` bytes of a regular file below `root`; None where it is none, or behind a symlink."""
    parts = PurePosixPath(path).parts
    if not parts or path.startswith("/") or "\0" in path or ".." in parts:
        return None
    try:
        folder = root
        for part in parts[:-1]:
            folder = folder / part
            if not stat.S_ISDIR(folder.lstat().st_mode):
                return None
        target = folder / parts[-1]
        if not stat.S_ISREG(target.lstat().st_mode):
            return None
        flags = (
            os.O_RDONLY
            | getattr(os, "O_NOFOLLOW", 0)
            | getattr(os, "O_NONBLOCK", 0)
            | getattr(os, "O_BINARY", 0)
        )
        descriptor = os.open(target, flags)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                return None
            return file.read(limit)
    except (OSError, ValueError):
        return None
