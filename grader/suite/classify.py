"""From how a check's function ended to its verdict: the one table that decides whose fault it is.

nothing raised                     passed
AssertionError with a message      failed      the message, never an expression of the suite
NewerSyntax                        not_applicable   a file is for a newer Python than the one that reads it here
SubmissionFault                    failed      a file of the submission is missing or broken
StudentFault `timeout`             timeout     the students' code hung
StudentFault, any other            failed      the students' code raised, exited, was killed, or returned another type
partial(...)                       partial
not_applicable(...), pytest.skip   not_applicable
blocked                            blocked     a required check did not pass, or nothing was started
TypeError, ValueError, LookupError, AttributeError, ArithmeticError
  after student code has run       failed      a value of the students that the suite cannot process: it processes the
                                               solution's values, as `grader prove` shows
anything else                      error       the grader's fault: never counts against a student
"""

from __future__ import annotations

import traceback
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pytest

from grader.repository.faults import Evidence, NewerSyntax, NotRead, SubmissionFault
from grader.suite.outcomes import (
    BlockedOutcome,
    EnvironmentBroken,
    ExcusedOutcome,
    NotApplicableOutcome,
    PartialOutcome,
    StudentFault,
)


@dataclass(frozen=True, kw_only=True)
class CheckOutcome:
    """A verdict, its points (None: all or nothing), and the message for the student."""

    verdict: str
    points: float | None = None
    message: str = ""
    unseen: bool = False
    excused: bool = False
    evidence: tuple[Evidence, ...] = ()


#: Exceptions that an operation on a value of the wrong type or content raises.
_OF_VALUES = (TypeError, ValueError, LookupError, AttributeError, ArithmeticError)

PASSED = CheckOutcome(verdict="passed")


def classify(problem: BaseException | None, most: float, *, called: bool = False) -> CheckOutcome:
    """Return the outcome of a check that is worth `most` points and ended with `problem` (None: it returned).

    `called` tells whether student code had run in this check.
    """
    match problem:
        case None:
            return PASSED
        case StudentFault():
            verdict = "timeout" if problem.kind == "timeout" else "failed"
            return CheckOutcome(verdict=verdict, message=problem.message, evidence=problem.evidence)
        case NewerSyntax():
            return CheckOutcome(
                verdict="not_applicable", message=problem.message, unseen=True, evidence=problem.evidence
            )
        case SubmissionFault():
            return CheckOutcome(verdict="failed", message=problem.message, evidence=problem.evidence)
        case PartialOutcome() if 0 <= problem.points < most:
            return CheckOutcome(
                verdict="partial", points=problem.points, message=problem.message, evidence=problem.evidence
            )
        case PartialOutcome():
            return CheckOutcome(
                verdict="error", message=f"The suite awarded {problem.points} of {most} points as a part."
            )
        case NotApplicableOutcome() | NotRead():
            return CheckOutcome(
                verdict="not_applicable",
                message=str(problem),
                unseen=isinstance(problem, NotRead),
                excused=isinstance(problem, ExcusedOutcome),
            )
        case BlockedOutcome():
            return CheckOutcome(verdict="blocked", message=str(problem))
        case EnvironmentBroken():
            return CheckOutcome(verdict="error", message=str(problem))
        case pytest.skip.Exception():
            return CheckOutcome(verdict="not_applicable", message=str(problem.msg))
        case AssertionError():
            return _assertion(problem.args)
        case pytest.fail.Exception():
            return CheckOutcome(verdict="failed", message=str(problem.msg))
    if called and isinstance(problem, _OF_VALUES) and not _is_ours(problem):
        kind = type(problem).__name__
        return CheckOutcome(
            verdict="failed", message=f"The code gave something that this check cannot use ({kind})."
        )
    # The class of the exception is enough here; its text may hold what a student must not read.
    return CheckOutcome(verdict="error", message=f"The grader's own check broke ({type(problem).__name__}).")


def _is_ours(problem: BaseException) -> bool:
    """Return whether the exception comes from the grader itself, not from a suite or what it called."""
    frames = [frame.f_globals.get("__name__", "") for frame, _ in traceback.walk_tb(problem.__traceback__)]
    return bool(frames) and str(frames[-1]).startswith("grader.")


def _assertion(arguments: tuple[Any, ...]) -> CheckOutcome:
    if not arguments:
        return CheckOutcome(verdict="failed")
    said = arguments[0]
    if isinstance(said, Evidence):
        return CheckOutcome(verdict="failed", message=str(said), evidence=(said,))
    if isinstance(said, str):
        return CheckOutcome(verdict="failed", message=said)
    if isinstance(said, Iterable):
        items = list(said)
        seen = tuple(item for item in items if isinstance(item, Evidence))
        words = [item for item in items if isinstance(item, str)]
        message = " ".join(words) or "; ".join(str(item) for item in seen[:3])
        return CheckOutcome(verdict="failed", message=message, evidence=seen)
    return CheckOutcome(verdict="failed")
