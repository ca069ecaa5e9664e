"""Where in a report each question's text lies: headings outside code, and the lines that belong to each."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from grader.exam.headings import HEADING_CHARACTERS, Heading, HeadingPatterns, in_place

#: A report with more fence lines than this has no structure worth following; the rest is read as text.
_MAX_FENCES = 5_000

#: How many lines after the start of a comment are looked at.
_NEAR_LINES = 30

_FENCE = re.compile(r"[ \t]*(`{3,}|~{3,})")


@dataclass(frozen=True)
class Body:
    """The lines between a heading and whatever comes after it. `line` counts from 0.

    `hidden`: heading and lines stand in an HTML comment, where no reader sees them.
    """

    number: int
    line: int
    prompted: bool
    lines: tuple[str, ...]
    hidden: bool = False


@dataclass(frozen=True)
class _Fence:
    line: int
    character: str
    length: int
    closes: bool
    opens: bool


@dataclass(frozen=True)
class _Comment:
    """`<!--` or `-->`. `opens`: a comment that a later line closes begins here."""

    line: int
    opens: bool


def count_headings(text: str, patterns: HeadingPatterns) -> int:
    """How many different question numbers have a heading in `text`, code and comments left out."""
    lines = text.split("\n")
    shown = _walk(patterns.find(lines), *_blocks(lines), set())[0]
    return len({heading.number for heading in shown if heading.sure or heading.prompted})


def find_headings(
    lines: Sequence[str], patterns: HeadingPatterns, numbers: Collection[int]
) -> tuple[list[Heading], list[str]]:
    """Every heading of one of the questions `numbers` outside fenced code, and what was odd about the fences.

    A fence that was never closed, or closed by the next answer's opening one, would hide the questions behind
    it: a heading inside a fence counts where its number stands nowhere else and the template's quote follows
    it. A question in an HTML comment that stands nowhere else comes back as hidden where the comment begins
    right before a heading; a comment that begins amid an answer was not meant to reach so far.
    """
    headings = [heading for heading in patterns.find(lines) if heading.number in numbers]
    blocks = _blocks(lines)
    resets: set[int] = set()
    problems: list[str] = []
    for _ in numbers:
        outside, inside, unclosed = _walk(headings, *blocks, resets)
        known = {heading.number for heading in outside}
        meant = _meant(inside, lines)
        rescued = next(
            (
                heading
                for heading in inside
                if heading.number not in known
                and heading.hidden not in meant
                and (heading.prompted or (heading.sure and unclosed is not None and heading.line > unclosed))
            ),
            None,
        )
        if rescued is None:
            break
        resets.add(rescued.line)
        what = "A code fence" if rescued.hidden < 0 else "An HTML comment"
        problems.append(
            f"{what} before question {rescued.number} (line {rescued.line + 1}) is not closed; "
            "it was taken to end there."
        )
    outside, inside, _ = _walk(headings, *blocks, resets)
    shown = in_place(outside)
    known = {heading.number for heading in shown}
    commented: dict[int, Heading] = {}
    for heading in inside:
        if heading.hidden >= 0 and heading.sure and heading.number not in known:
            commented.setdefault(heading.number, heading)
    problems += [
        f"Question {number} stands in an HTML comment (line {heading.line + 1}) and does not show."
        for number, heading in commented.items()
    ]
    return sorted([*shown, *commented.values()], key=lambda heading: heading.line), problems


def outline(
    lines: Sequence[str], headings: Iterable[Heading], sections: Mapping[int, str], titles: Sequence[str]
) -> tuple[list[Body], list[str]]:
    """Cut a report into the bodies of its questions, in file order, and say what was odd about the headings.

    Args:
        lines: the report.
        headings: where questions start, in file order.
        sections: the section of each question of the edition; headings with other numbers are text.
        titles: the titles of the sections in their order; an answer ends where one begins that comes after its
            own, up to that of the next question.
    """
    kept, problems = _without_false_ones([heading for heading in headings if heading.number in sections])
    order = [title.casefold() for title in titles]
    bodies = []
    for position, heading in enumerate(kept):
        following = kept[position + 1] if position + 1 < len(kept) else None
        end = len(lines)
        if following is not None:
            commented = following.hidden > heading.line
            end = following.hidden if commented else following.line
        body = lines[heading.line + 1 if heading.start < 0 else heading.start : end]
        own = order.index(sections[heading.number].casefold())
        last = order.index(sections[following.number].casefold()) if following else len(order) - 1
        cut = _section_start(body, order[own + 1 : last + 1], must_begin=following is not None)
        bodies.append(
            Body(
                heading.number, heading.line, heading.prompted, tuple(body[:cut]), hidden=heading.hidden >= 0
            )
        )
    return bodies, problems


def _blocks(lines: Sequence[str]) -> tuple[list[_Fence], list[_Comment]]:
    fences: list[_Fence] = []
    marks: list[tuple[int, bool]] = []
    for index, line in enumerate(lines):
        if len(fences) < _MAX_FENCES and (match := _FENCE.match(line[:HEADING_CHARACTERS])):
            run, rest = match[1], line[match.end() :]
            opens = run[0] == "~" or "`" not in rest
            fences.append(_Fence(index, run[0], len(run), not rest.strip(), opens))
        if "-->" in line or "<!--" in line:
            marks += [(index, opens) for opens in _comment_marks(line)]
    # Two openings in a row: the first was never closed, and hides nothing.
    comments = [
        _Comment(line, opens)
        for position, (line, opens) in enumerate(marks)
        if not opens or (position + 1 < len(marks) and not marks[position + 1][1])
    ]
    return fences, comments


def _comment_marks(line: str) -> list[bool]:
    """What a line does to comments, comments within it left out: it may close one, and then open one."""
    first_close, first_open = line.find("-->"), line.find("<!--")
    closes = first_close != -1 and (first_open == -1 or first_close < first_open)
    last_open = line.rfind("<!--")
    opens = last_open != -1 and line.find("-->", last_open) == -1 and line.count("`", 0, last_open) % 2 == 0
    return [False] * closes + [True] * opens


def _meant(hidden: Sequence[Heading], lines: Sequence[str]) -> set[int]:
    """The lines of comments that begin right before a heading, with at most a section's title between."""
    first: dict[int, int] = {}
    for heading in hidden:
        if heading.hidden >= 0:
            first.setdefault(heading.hidden, heading.line)
    return {
        opened
        for opened, line in first.items()
        if lines[opened].lstrip().startswith("<!--")
        and all(
            not each.strip() or each.lstrip()[0] in "#>" for each in lines[opened + 1 : line][:_NEAR_LINES]
        )
    }


