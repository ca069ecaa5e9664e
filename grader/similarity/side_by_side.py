"""A shared passage as two people would lay it before them: the lines of both files, those that are alike marked."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from grader.secrets.rules import redacted
from grader.similarity.group_code import CodeFile
from grader.similarity.passages import Passage


@dataclass(frozen=True, slots=True)
class CodeLine:
    """A line: its number as people count, its text, and whether something of it is shared."""

    number: str
    text: str
    shared: bool


@dataclass(frozen=True, kw_only=True)
class SideBySide:
    """The lines of both sides, and how many of either are not shown."""

    first: tuple[CodeLine, ...]
    second: tuple[CodeLine, ...]
    cut: int = 0


def shared_lines(passage: Passage, file: CodeFile, *, second: bool) -> list[int]:
    """Return the lines, as the text that was read has them, of which a passage has half of the tokens or more."""
    tokens: Counter[int] = Counter()
    for run in passage.runs:
        at = run.at_second if second else run.at_first
        tokens.update(file.lines[at : at + run.length])
    begin, end = min(tokens), max(tokens)
    lines = file.lines[bisect_left(file.lines, begin) : bisect_right(file.lines, end)]
    whole = Counter(lines)
    # A bracket that the lines around have in common by chance is no part of it.
    return [line for line in sorted(tokens) if 2 * tokens[line] >= whole[line]] or [begin, end]


def side_by_side(
    passage: Passage, files: tuple[CodeFile, CodeFile], texts: tuple[str, str], limit: int
) -> SideBySide:
    """Return the lines of a passage in both files, at most `limit` of each, without secrets."""
    sides = []
    cut = 0
    for second, (file, text) in enumerate(zip(files, texts, strict=True)):
        shared = shared_lines(passage, file, second=bool(second))
        begin, end = shared[0], shared[-1]
        cut = max(cut, end - begin + 1 - limit)
        sides.append(_lines(file, text.split("\n"), range(begin, min(end + 1, begin + limit)), set(shared)))
    return SideBySide(first=sides[0], second=sides[1], cut=max(cut, 0))


def _lines(file: CodeFile, text: Sequence[str], numbers: range, shared: set[int]) -> tuple[CodeLine, ...]:
    found = []
    for number, shown in zip(numbers, _redacted(text[numbers.start - 1 : numbers.stop - 1]), strict=False):
        cell, line = file.place(number)
        found.append(CodeLine(f"{cell}:{line}" if cell is not None else str(line), shown, number in shared))
    return tuple(found)


def _redacted(lines: Sequence[str]) -> list[str]:
    """Return lines without secrets, which may go over several; there are as many as before."""
    together = redacted("\n".join(lines)).split("\n")
    return together if len(together) == len(lines) else [redacted(line).replace("\n", " ") for line in lines]
