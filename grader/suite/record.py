"""What the check that runs now has seen so far. One at a time: a suite's process runs one check after the other."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from grader.repository.faults import Evidence


@dataclass
class Record:
    """Evidence, measurements and findings of one check."""

    evidence: list[Evidence] = field(default_factory=list)
    measurements: list[dict[str, Any]] = field(default_factory=list)
    findings: list[dict[str, Any]] = field(default_factory=list)
    boxes: dict[str, dict[str, Any]] = field(default_factory=dict)

    def add_evidence(self, item: Evidence) -> None:
        """Keep `item` once."""
        if item not in self.evidence:
            self.evidence.append(item)


_current = Record()


def begin() -> Record:
    """Start the record of the next check and return it."""
    global _current
    _current = Record()
    return _current


def current() -> Record:
    """The record of the check that runs now."""
    return _current


def measure(
    name: str, value: float | int | bool | str | None, unit: str = "", *, self_reported: bool = False
) -> None:
    """Record a named value that the check found out, e.g. `measure("coverage_percent", 62.3, "%")`.

    Args:
        name: lower case with underscores; the exam's claims look values up by it.
        value: a number, a truth value or a short text.
        unit: as printed behind the value.
        self_reported: True where the value comes from a process that runs the students' code.
    """
    _current.measurements.append({"name": name, "value": value, "unit": unit, "self_reported": self_reported})


def evidence(path: str, line: int | None = None, text: str = "") -> Evidence:
    """Record what the check saw, pass or fail, and return it (so that it can also be an assertion's message).

    Args:
        path: in the repository, relative.
        line: 1-based, or None for the whole file.
        text: an excerpt, or what is to be said about it.
    """
    item = Evidence(path, line, text)
    _current.add_evidence(item)
    return item


def finding(rule: str, path: str, line: int | None, message: str, digest: str = "") -> None:
    """Record something that the repository's owners should know of, whatever the verdict is.

    Args:
        rule: what was found, never the thing itself.
        path: in the repository, relative.
        line: 1-based, or None for the whole file.
        message: what it means and what to do about it.
        digest: tells two of a kind apart.
    """
    _current.findings.append(
        {"rule": rule, "path": path[:1000], "line": line, "message": message, "digest": digest}
    )


def box(name: str, shown: bool | None, why: str) -> None:
    """Say of a box of the checklist something else than the check's verdict does, which is about more, or about less.

    Args:
        name: one of the check's `boxes`.
        shown: whether it is borne out; None leaves it open.
        why: as a sentence.
    """
    _current.boxes[name] = {"id": name, "shown": shown, "why": why}