def _walk(
    headings: list[Heading], fences: list[_Fence], comments: list[_Comment], resets: set[int]
) -> tuple[list[Heading], list[Heading], int | None]:
    """Headings outside and inside of fences and comments, and the line of a fence that is open at the end."""
    outside: list[Heading] = []
    inside: list[Heading] = []
    opened: _Fence | None = None
    comment = -1
    events: list[Heading | _Fence | _Comment] = [*headings, *fences, *comments]
    for event in sorted(events, key=lambda event: event.line):
        if isinstance(event, Heading):
            if event.line in resets:
                opened, comment = None, -1
            if comment >= 0:
                inside.append(replace(event, hidden=comment))
            else:
                (inside if opened else outside).append(event)
        elif isinstance(event, _Comment):
            if opened is None:
                comment = event.line if event.opens else -1
        elif comment >= 0:
            continue
        elif opened is None:
            opened = event if event.opens else None
        elif event.character == opened.character and event.length >= opened.length and event.closes:
            opened = None
    return outside, inside, opened.line if opened else None


def _without_false_ones(headings: list[Heading]) -> tuple[list[Heading], list[str]]:
    """Leave out headings that are answer text: without the quote where another of that number has it, or,
    where none has it, out of order while another is in its place.
    """
    prompted = {heading.number for heading in headings if heading.prompted}
    lines: dict[int, list[int]] = {}
    for heading in headings:
        lines.setdefault(heading.number, []).append(heading.line)
    kept: list[Heading] = []
    false: list[Heading] = []
    for position, heading in enumerate(headings):
        twins = lines[heading.number]
        before = kept[-1].number if kept else 0
        after = headings[position + 1].number if position + 1 < len(headings) else 100
        if heading.prompted:
            is_false = False
        elif heading.number in prompted:
            is_false = True
        else:
            back = before > heading.number and twins[0] < heading.line
            ahead = after < heading.number and twins[-1] > heading.line
            is_false = back or ahead
        (false if is_false else kept).append(heading)
    return kept, [
        f"Line {heading.line + 1} reads like the heading of question {heading.number}, which has another; "
        "it was read as text of the answer that it stands in."
        for heading in false
    ]


def _section_start(body: Sequence[str], titles: list[str], *, must_begin: bool) -> int:
    """Where the next of the sections `titles` begins: at its title with only quotes behind it.

    Args:
        body: the lines below a question.
        titles: the sections that can begin in it, in order.
        must_begin: the last of them does, so that its title counts whatever stands behind it.
    """
    cut = len(body)
    only_quotes = True
    for index in range(len(body) - 1, -1, -1):
        line = body[index].strip()
        if not titles or not line or line.startswith(">") or _is_underline(line):
            continue
        title = _title(body, index, line)
        if title in titles and (only_quotes or (must_begin and title == titles[-1])):
            cut, only_quotes, must_begin = index, True, False
            titles = titles[: titles.index(title)]
        else:
            only_quotes = False
            if not must_begin:
                break
    return cut


def _is_underline(line: str) -> bool:
    return len(line) > 1 and not line.strip("-=")


def _title(body: Sequence[str], index: int, line: str) -> str:
    """The text of a heading: after hashes, underlined, or a bold line; empty for any other line."""
    if len(line) > HEADING_CHARACTERS:
        return ""
    underlined = index + 1 < len(body) and _is_underline(body[index + 1].strip())
    bold = line[:2] == line[-2:] and line[:2] in ("**", "__")
    return line.strip(" \t#*_").casefold() if line.startswith("#") or underlined or bold else ""
