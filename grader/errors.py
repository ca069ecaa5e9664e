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
