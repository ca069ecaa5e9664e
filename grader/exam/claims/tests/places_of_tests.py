"""The files and folders that a number of tests is said of: "3 tests in `test_a.py`", "test_a.py: 3 tests"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from grader.exam.claims.places.path_mentions import Token
from grader.inventory import TestFile

_FILE = r"(?:the |our |both )?(?:(?:test )?(?:files?|scripts?|modules?|folders?|director(?:y|ies)) )?"
_HOLDS = r"(?:contains?|has|have|holds?|includes?|with|consists? of|implements?|defines?)"
#: What may stand between a number of tests and the file that follows it, and between a file and the number that follows.
_BEFORE_FILE = re.compile(
    r"[\s*_]*(?:of (?:them|these|those|which)\s)?(?:(?:are|is|were|was|that are|located|placed|found|written)\s)*"
    rf"(?:(?:in|inside|within|from|of|for|at|under|by)\s|(?:(?:for|of|on)\s[\w\s&-]{{1,60}}\s)?\()\s?{_FILE}[`\"'*_]*",
    re.I,
)
_BEHIND_FILE = re.compile(
    r"[`\"'*_)]*(?:\s(?:file|script|module|folder|directory))?[\s:,|(=\u2013-]*"
    rf"(?:(?:which|that|there|we)\s)?(?:(?:{_HOLDS}|are|is|were|was|wrote|made)\s)?(?:in total |a total of )?[*_`]*",
    re.I,
)
_ANOTHER = re.compile(
    r"[`\"'*_]*(?:,\s?(?:and\s|&\s)?|\s(?:and|&|plus)\s)(?:in\s)?" + _FILE + r"[`\"'*_]*", re.I
)
_NEXT_HOLDS = re.compile(rf"[`\"'*_]*\s?(?:{_HOLDS}\s|:|\()", re.I)


def places_of(
    text: str, tokens: Sequence[Token], span: tuple[int, int], segment: tuple[int, int]
) -> tuple[Token, ...]:
    """Return the files that a number of tests at `span` is said of, of those between the numbers around it (`segment`)."""
    behind = [token for token in tokens if span[1] <= token.start and token.end <= segment[1]]
    if behind and _BEFORE_FILE.fullmatch(text, span[1], behind[0].start):
        chain = _chain(text, behind)
        # `1 test in a.py, and b.py has 3`: the last one belongs to the next number.
        last = len(chain) > 1 and segment[1] < len(text) and _NEXT_HOLDS.match(text, chain[-1].end)
        return tuple(chain[:-1] if last else chain)
    before = [token for token in tokens if segment[0] <= token.start and token.end <= span[0]]
    if before and _BEHIND_FILE.fullmatch(text, before[-1].end, span[0]):
        return tuple(_chain(text, before[::-1])[::-1])
    return ()


def _chain(text: str, tokens: Sequence[Token]) -> list[Token]:
    """Return the first of the tokens, and those that follow it with nothing between but "and"."""
    found = [tokens[0]]
    for token in tokens[1:]:
        first, second = sorted((found[-1], token), key=lambda each: each.start)
        if not _ANOTHER.fullmatch(text, first.end, second.start):
            break
        found.append(token)
    return found


def files_at(places: Sequence[str], tests: Sequence[TestFile]) -> tuple[TestFile, ...] | None:
    """Return the files of tests that are meant; None if a place is unknown, or may be one of several files."""
    found: dict[str, TestFile] = {}
    for place in places:
        path = place.replace("\\", "/").removeprefix("./").strip("/")
        same = [each for each in tests if f"/{each.path}".endswith(f"/{path}")]
        inside = [each for each in tests if f"/{path}/" in f"/{each.path}"]
        if len(same) > 1 or not (same or inside):
            return None
        found |= {each.path: each for each in same or inside}
    return tuple(found.values())
