"""What people decided of a result, beside what the machine found: the output of `grader.review`, the input of rendering.

Nothing of it is in `result.json`: a judged result is dumped as the machine's, and reading one never gives a judgement.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from grader.results.result import Result
from grader.results.verdicts import Model

TargetKind = Literal["check", "question", "box", "statement", "group"]


class OverrideTarget(Model):
    """What of a submission is judged; `id` names a check, box or statement, or is a question's number as the report counts."""

    kind: TargetKind
    id: str = ""

    @property
    def name(self) -> str:
        """The target in words: `question 7`, `the group`."""
        return "the group" if self.kind == "group" else f"{self.kind} {self.id}"


class Override(Model):
    """What a person decided, as it stands in `overrides.toml` at `line`.

    `seen` is the digest of what the machine said of the target when the person looked. `verdict`, `points` and `comment` are
    None or empty where the machine's stands.
    """

    group: str
    target: OverrideTarget
    seen: str
    verdict: str | None = None
    points: float | None = None
    comment: str = ""
    by: str
    date: date
    reason: str
    line: int = 0


class Applied(Model):
    """An override that holds, and what the machine says of the same target: its verdict and points, where it has such."""

    override: Override
    title: str
    machine_verdict: str = ""
    machine_points: float | None = None
    max_points: float | None = None
    points: float | None = None


class NotApplied(Model):
    """An override that does not hold, and why; `now` is the digest of the target as it is, empty if it is gone."""

    override: Override
    why: str
    now: str = ""


class Judgement(Model):
    """All that people decided of one submission; `points` of `max_points` is the total after it."""

    points: float
    max_points: float
    applied: tuple[Applied, ...] = ()
    not_applied: tuple[NotApplied, ...] = ()

    def of(self, kind: TargetKind, id: str = "") -> Applied | None:  # noqa: A002 - what targets call it
        """Return what was decided of a target."""
        wanted = OverrideTarget(kind=kind, id=id)
        return next((one for one in self.applied if one.override.target == wanted), None)


class JudgedResult(Result):
    """A result with a judgement beside it. The judgement is left out of every dump."""

    judgement: Judgement = Field(exclude=True)


def judgement_of(result: Result) -> Judgement | None:
    """Return what people decided of a result, or None if nobody did."""
    return result.judgement if isinstance(result, JudgedResult) else None
