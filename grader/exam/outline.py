"""Where in a report each question's text lies: headings outside code, and the lines that belong to each."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

#: Longer lines are no headings; also what a pattern is ever held against, so that no line can make one slow.
_HEADING_CHARACTERS = 200

#: A report with more fence lines than this has no structure worth following; the rest is read as text.
_MAX_FENCES = 5_000

#: Headings beyond this many are text.
_MAX_HEADINGS = 2_000

_FENCE = re.compile(r"[ \t]*(`{3,}|~{3,})")


@dataclass(frozen=True)
class Heading:
    """A line that may start a question. `prompted`: a quote follows it, as in the template.

    `start` is the first line of what it heads, -1 for the one below it.
    """

    line: int
    number: int
    prompted: bool
    start: int = -1


@dataclass(frozen=True)
class Body:
    """The lines between a heading and whatever comes after it. `line` counts from 0."""

    number: int
    line: int
    prompted: bool
    lines: tuple[str, ...]


@dataclass(frozen=True)
class _Fence:
    line: int
    character: str
    length: int
    closes: bool
    opens: bool


def question_heading(word: str) -> re.Pattern[str]:
    """The pattern of a heading at any level: `Question 7`, `**question: 7**`, `QUESTION #7 (a)`."""
    return re.compile(
        rf"[ \t]{{0,3}}#{{1,6}}[ \t]*\**[ \t]*{re.escape(word)}[ \t:#]*(?P<number>\d{{1,2}})\b", re.I
    )


def count_headings(text: str, word: str = "Question") -> int:
    """How many different question numbers have a heading in `text`, code left out."""
    lines = text.split("\n")
    headings, fences = _events(lines, question_heading(word))
    return len({heading.number for heading in _walk(headings, fences, set())[0]})


def find_headings(
    lines: Sequence[str], word: str, numbers: Collection[int]
) -> tuple[list[Heading], list[str]]:
    """Every heading of one of the questions `numbers` outside fenced code, and what was odd about the fences.

    A fence that was never closed, or closed by the next answer's opening one, would hide the questions behind
    it: a heading inside a fence counts where its number stands nowhere else and the template's quote follows
    it.
    """
    headings, fences = _events(lines, question_heading(word))
    headings = [heading for heading in headings if heading.number in numbers]
    resets: set[int] = set()
    problems: list[str] = []
    for _ in numbers:
        outside, inside, unclosed = _walk(headings, fences, resets)
        known = {heading.number for heading in outside}
        lost = [heading for heading in inside if heading.number not in known]
        rescued = next((heading for heading in lost if heading.prompted or _after(heading, unclosed)), None)
        if rescued is None:
            break
        resets.add(rescued.line)
        problems.append(
            f"A code fence before question {rescued.number} (line {rescued.line + 1}) is not closed; "
            "it was taken to end there."
        )
    return _walk(headings, fences, resets)[0], problems


def outline(
    lines: Sequence[str], headings: Iterable[Heading], sections: Mapping[int, str], titles: Iterable[str]
) -> tuple[list[Body], list[str]]:
    """Cut a report into the bodies of its questions, in file order, and say what was odd about the headings.

    Args:
        lines: the report.
        headings: where questions start, in file order.
        sections: the section of each question of the edition; headings with other numbers are text.
        titles: the section titles of any edition.
    """
    kept, problems = _without_false_ones([heading for heading in headings if heading.number in sections])
    known = {title.casefold() for title in titles}
    bodies = []
    for position, heading in enumerate(kept):
        last = position + 1 == len(kept)
        end = len(lines) if last else kept[position + 1].line
        following = None if last else sections[kept[position + 1].number]
        own = sections[heading.number]
        body = lines[heading.line + 1 if heading.start < 0 else heading.start : end]
        cut = _section_start(body, known, None if following == own else following)
        bodies.append(Body(heading.number, heading.line, heading.prompted, tuple(body[:cut])))
    return bodies, problems


def _events(lines: Sequence[str], pattern: re.Pattern[str]) -> tuple[list[Heading], list[_Fence]]:
    headings: list[Heading] = []
    fences: list[_Fence] = []
    for index, line in enumerate(lines):
        if "#" in line[:4]:
            match = pattern.match(line[:_HEADING_CHARACTERS])
            if match and len(headings) < _MAX_HEADINGS:
                headings.append(Heading(index, int(match["number"]), _quote_follows(lines, index + 1)))
        elif len(fences) < _MAX_FENCES and (match := _FENCE.match(line[:_HEADING_CHARACTERS])):
            run, rest = match[1], line[match.end() :]
            opens = run[0] == "~" or "`" not in rest
            fences.append(_Fence(index, run[0], len(run), not rest.strip(), opens))
    return headings, fences


def _quote_follows(lines: Sequence[str], start: int) -> bool:
    for line in lines[start : start + 4]:
        if line.strip():
            return line.lstrip().startswith(">")
    return False


def _walk(
    headings: list[Heading], fences: list[_Fence], resets: set[int]
) -> tuple[list[Heading], list[Heading], int | None]:
    """Headings outside and inside of fences, and the line of a fence that is still open at the end."""
    outside: list[Heading] = []
    inside: list[Heading] = []
    opened: _Fence | None = None
    events: list[Heading | _Fence] = [*headings, *fences]
    for event in sorted(events, key=lambda event: event.line):
        if isinstance(event, Heading):
            if event.line in resets:
                opened = None
            (inside if opened else outside).append(event)
        elif opened is None:
            opened = event if event.opens else None
        elif event.character == opened.character and event.length >= opened.length and event.closes:
            opened = None
    return outside, inside, opened.line if opened else None


def _after(heading: Heading, line: int | None) -> bool:
    return line is not None and heading.line > line


def _without_false_ones(headings: list[Heading]) -> tuple[list[Heading], list[str]]:
    """Leave out headings without the quote where one of that number has it: they are answer text."""
    prompted = {heading.number for heading in headings if heading.prompted}
    kept = [heading for heading in headings if heading.prompted or heading.number not in prompted]
    false = [heading for heading in headings if not heading.prompted and heading.number in prompted]
    return kept, [
        f"Line {heading.line + 1} reads like the heading of question {heading.number}, which has another; "
        "it was read as text of the answer that it stands in."
        for heading in false
    ]


def _section_start(body: Sequence[str], titles: set[str], following: str | None) -> int:
    """Where the next section begins: at its title, or at any title with only a quote behind it."""
    for index in range(len(body) - 1, -1, -1):
        line = body[index].strip()
        if not line.startswith("#") or len(line) > _HEADING_CHARACTERS:
            continue
        title = line.lstrip("#").strip(" \t#*").casefold()
        if title not in titles:
            continue
        if following is not None and title == following.casefold():
            return index
        if all(not rest.strip() or rest.lstrip().startswith(">") for rest in body[index + 1 :]):
            return index
    return len(body)
