"""What a class hands in: sources as they were typed, and rows of group lists, each with its id and its row of the journal."""

from __future__ import annotations

import hmac
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from grader.batch.groups import GroupRow
from grader.batch.journal import Wanted, free_id
from grader.errors import SourceError, UsageError
from grader.render.pseudonymous import NameHider
from grader.results import GroupInfo
from grader.submission.source import parse_source, shown, slug
from grader.user_cache import secret_key


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


@dataclass(frozen=True, kw_only=True)
class Shard:
    """One part of a class that is graded on several machines: each gets the same list and takes every `of`-th from `number`.

    Example: `Shard.read("3/10").part_of(rows)` is the third row, the thirteenth, and so on.
    """

    number: int
    of: int

    @classmethod
    def read(cls, text: str) -> Shard:
        """Read `3/10`. Raises UsageError."""
        match = re.fullmatch(r"([0-9]{1,6})/([0-9]{1,6})", text.strip())
        number, of = (int(match[1]), int(match[2])) if match else (0, 0)
        if not 1 <= number <= of:
            raise UsageError(f"--shard {text} is no part of a class.", "Give 1/10, 2/10, … 10/10.")
        return cls(number=number, of=of)

    def part_of(self, handed_in: Sequence[HandIn]) -> list[HandIn]:
        """Return the part of what is handed in that this machine grades."""
        return list(handed_in[self.number - 1 :: self.of])


def hand_ins(sources: Sequence[str | GroupRow], *, pseudonymous: bool = False) -> list[HandIn]:
    """Return what is wanted; a source that is named twice is graded twice, as asked.

    No two have one id, so parts of a class keep theirs when they come together. A group keeps its row, and so its id, when its
    repository is another one. Where they are to be `pseudonymous`, no row and no
    id tells the source, and those that no number stands for have an id that stays the same for this user.
    """
    found: list[HandIn] = []
    times: Counter[str] = Counter()
    taken: set[str] = set()
    for source in sources:
        one = _of_group(source) if isinstance(source, GroupRow) else _of_source(source)
        if pseudonymous:
            one = _hidden(one)
        times[one.wanted.key] += 1
        if (number := times[one.wanted.key]) > 1:
            key = f"{one.wanted.key} ({number})"
            one = replace(one, wanted=replace(one.wanted, key=key))
        one = replace(one, wanted=replace(one.wanted, id=free_id(one.wanted.id, taken.__contains__)))
        taken.add(one.wanted.id)
        found.append(one)
    return found


def _hidden(one: HandIn) -> HandIn:
    """Return a hand-in whose row and words have no name in them."""
    name = one.wanted.id
    if one.group is None or one.group.number is None:
        digest = hmac.new(secret_key(), one.wanted.key.encode("utf-8", "surrogateescape"), "sha256")
        name = f"submission-{digest.hexdigest()[:10]}"
    members = one.group.members if one.group else ()
    problem = one.problem
    if problem and not problem.startswith("line "):
        # The name of a folder, or of a file in it.
        problem = problem.partition(": ")[2]
    hiding = NameHider(one.source, members, name)
    return replace(
        one,
        wanted=Wanted(key=f"pseudonym: {name}", source=name, id=name),
        problem=hiding.text(problem.replace(one.wanted.source, name) if one.wanted.source else problem),
    )


def _of_group(group: GroupRow) -> HandIn:
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
