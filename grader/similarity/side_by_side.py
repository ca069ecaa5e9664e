"""A shared passage as two people would lay it before them: the lines of both files, those that are alike marked."""

from __future__ import annotations

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


def ends(passage: Passage, file: CodeFile, *, second: bool) -> tuple[int, int]:
    """Return the first and the last line of a passage in a file, as the text that was read has them."""
    begin, last = passage.runs[0], passage.runs[-1]
    if second:
        return file.lines[begin.at_second], file.lines[last.at_second + last.length - 1]
    return file.lines[begin.at_first], file.lines[last.at_first + last.length - 1]


def side_by_side(
    passage: Passage, files: tuple[CodeFile, CodeFile], texts: tuple[str, str], limit: int
) -> SideBySide:
    """Return the lines of a passage in both files, at most `limit` of each, without secrets."""
    sides = []
    cut = 0
    for second, (file, text) in enumerate(zip(files, texts, strict=True)):
        begin, end = ends(passage, file, second=bool(second))
        shared = {
            line for at, length in _spans(passage, bool(second)) for line in file.lines[at : at + length]
        }
        cut = max(cut, end - begin + 1 - limit)
        sides.append(_lines(file, text.split("\n"), range(begin, min(end + 1, begin + limit)), shared))
    return SideBySide(first=sides[0], second=sides[1], cut=max(cut, 0))


def _spans(passage: Passage, second: bool) -> list[tuple[int, int]]:
    return [((run.at_second if second else run.at_first), run.length) for run in passage.runs]


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
