"""Judge a result: what people decided, held against what the machine says now."""

from __future__ import annotations

from collections.abc import Collection

from grader.results import (
    Applied,
    JudgedResult,
    Judgement,
    NotApplied,
    Override,
    Result,
    Verdict,
)
from grader.review.overrides_file import OverridesFile
from grader.review.targets import Seen, counts, targets


def judge(result: Result, overrides: OverridesFile | None) -> Result:
    """Return the result with what was decided of its group beside it; as it is where nothing was.

    An override whose target is gone, or whose target shows something else than what the person saw, is kept as not applied.
    """
    entries = [one for one in overrides.entries if one.group == result.submission.id] if overrides else []
    if not entries:
        return result
    known = {seen.target: seen for seen in targets(result)}
    applied: list[Applied] = []
    not_applied: list[NotApplied] = []
    for one in entries:
        seen = known.get(one.target)
        why = _why_not(one, seen)
        if seen is None or why:
            not_applied.append(NotApplied(override=one, why=why, now=seen.digest if seen else ""))
        else:
            applied.append(_applied(one, seen))
    points, most = _total(result, applied)
    judgement = Judgement(
        points=points, max_points=most, applied=tuple(applied), not_applied=tuple(not_applied)
    )
    return JudgedResult.model_construct(**dict(result), judgement=judgement)


def strangers(overrides: OverridesFile, ids: Collection[str]) -> list[Override]:
    """Return the entries for groups that are none of `ids`."""
    return [one for one in overrides.entries if one.group not in ids]


def _why_not(one: Override, seen: Seen | None) -> str:
    """Return why an override does not hold, empty if it does."""
    if seen is None:
        return f"The result has no {one.target.name}: it is gone, or was not part of this run."
    if one.seen != seen.digest:
        return "What the machine says of it is not what was seen when this was decided: look again."
    if one.target.kind == "check" and (one.points or 0) > (seen.max_points or 0):
        return f"The check has {seen.max_points:g} points at most, and {one.points:g} are given."
    return ""


def _applied(one: Override, seen: Seen) -> Applied:
    return Applied(
        override=one,
        title=seen.title,
        machine_verdict=seen.verdict,
        machine_points=seen.points,
        max_points=seen.max_points,
        points=_points(one, seen),
    )


def _points(one: Override, seen: Seen) -> float | None:
    """Return the points of a target after an override; None where none are counted, or (of the group) the total decides."""
    if one.points is not None or one.target.kind == "group":
        return one.points
    if one.target.kind == "check" and one.verdict is not None:
        return seen.max_points if one.verdict == Verdict.passed else 0.0
    return seen.points


def _total(result: Result, applied: list[Applied]) -> tuple[float, float]:
    """Return points and how many can be had: the group's own override decides, else checks and what else was given."""
    points, most = result.summary.points, result.summary.max_points
    profile = result.submission.profile
    for one in applied:
        override = one.override
        if override.target.kind == "check":
            points += (one.points or 0.0) - (one.machine_points or 0.0)
            # A person's "does not apply" takes the points out, in exercises, too: nobody can forge it.
            before = counts(one.machine_verdict, profile=profile)
            after = before or override.points is not None
            if override.verdict is not None:
                after = override.verdict != Verdict.not_applicable
            most += (after - before) * (one.max_points or 0.0)
        elif override.target.kind != "group":
            points += override.points or 0.0
    own = [one.override.points for one in applied if one.override.target.kind == "group"]
    given = next((one for one in own if one is not None), points)
    return round(given, 4), round(most, 4)
