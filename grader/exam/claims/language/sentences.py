"""Split answers into sentences, as they appear on the rendered page.

Whether a sentence asserts or denies something is decided in `grader.exam.claims.language.polarity`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate

from grader.exam.claims.language.polarity import Polarity, Words
from grader.repository.formats.markdown import read_blocks

#: Maximum characters of an answer that are read: no report written by a person is longer.
MAX_ANSWER = 200_000

_QUOTE = re.compile(r"(?:[ \t]{0,3}>)+[ \t]?")
#: A bullet, a number, a heading or a ticked box starts a new piece.
_ITEM = re.compile(r"[ \t]*(?:[-*+•–][ \t]+(?:\[[ xX]\][ \t]+)?|\(?\d{1,3}[.)][ \t]+|#{1,6}[ \t]+)")
_RULE = re.compile(r"[ \t]*(?:[-*_=][ \t]?){3,}[ \t]*$")
_TABLE = re.compile(r"[ \t]*\|")
_BREAK = re.compile(r"(?: {2,}|\\)$|<br\s{0,3}/?>\s{0,3}$", re.I)
_TAG = re.compile(r"<!--|-->|<(?!https?:|mailto:)[A-Za-z/!][^<>]{0,500}>")
#: Never split: code, addresses, and the target of a link.
_WHOLE = re.compile(r"`+[^`\n]{1,2000}`+|(?:https?://|www\.)[^\s<>]+|\]\([^()\s]{1,1000}\)")
_END = re.compile(
    r"[.!?]+[\"'”’)\]*_]{0,4}(?=\s|$)|(?<=[a-z)`])\.(?=(?:We|The|This|It|In|For|Our|These|As|I)\s)"
)
_ABBREVIATION = re.compile(r"(?:^|[\s(])(?:e\.?g|i\.?e|cf|vs|approx|ca|fig|nr|resp|incl|[A-Z])\.$", re.I)
_ABBREVIATION_INSIDE = re.compile(r"(?:^|[\s(])(?:etc|no|al|min|max|sec|vol|dept)\.$", re.I)
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True)
class Sentence:
    """A sentence, a bullet, a row of a table, or a whole code fence.

    text: with whitespace collapsed; quote marks, bullets and HTML are dropped, inline code and addresses kept as written.
    start: its offset in the answer. code: whether it is the inside of a fence (then `text` keeps its lines).
    """

    text: str
    start: int
    code: bool = False

    def polarity(self, start: int, end: int) -> Polarity:
        """Return whether the sentence asserts, denies or leaves open what stands at `text[start:end]`.

        Linear in the number of words near it: only those decide.
        """
        return "asserted" if self.code else self._words.polarity(start, end)

    @cached_property
    def _words(self) -> Words:
        return Words(self.text)


def sentences(markdown: str) -> list[Sentence]:
    """Return the sentences of an answer in Markdown, in order. Never raise; linear in the length."""
    return list(_sentences(markdown))


@lru_cache(maxsize=64)
def _sentences(markdown: str) -> tuple[Sentence, ...]:
    """Cached for the answers of one report: each finder asks for them again."""
    found: list[Sentence] = []
    for start, text, code in _pieces(markdown[:MAX_ANSWER]):
        if code:
            if text.strip():
                found.append(Sentence(text=text, start=start, code=True))
            continue
        for first, last in _cuts(text):
            piece = text[first:last]
            plain = _BLANKS.sub(" ", piece).strip()
            if any(character.isalnum() for character in plain):
                blank = len(piece) - len(piece.lstrip())
                found.append(Sentence(text=plain, start=start + first + blank))
    return tuple(found)


def _pieces(markdown: str) -> Iterator[tuple[int, str, bool]]:
    """Yield (offset, text, whether it is code) for paragraphs, bullets, rows and fences, with lengths unchanged."""
    lines = [f"{line}\n" for line in markdown.split("\n")]
    offsets = list(accumulate((len(line) for line in lines), initial=0))
    at = 0
    for block in read_blocks(markdown.split("\n")):
        if block.kind in ("fence", "unread"):
            yield from _prose(lines[at : block.first], offsets[at])
            yield offsets[min(block.first + 1, block.end)], block.text, True
            at = block.end
    yield from _prose(lines[at:], offsets[at])


def _prose(lines: list[str], offset: int) -> Iterator[tuple[int, str, bool]]:
    """Yield the pieces of lines outside fences."""
    block: list[str] = []
    begin = offset
    for line in lines:
        bare = line.rstrip("\r\n")
        quote = _QUOTE.match(bare)
        content = bare[quote.end() :] if quote else bare
        item = _ITEM.match(content)
        rule = _RULE.match(content)
        if not content.strip() or rule or item or _TABLE.match(content):
            yield begin, "".join(block), False
            block, begin = [], offset
        if not rule:
            hidden = (quote.end() if quote else 0) + (item.end() if item else 0)
            ending = " " * (len(line) - len(bare))
            block.append(" " * hidden + _without_tags(bare[hidden:]) + ending)
            if _BREAK.search(bare):
                yield begin, "".join(block), False
                block, begin = [], offset + len(line)
        offset += len(line)
    yield begin, "".join(block), False


def _without_tags(line: str) -> str:
    """Return the line with tags replaced by blanks, so that offsets stay the same."""
    return _TAG.sub(lambda tag: " " * len(tag[0]), line) if "<" in line or "-->" in line else line


def _cuts(text: str) -> Iterator[tuple[int, int]]:
    """Yield where sentences begin and end in a paragraph."""
    whole = [match.span() for match in _WHOLE.finditer(text)]
    at = first = 0
    for end in _END.finditer(text):
        while at < len(whole) and whole[at][1] < end.end():
            at += 1
        # A mark after code or an address ends the sentence, unless it is inside.
        if at < len(whole) and whole[at][0] <= end.start() and end.end() < whole[at][1]:
            continue
        before = text[max(first, end.start() - 12) : end.start() + 1]
        following = text[end.end() : end.end() + 3].lstrip()[:1]
        if _ABBREVIATION.search(before) or (following.islower() and _ABBREVIATION_INSIDE.search(before)):
            continue
        yield first, end.end()
        first = end.end()
    if first < len(text):
        yield first, len(text)
