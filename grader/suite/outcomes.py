"""Ways for a check to end that are neither a pass nor a failed assertion."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

from grader.repository.faults import Evidence

#: Exit code of a suite's process that needs another sandbox for the checks that are left.
SPENT = 70


class StudentFault(Exception):
    """The students' code did not do what a check asked of it.

    Args:
        kind: `exception`, `exited`, `timeout`, `memory`, `killed`, `reply`, `missing`, `value` or `command`.
        message: what happened, for the student.
        evidence: the students' own frames, never a suite's.
        raised: the name of the exception class for the kind `exception`.
    """

    def __init__(self, kind: str, message: str, evidence: Sequence[Evidence] = (), raised: str = "") -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.evidence = tuple(evidence)
        self.raised = raised


class PartialOutcome(Exception):
    """Some of the points; see `partial`."""

    def __init__(self, points: float, message: str, evidence: Sequence[Evidence] = ()) -> None:
        super().__init__(message)
        self.points = points
        self.message = message
        self.evidence = tuple(evidence)


class NotApplicableOutcome(Exception):
    """The check does not apply; see `not_applicable`."""


class BlockedOutcome(Exception):
    """Another check, or the work itself, has to be there first."""


class EnvironmentBroken(Exception):
    """The environment step broke for a reason of the grader's, and the check needs it."""


class CheckDeadline(Exception):
    """The suite's own part of a check took too long: the grader's fault."""


def partial(points: float, message: str, evidence: Sequence[Evidence] = ()) -> NoReturn:
    """End the check with some of its points.

    Args:
        points: at least 0, and less than the check's own points (which would be a pass).
        message: what is missing for the rest.
        evidence: where.
    """
    raise PartialOutcome(points, message, evidence)


def not_applicable(why: str) -> NoReturn:
    """End the check without a verdict: it does not apply to this submission, for the reason given."""
    raise NotApplicableOutcome(why)
