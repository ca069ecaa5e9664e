"""What groups gained or lost between two runs: the terminal, Markdown, JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from grader.render import labels as words
from grader.render.escaping import markdown, one_line, terminal
from grader.review.differences import Change, ClassDifference, Difference, Direction

#: Changes of a group that the terminal and Markdown show of each kind; JSON has them all.
_MOST = 25
_SHORT = 12

_HEADINGS: dict[Direction, str] = {
    "lost": "Lost",
    "gained": "Gained",
    "unclear": "Could not be graded, now or then",
    "changed": "Changed",
    "new": "New",
    "gone": "Not there any more",
}
_STYLES: dict[Direction, str] = {"lost": "bold red", "gained": "green", "unclear": "bold magenta"}


def render_difference_json(found: ClassDifference) -> str:
    """Return everything that differs as JSON."""
    return found.model_dump_json(indent=2) + "\n"


def render_difference_markdown(found: ClassDifference) -> str:
    """Return what differs as GitHub's Markdown."""
    lines = ["## What differs", "", *(f"- {markdown(line)}" for line in _summary(found)), ""]
    for group in found.groups:
        if not group.changes:
            continue
        lines += [f"### {markdown(group.id, 100)}", "", markdown(_points(group)), ""]
        lines += [f"- {markdown(line)}" for line in _circumstances(group)]
        for heading, changes in _by_direction(group):
            lines += ["", f"**{heading}**", ""]
            lines += [f"- {markdown(_change(change))}" for change in changes[:_MOST]]
            if len(changes) > _MOST:
                lines.append(f"- … and {len(changes) - _MOST} more")
        lines.append("")
    return "\n".join(lines)


def print_difference(found: ClassDifference, console: Console) -> None:
    """Print what differs: groups with changes, then a summary. Texts of submissions are plain text."""
    for group in found.groups:
        if not group.changes:
            continue
        head = Text.assemble((terminal(one_line(group.id, 100)), "bold"), f": {_points(group)}")
        console.print(head, soft_wrap=True)
        for line in _circumstances(group):
            console.print(Padding(Text(terminal(one_line(line)), style="dim"), (0, 0, 0, 2)))
        for heading, changes in _by_direction(group):
            console.print(Padding(Text(heading, style=_STYLES.get(changes[0].direction, "")), (0, 0, 0, 2)))
            for change in changes[:_MOST]:
                console.print(Padding(Text(terminal(one_line(_change(change)))), (0, 0, 0, 4)))
            if len(changes) > _MOST:
                rest = f"… and {len(changes) - _MOST} more: --format json has all"
                console.print(Padding(Text(rest, style="dim"), (0, 0, 0, 4)))
        console.print()
    for line in _summary(found):
        console.print(Text(terminal(one_line(line))), soft_wrap=True)


def _summary(found: ClassDifference) -> Iterator[str]:
    groups = found.groups
    gained = sum(any(change.direction == "gained" for change in group.changes) for group in groups)
    lost = sum(group.lost for group in groups)
    same = sum(not group.changes for group in groups)
    yield f"{words.plural(len(groups), 'group')} compared: {gained} gained, {lost} lost something, {same} unchanged"
    names = Counter(one.name for group in groups for one in group.circumstances)
    if names:
        counted = ", ".join(f"{name} ({words.plural(count, 'group')})" for name, count in names.items())
        yield f"What else differs: {counted}"
    by_itself = [group.id for group in groups if group.changes and not group.circumstances]
    if by_itself:
        listed = ", ".join(by_itself[:10]) + (" and others" if len(by_itself) > 10 else "")
        yield f"Nothing that the results name differs, and verdicts do: {listed}"
    for one in found.missing:
        why = f": {one.why}" if one.why else ""
        yield f"{one.id}: only the {one.only} run has a result{why}"


def _points(group: Difference) -> str:
    number = words.number
    return (
        f"{number(group.points_before)} of {number(group.max_before)} → "
        f"{words.points(group.points_after, group.max_after)}"
    )


def _circumstances(group: Difference) -> Iterator[str]:
    """Yield what differs beside verdicts; digests are cut, as people compare their beginnings."""
    for one in group.circumstances:
        before, after = (_short(text) or "none" for text in (one.before, one.after))
        yield f"{one.name}: {before} → {after}" if before != after else f"{one.name} differs"
    if group.changes and not group.circumstances:
        yield "commit, course and image are the same"


def _short(text: str) -> str:
    head, _, tail = text.rpartition(":")
    if head and " " not in tail:
        text = tail
    return text if " " in text and len(text) <= 200 else text[:_SHORT]


def _by_direction(group: Difference) -> Iterator[tuple[str, list[Change]]]:
    for direction, heading in _HEADINGS.items():
        changes = [change for change in group.changes if change.direction == direction]
        if changes:
            yield heading, changes


def _change(change: Change) -> str:
    before, after = (_verdict(verdict) for verdict in (change.before, change.after))
    moved = f"{before} → {after}" if before and after else before or after
    delta = change.points_after - change.points_before
    points = f" ({'+' if delta > 0 else ''}{words.number(round(delta, 4))})" if delta else ""
    why = f" — {one_line(change.message, 200)}" if change.message else ""
    return f"{change.kind} {change.id}: {moved}{points}  {one_line(change.title, 120)}{why}"


def _verdict(verdict: str) -> str:
    if verdict in ("answered", "unanswered"):
        return "answered" if verdict == "answered" else "not answered"
    return words.label(verdict) if verdict else ""
