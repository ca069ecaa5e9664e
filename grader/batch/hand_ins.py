"""What a class hands in: sources as they were typed, and rows of group lists, each with its id and its row of the journal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from grader.batch.groups import Group
from grader.batch.journal import Wanted
from grader.errors import SourceError
from grader.results import GroupInfo
from grader.submission.source import parse_source, shown, slug


@dataclass(frozen=True, kw_only=True)
class HandIn:
    """A source, its row in the journal, and what a group list says of it.

    Attributes:
        wanted: the row, with the source as it may be shown.
        source: as it was typed; it is fetched from there, and is said nowhere.
        group: whose it is.
        problem: why it cannot be graded, for people.
        nothing: nothing was handed in: there is nothing that the grader could not do.
    """

    wanted: Wanted
    source: str
    group: GroupInfo | None = None
    problem: str = ""
    nothing: bool = False


def hand_ins(sources: Sequence[str | Group]) -> list[HandIn]:
    """Return what is wanted; a source that is named twice is graded twice, as asked.

    A group keeps its row, and so its id, when its repository is another one.
    """
    found: list[HandIn] = []
    times: Counter[str] = Counter()
    for source in sources:
        one = _of_group(source) if isinstance(source, Group) else _of_source(source)
        times[one.wanted.key] += 1
        if (number := times[one.wanted.key]) > 1:
            key = f"{one.wanted.key} ({number})"
            one = HandIn(
                wanted=Wanted(key=key, source=one.wanted.source, id=one.wanted.id),
                source=one.source,
                group=one.group,
                problem=one.problem,
                nothing=one.nothing,
            )
        found.append(one)
    return found


def _of_group(group: Group) -> HandIn:
    named = group.info.number is not None or group.info.name
    key = f"group list: {group.id}" if named or group.problem else group.source
    return HandIn(
        wanted=Wanted(key=key, source=group.text, id=group.id),
        source=group.source,
        group=group.info,
        problem=f"{group.place}: {group.problem.rstrip('.')}." if group.problem else "",
        nothing=group.nothing,
    )


def _of_source(source: str) -> HandIn:
    safe = shown(source)
    try:
        named = parse_source(source)
        place, name = str(named.path) if named.path is not None else named.url, named.slug
    except SourceError:
        place, name = safe, slug(safe)
    return HandIn(wanted=Wanted(key=place, source=safe, id=name), source=source)
