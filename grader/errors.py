"""Everything that the grader raises on purpose.

GraderError               one clear line for a person; `exit_code` says how the command line ends
├── UsageError       (2)  the command line or its input is wrong
│   ├── SourceError       a source that is no repository, or cannot be read as one
│   ├── CourseError       a course pack that does not load
│   └── ResultError       a result file that cannot be read, or is of another schema
└── GradingError     (3)  the grader could not grade (part of) it: our fault, never a student's
    ├── SandboxError      no daemon, no image, a container that did not start
    └── EnvironmentFault  the environment step itself broke (not: a package that does not exist)
"""

from __future__ import annotations

import errno
import os
from pathlib import Path


class GraderError(Exception):
    """An error for people: `message` says what was wrong and where, `advice` what to do about it."""

    exit_code = 3

    def __init__(self, message: str, advice: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice

    def __str__(self) -> str:
        return f"{self.message} {self.advice}".strip()


class UsageError(GraderError):
    """The command line, or a file that it names, is wrong."""

    exit_code = 2


class SourceError(UsageError):
    """A source that is no git repository, does not exist, or has nothing to grade."""


class CourseError(UsageError):
    """A course pack (checks, exercises, reports) that does not load."""


class ResultError(UsageError):
    """A result file that is missing, malformed, too large, or of another schema version."""


class GradingError(GraderError):
    """The grader could not grade. Never counts against a student."""


class SandboxError(GradingError):
    """The place where untrusted code runs could not be had: daemon, image or container."""


class EnvironmentFault(GradingError):
    """The environment step broke for a reason that is not the submission's."""


#: What is wrong with a path, and what to do about it, by the number of the system's error.
_PATH_FAULTS = {
    errno.ENAMETOOLONG: ("its name is too long", "Give a shorter one."),
    errno.ELOOP: ("its links lead in a circle", "Give the folder that they should lead to."),
    errno.ENOENT: ("it cannot be made or is not there", "Give a folder of your own."),
    errno.ENOTDIR: ("a file is in the way", "Give a folder."),
    errno.EEXIST: ("a file is in the way", "Give a folder."),
    errno.EISDIR: ("a folder is in the way", "Give a file, or another folder."),
    errno.EACCES: ("you may not", "Give a folder of your own, or change its permissions."),
    errno.EPERM: ("you may not", "Give a folder of your own, or change its permissions."),
    errno.EROFS: ("its file system is read-only", "Give a folder on another one."),
    errno.ENOSPC: ("its file system is full", "Free space, or give a folder on another one."),
    errno.EDQUOT: ("your quota is used up", "Free space, or give a folder on another file system."),
}


def path_error(
    path: Path | str,
    problem: OSError | ValueError | RuntimeError,
    *,
    doing: str = "read",
    kind: type[UsageError] = UsageError,
) -> UsageError:
    """Say what is wrong with a path that a person named, from what the system says of it."""
    code = problem.errno if isinstance(problem, OSError) else None
    why, advice = _PATH_FAULTS.get(code or 0, ("", "Give another one."))
    if not why:
        # A path with a zero byte, a home of a user who does not exist: the words are Python's.
        why = os.strerror(code) if code else str(problem)
    text = str(path)
    name = repr(text if len(text) <= _MOST_OF_A_PATH else f"{text[:_MOST_OF_A_PATH]}…")
    return kind(f"{name} cannot be {doing}: {why.rstrip('.')}.", advice)


_MOST_OF_A_PATH = 200
