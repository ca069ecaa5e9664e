"""What the current check has recorded so far. There is one record, because a suite's process runs its checks one by one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from grader.repository.faults import Evidence


@dataclass
class Record:
    """The evidence, measurements and findings of one check."""

    evidence: list[Evidence] = field(default_factory=list)
    measurements: list[dict[str, Any]] = field(default_factory=list)
    findings: list[dict[str, Any]] = field(default_factory=list)
    boxes: dict[str, dict[str, Any]] = field(default_factory=dict)
    #: Whether a failure of student code was excused for what is missing here.
    excused: bool = False

    def add_evidence(self, item: Evidence) -> None:
        """Add `item` unless it is recorded already."""
        if item not in self.evidence:
            self.evidence.append(item)


_current = Record()


def begin() -> Record:
    """Start the record of the next check and return it."""
    global _current
    _current = Record()
    return _current


def current() -> Record:
    """Return the record of the current check."""
    return _current


def measure(
    name: str, value: float | int | bool | str | None, unit: str = "", *, self_reported: bool = False
) -> None:
    """Record a named value that the check measured.

    Args:
        name: lower case with underscores; claims of the exam report look the value up by this name.
        value: a number, a boolean or a short text.
        unit: the unit, printed after the value.
        self_reported: True if the value comes from a process that runs the students' code.

    Example:
        measure("coverage_percent", 62.3, "%")
        measure("n_tests", 14, self_reported=True)
    """
    _current.measurements.append({"name": name, "value": value, "unit": unit, "self_reported": self_reported})


def evidence(path: str, line: int | None = None, text: str = "") -> Evidence:
    """Record what the check saw, whatever its verdict, and return it, so that it can also be the message of an assertion.

    Args:
        path: path relative to the repository.
        line: 1-based line, or None for the whole file.
        text: an excerpt or a remark.

    Example:
        for path in submission.files("**/*.pth"):
            evidence(path, text="a model file in git")
        assert submission.exists(".gitignore"), evidence(".gitignore", text="does not exist")
    """
    item = Evidence(path, line, text)
    _current.add_evidence(item)
    return item


def finding(rule: str, path: str, line: int | None, message: str, digest: str = "") -> None:
    """Record something that the owners of the repository should know, whatever the verdict is.

    Args:
        rule: the kind of the finding; never the found text itself.
        path: path relative to the repository.
        line: 1-based line, or None for the whole file.
        message: what it means and what to do about it.
        digest: distinguishes two findings of the same kind.

    Example:
        for secret in submission.secrets:
            finding(secret.rule, secret.path, secret.line, secret.message, secret.digest)
    """
    _current.findings.append(
        {"rule": rule, "path": path[:1000], "line": line, "message": message, "digest": digest}
    )


def box(name: str, shown: bool | None, why: str) -> None:
    """Set the state of a checklist box apart from the check's verdict, if the check asks for more or for less than the box.

    Args:
        name: one of the check's `boxes`.
        shown: whether the repository supports the box; None leaves it open.
        why: the reason, as a sentence.

    Example:
        if submission.history.commits:
            box("b1", True, "The repository has commits.")
    """
    _current.boxes[name] = {"id": name, "shown": shown, "why": why}
