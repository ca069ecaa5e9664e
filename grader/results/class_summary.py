"""A class in figures: what `summary.json` of an output folder holds, and why a submission is missing from it."""

from __future__ import annotations

from pydantic import Field

from grader.results.result import Summary
from grader.results.verdicts import Model, ModuleVerdict


class Ungraded(Model):
    """A submission without a result: what was to be graded, and why it was not."""

    id: str
    source: str
    reason: str


class JudgedPoints(Model):
    """Points after judgement, and how many overrides were applied and were not."""

    points: float
    max_points: float
    applied: int
    not_applied: int


class Share(Model):
    """What a submission has of a module; `judged` says that a person decided something of one of its checks."""

    verdict: ModuleVerdict
    points: float
    max_points: float
    judged: bool = False

    @property
    def percent(self) -> int | None:
        """The points in percent: 100 is all of them, 0 none. None where nothing was counted or nothing was begun."""
        idle = (ModuleVerdict.not_applicable, ModuleVerdict.not_started)
        if self.verdict in idle or self.max_points <= 0:
            return None
        part = self.points / self.max_points
        # All and none are exact: 199 of 200 points are not all.
        return min(99, max(1, round(100 * part))) if 0 < part < 1 else (100 if part >= 1 else 0)


class ModuleInClass(Model):
    """A module over all submissions: how many have which verdict. `graded` are those to which it applies."""

    id: str
    title: str
    session: str
    graded: int
    passed: int
    partial: int
    failed: int
    not_started: int
    error: int


class CheckInClass(Model):
    """A check that most submissions fail. `tried` got a verdict on work of theirs, `failing` of them did not pass.

    `judged` counts those where a person decided something of it: `failing` is by the machine's verdicts. `examples` are ids of
    submissions that fail it.
    """

    id: str
    module: str
    title: str
    hint: str = ""
    tried: int
    failing: int
    judged: int = 0
    examples: tuple[str, ...] = ()


class WeekOfClass(Model):
    """Commits of a week that begins on a Monday, and how many submissions have any in it."""

    begins: str
    commits: int
    active: int


class ClassSummary(Model):
    """The figures of a class, without names: submissions are known by their ids.

    Attributes:
        graded: the figures of each submission, by the machine.
        in_part: of those that could be graded only in part, the checks that a fault of the grader kept from being run.
        not_graded: submissions without a result, and why.
        judgement: of those that people judged, the points after it.
        shares: of each submission, what it has of each module.
        modules: over the class, in the course's order.
        teach_again: the checks that most submissions fail, the largest share first.
        weeks: commits a week, as far as the results tell.
    """

    schema_version: int = 1
    course: str = ""
    graded: dict[str, Summary] = Field(default_factory=dict)
    in_part: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    not_graded: tuple[Ungraded, ...] = ()
    judgement: dict[str, JudgedPoints] = Field(default_factory=dict)
    shares: dict[str, dict[str, Share]] = Field(default_factory=dict)
    modules: tuple[ModuleInClass, ...] = ()
    teach_again: tuple[CheckInClass, ...] = ()
    weeks: tuple[WeekOfClass, ...] = ()
