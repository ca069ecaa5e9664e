"""A judgement in sentences, the same in every format; each format escapes them as it does any text."""

from __future__ import annotations

from grader.render import labels as words
from grader.results import Applied, Judgement, NotApplied, Override, Result, judgement_of


def total(judgement: Judgement) -> str:
    """Return the points after judgement: `After judgement: 17 of 20 points`."""
    return f"After judgement: {words.points(judgement.points, judgement.max_points)}"


def counted(judgement: Judgement) -> str:
    """Return how many overrides there are: `2 overrides applied, 1 not applied`."""
    text = f"{words.plural(len(judgement.applied), 'override')} applied"
    left = len(judgement.not_applied)
    return f"{text}, {left} not applied" if left else text


def decided(override: Override) -> str:
    """Return what a person decided, empty where it is a comment alone: `passed, 2 points`."""
    parts = [words.label(override.verdict)] if override.verdict else []
    if override.points is not None:
        amount = words.number(override.points)
        parts.append(f"{amount} {'point' if override.points == 1 else 'points'}")
    return ", ".join(parts)


def machine(applied: Applied) -> str:
    """Return what the machine says of the target, empty where it says nothing: `failed, 0 of 2 points`."""
    parts = [words.label(applied.machine_verdict)] if applied.machine_verdict else []
    if applied.machine_points is not None and applied.max_points is not None:
        parts.append(words.points(applied.machine_points, applied.max_points))
    return ", ".join(parts)


def signed(override: Override) -> str:
    """Return who decided, and when: `A. Teacher, 24 January 2026`."""
    when = override.date
    return f"{override.by}, {when.day} {words.MONTHS[when.month - 1]} {when.year}"


def applied_line(applied: Applied) -> str:
    """Return an override that holds, in a line."""
    override = applied.override
    said = decided(override) or "a comment"
    if override.points is None and override.verdict and applied.points is not None and applied.max_points:
        said += f", {words.points(applied.points, applied.max_points)}"
    before = machine(applied)
    line = f"{override.target.name}: {said}{f' (the machine: {before})' if before else ''}"
    comment = f" — {override.comment}" if override.comment else ""
    return f"{line} — {override.reason}{comment} — {signed(override)}"


def not_applied_line(one: NotApplied) -> str:
    """Return an override that does not hold, and why, in a line."""
    override = one.override
    said = decided(override) or "a comment"
    place = f" (line {override.line})" if override.line else ""
    again = f' If it still holds: seen = "{one.now}".' if one.now and one.now != override.seen else ""
    return f"{override.target.name}: {said}{place} — {one.why}{again} — {signed(override)}"


def lines(result: Result) -> list[str]:
    """Return everything that was decided of a result, a line each; empty where nobody judged."""
    judgement = judgement_of(result)
    if judgement is None:
        return []
    return [
        f"{total(judgement)}; {counted(judgement)}",
        *(f"Applied: {applied_line(one)}" for one in judgement.applied),
        *(f"Not applied: {not_applied_line(one)}" for one in judgement.not_applied),
    ]
