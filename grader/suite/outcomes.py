"""Ways for a check to end other than a pass or a failed assertion."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

from grader.repository.faults import Evidence

#: Exit code of a suite's process that needs a new sandbox for the remaining checks.
SPENT = 70
#: Exit code of a suite's process that leaves the remaining checks to another container, because this one has lived long enough.
PAUSED = 71


#: Faults that may not come again: of time, of memory, of a signal.
_UNSTEADY = ("timeout", "memory", "killed")
_seen: list[str] = []


def unsteady(what: str) -> None:
    """Note that something of the current check may come out otherwise another time, whatever the check makes of it."""
    _seen.append(what)


def take_unsteady() -> list[str]:
    """Return what was noted since the last call."""
    seen = list(_seen)
    _seen.clear()
    return seen


class StudentFault(Exception):
    """The students' code did not do what a check asked of it.

    Args:
        kind: `exception`, `exited`, `timeout`, `memory`, `killed`, `reply`, `missing`, `value` or `command`.
        message: what happened, for the student.
        evidence: stack frames of the students' code, innermost first, never of a suite.
        raised: the name of the exception class if the kind is `exception`.
        inside: where in an installed package it was raised, if it was; for excuses, students do not read it.

    Example:
        try:
            student.load("src/model.py").MyModel()(array([[1.0]])).value()
        except StudentFault as fault:
            assert fault.kind == "exception" and fault.raised == "ValueError", "MyModel accepts input of the wrong shape."
    """

    def __init__(
        self,
        kind: str,
        message: str,
        evidence: Sequence[Evidence] = (),
        raised: str = "",
        inside: str = "",
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.evidence = tuple(evidence)
        self.raised = raised
        self.inside = inside
        if kind in _UNSTEADY:
            unsteady(kind)


class PartialOutcome(Exception):
    """The check earns a part of its points; see `partial`."""

    def __init__(self, points: float, message: str, evidence: Sequence[Evidence] = ()) -> None:
        super().__init__(message)
        self.points = points
        self.message = message
        self.evidence = tuple(evidence)


class NotApplicableOutcome(Exception):
    """The check does not apply; see `not_applicable`."""


class ExcusedOutcome(NotApplicableOutcome):
    """The check does not apply because the students' code lacks something where grading runs, through no fault of theirs."""


class BlockedOutcome(Exception):
    """The check needs another check to pass, or work to be started, first."""


class EnvironmentBroken(Exception):
    """The check needs the environment, and the environment step failed through a fault of the grader."""


class CheckDeadline(Exception):
    """The suite's own part of a check took too long: a fault of the grader."""


def partial(points: float, message: str, evidence: Sequence[Evidence] = ()) -> NoReturn:
    """End the check with a part of its points.

    Args:
        points: at least 0 and less than the check's own points (full points are a pass).
        message: what is missing for the rest.
        evidence: where it is missing.

    Example:
        missing = [name for name in ("train", "test") if not submission.find(name)]
        if missing:
            partial(1, f"No code for {', '.join(missing)} was found.")
    """
    raise PartialOutcome(points, message, evidence)


def not_applicable(why: str) -> NoReturn:
    """End the check without a verdict, because it does not apply to this submission for the given reason.

    Example:
        if not submission.dvc.remotes:
            not_applicable("The repository does not use DVC.")
    """
    raise NotApplicableOutcome(why)
