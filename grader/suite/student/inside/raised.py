"""What an exception of the students' code says of them: the lines of their own files that led to it, innermost last.

Standard library only. It runs in a student process, so all that it gives is the students' own account.
"""

from __future__ import annotations

import os
import traceback
from typing import Any

#: Frames that are told, exceptions of a chain that are looked at, and characters of the whole traceback.
MOST_FRAMES = 8
MOST_CHAINED = 20
MOST_TRACE = 4_000


def fault_of(problem: BaseException, cwd: str) -> dict[str, Any]:
    """Return the fault for an exception: its message and the students' frames, and what students do not read.

    That is `inside`, where in a library it was raised, and `trace`, the traceback if packages are in it.
    """
    root = os.path.realpath(cwd)
    name = type(problem).__name__
    try:
        text = str(problem)[:600]
    except BaseException:  # noqa: BLE001 - a student's __str__ may raise anything
        text = ""
    message = f"The code raised {name}: {text}" if text else f"The code raised {name}."
    return {
        "fault": "exception",
        "message": message,
        "raised": name,
        "frames": _frames(problem, root)[-MOST_FRAMES:],
        "inside": _inside(problem, root),
        "trace": trace_of(problem),
    }


def trace_of(problem: BaseException) -> str:
    """Return the end of the whole traceback, if frames of installed packages are in it."""
    try:
        text = "".join(traceback.format_exception(problem))
    except BaseException:  # noqa: BLE001 - a student's __str__ may raise anything
        return ""
    return text[-MOST_TRACE:] if "-packages" in text else ""


def _frames(problem: BaseException, root: str) -> list[dict[str, Any]]:
    """Return the frames of an exception; where a library wrapped what the students' code raised, those of that, too."""
    found = _own(problem, root)
    for inner in _chain(problem, root)[1:]:
        found += [frame for frame in _own(inner, root) if frame not in found]
    return found


def _chain(problem: BaseException, root: str) -> list[BaseException]:
    """Return an exception and those behind it, up to the first that a line of the students raised."""
    found = [problem]
    while len(found) < MOST_CHAINED and not _raised_by(found[-1], root):
        last = found[-1]
        behind = last.__cause__ or (None if last.__suppress_context__ else last.__context__)
        if behind is None:
            break
        found.append(behind)
    return found


def _inside(problem: BaseException, root: str) -> str:
    """Return `path:line` in an installed package, if it and not the students' code raised the exception."""
    if _raised_by(_chain(problem, root)[-1], root):
        return ""
    for frame in reversed(traceback.extract_tb(problem.__traceback__)):
        if _place(frame.filename, root):
            break
        if "-packages" in frame.filename:
            return f"{frame.filename}:{frame.lineno}".replace(os.sep, "/")[:500]
    return ""


def _own(problem: BaseException, root: str) -> list[dict[str, Any]]:
    frames = []
    for frame in traceback.extract_tb(problem.__traceback__):
        if where := _place(frame.filename, root):
            frames.append({"path": where, "line": frame.lineno or 0, "text": (frame.line or "")[:200]})
    if isinstance(problem, SyntaxError) and (where := _place(problem.filename or "", root)):
        frames.append(
            {"path": where, "line": problem.lineno or 0, "text": (problem.text or "").strip()[:200]}
        )
    return frames


def _raised_by(problem: BaseException, root: str) -> bool:
    """Return whether the line that raised it is the students' own."""
    summary = traceback.extract_tb(problem.__traceback__)
    return bool(summary) and bool(_place(summary[-1].filename, root))


def _place(filename: str, root: str) -> str:
    """Return the path of a file of the students, or an empty string for all others."""
    if not filename or filename.startswith("<"):
        return ""
    path = os.path.realpath(filename)
    if not path.startswith(root + os.sep):
        return ""
    where = os.path.relpath(path, root).replace(os.sep, "/")
    return "" if "site-packages/" in where or "dist-packages/" in where else where
