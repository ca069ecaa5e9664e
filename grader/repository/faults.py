"""The way a check reports that a student's file is broken: a fault with evidence, never a crash."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from grader.secrets.rules import redacted

MAX_TEXT = 200
T = TypeVar("T")


@dataclass(frozen=True)
class Evidence:
    """Where something was seen in the submission: a path, a 1-based line if known, and the text there.

    Example:
        place = Evidence("Dockerfile", 1, "FROM python")
        assert "@sha256:" in place.text, place
    """

    path: str
    line: int | None = None
    text: str = ""

    def __str__(self) -> str:
        where = self.path if self.line is None else f"{self.path}:{self.line}"
        return f"{where}: {self.text}" if self.text else where


def _one_line(text: str) -> str:
    # Redact before cutting: a secret that is cut in two would not be recognised.
    short = " ".join(redacted(text[: MAX_TEXT * 4]).split())
    short = "".join(char if char.isprintable() else "\ufffd" for char in short)
    return short if len(short) <= MAX_TEXT else short[: MAX_TEXT - 1] + "…"


def evidence(path: str, line: int | None = None, text: str = "") -> Evidence:
    """Return one piece of evidence, shortened and printable.

    path: relative to the submission's root; line: 1-based; text: shortened to one printable line.
    """
    return Evidence(path=_one_line(str(path)), line=line, text=_one_line(text))


class SubmissionFault(Exception):
    """The submission's own content stops a check: a failed check for the student, never a fault of the grader.

    Example:
        if len(submission.text("README.md")) < 100:
            raise SubmissionFault("README.md is nearly empty.", Evidence("README.md"))
    """

    def __init__(self, message: str, evidence: Iterable[Evidence] | Evidence = ()) -> None:
        super().__init__(message)
        self.message = message
        self.evidence: tuple[Evidence, ...] = (
            (evidence,) if isinstance(evidence, Evidence) else tuple(evidence)
        )


class NewerSyntax(SubmissionFault):
    """A Python file is valid for a newer Python than the one that reads it here: nothing can be said of it."""


def tolerant(read: Callable[[str], T], path: str) -> T | None:
    """Return the result of `read` for a file, or None if the file cannot be read, which other checks report."""
    try:
        return read(path)
    except SubmissionFault:
        return None


class NotRead(Exception):
    """The deciding data was not read (a part of the history, a folder above), so the work cannot be judged."""
