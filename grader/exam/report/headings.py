"""Which lines of a report may start a question: `### Question 7` and what groups make of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

#: Longer lines are no headings; also what a pattern is ever held against, so that no line can make one slow.
HEADING_CHARACTERS = 200

#: Headings beyond this many are text.
_MAX_HEADINGS = 2_000

_TAG = re.compile(r"</?(?P<name>[A-Za-z][A-Za-z0-9]{0,9})\b[^<>]{0,100}>")
_LOUD_TAGS = {"h1", "h2", "h3", "h4", "h5", "h6", "b", "strong", "summary", "u", "big"}
_UNDERLINE = re.compile(r"[ \t]{0,3}(?:={2,}|-{2,})[ \t]*")
_NUMBER = re.compile(r"(\d{1,2})[.):]?")
_MARKUP = " \t#*_"


@dataclass(frozen=True)
class Heading:
    """A line that may start a question. `prompted`: a quote follows it, as in the template.

    `start` is the first line of what it heads, -1 for the one below it. `sure`: it is a heading of the
    template's own form; any other counts only where that question has none. `hidden` is the line where an
    HTML comment around it begins, -1 where it shows.
    """

    line: int
    number: int
    prompted: bool
    start: int = -1
    sure: bool = True
    hidden: int = -1


class HeadingPatterns:
    """How the headings of one template's questions look.

    Args:
        word: what comes before the number, such as `Question`.
        also: other words for it that groups use; those of one letter count in headings and bold lines only.
    """

    def __init__(self, word: str, also: Sequence[str] = ()) -> None:
        self._first = (word[:1].casefold(), *(other[:1].casefold() for other in also))
        any_word = "|".join(re.escape(each) for each in (word, *also))
        self._sure = re.compile(
            rf"[ \t]{{0,3}}#{{1,6}}[ \t]*\**[ \t]*{re.escape(word)}[ \t:#]*(?P<number>\d{{1,2}})\b", re.I
        )
        self._named = re.compile(
            rf"(?P<word>{any_word})[ \t:#.\-]{{0,4}}(?P<number>\d{{1,2}})(?![\d%])(?P<rest>.*)", re.I
        )

    def find(self, lines: Sequence[str]) -> list[Heading]:
        """Return every line that may be a heading, also in code and comments, in order."""
        found: list[Heading] = []
        for index, line in enumerate(lines):
            if len(found) >= _MAX_HEADINGS:
                break
            number, sure = self._number(lines, index, line[:HEADING_CHARACTERS])
            if number is not None:
                found.append(Heading(index, number, _quote_follows(lines, index + 1), sure=sure))
        return found

    def _number(self, lines: Sequence[str], index: int, line: str) -> tuple[int | None, bool]:
        if "#" in line[:4] and (match := self._sure.match(line)):
            return int(match["number"]), True
        if line[:4].isspace() and len(line) > 4:
            return None, False
        text, loud = line, False
        if "<" in line[:4]:
            names = {match["name"].casefold() for match in _TAG.finditer(line)}
            text, loud = _TAG.sub("", line), bool(names & _LOUD_TAGS)
        bare = text.strip(_MARKUP)
        if bare[:1].casefold() not in self._first:
            number = _NUMBER.fullmatch(bare) if line.lstrip()[:1] == "#" else None
            return (int(number[1]) if number else None), False
        match = self._named.match(bare)
        if match is None:
            return None, False
        start = text.strip()
        loud = (
            loud
            or start[:1] == "#"
            or (start[:2] in ("**", "__") and start.rstrip(": .")[-2:] in ("**", "__"))
        )
        loud = loud or (
            index + 1 < len(lines) and _UNDERLINE.fullmatch(lines[index + 1][:HEADING_CHARACTERS]) is not None
        )
        alone = not match["rest"].strip(_MARKUP + ".:)")
        if loud or (alone and len(match["word"]) > 1):
            return int(match["number"]), False
        return None, False


def _quote_follows(lines: Sequence[str], start: int) -> bool:
    for line in lines[start : start + 4]:
        if _UNDERLINE.fullmatch(line[:HEADING_CHARACTERS]):
            continue
        if line.strip(" \t"):
            return line.lstrip(" \t").startswith(">")
    return False


def in_place(headings: Sequence[Heading]) -> list[Heading]:
    """Return `headings` without the unsure ones that stand where their question cannot be, or whose question has another.

    An unsure heading counts where a quote follows it, or where it stands between those of a lower and a
    higher number.
    """
    prompted = {heading.number for heading in headings if heading.prompted}
    known = {
        heading.number
        for heading in headings
        if heading.sure and (heading.prompted or heading.number not in prompted)
    }
    sure = [heading for heading in headings if heading.sure]
    lower = 0
    position = 0
    kept = []
    for heading in headings:
        if heading.sure:
            lower = heading.number
            position += 1
            kept.append(heading)
        elif heading.number not in known:
            upper = sure[position].number if position < len(sure) else 100
            if heading.prompted or lower < heading.number < upper:
                kept.append(heading)
    return kept
