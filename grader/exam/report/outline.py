"""Where in a report each question's text lies: headings outside code, and the lines that belong to each."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from grader.exam.report.headings import HEADING_CHARACTERS, Heading, HeadingPatterns, in_place
from grader.exam.report.hiding import Hiding
from grader.repository.formats.markdown import Block

#: How many lines after the start of a comment are looked at.
_NEAR_LINES = 30


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


def may_have_questions(text: str, patterns: HeadingPatterns, fewest: int) -> bool:
    """Return whether `text` has headings of `fewest` question numbers if those in code and comments count, too."""
    return len({heading.number for heading in _certain(patterns.find(text.split("\n")))}) >= fewest


def count_headings(text: str, patterns: HeadingPatterns) -> int:
    """Return how many different question numbers have a heading in `text`, code and comments left out."""
    lines = text.split("\n")
    shown = _sorted(_certain(patterns.find(lines)), Hiding(lines))[0]
    return len({heading.number for heading in shown})


def _certain(headings: Iterable[Heading]) -> list[Heading]:
    return [heading for heading in headings if heading.sure or heading.prompted]


def find_headings(
    lines: Sequence[str], patterns: HeadingPatterns, numbers: Collection[int]
) -> tuple[list[Heading], list[str]]:
    """Return every heading of one of the questions `numbers` outside fenced code, and what was odd about the fences.

    A fence that was never closed, or closed by the next answer's opening one, would hide the questions behind
    it: a heading inside a fence counts where the template's quote follows it and that of its question stands
    nowhere else. Each question is then read on its own, from its heading on. A question in an HTML comment that
    stands nowhere else comes back as hidden where the comment begins right before a heading; a comment that
    begins amid an answer was not meant to reach so far.
    """
    headings = [heading for heading in patterns.find(lines) if heading.number in numbers]
    hiding = Hiding(lines)
    problems: list[str] = []
    for _ in range(2 * len(numbers)):
        outside, inside = _sorted(headings, hiding)
        rescued = _rescued(headings, outside, inside, lines)
        if rescued is None:
            break
        heading, block = rescued
        hiding.cut(heading.line)
        if block.kind != "html":
            problems.append(
                _not_closed("A code fence" if block.kind == "fence" else "An HTML comment", heading)
            )
    outside, inside = _sorted(headings, hiding)
    shown = in_place(outside)
    known = {heading.number for heading in shown}
    commented: dict[int, Heading] = {}
    for heading, block in inside:
        if block.kind == "comment" and heading.sure and heading.number not in known:
            commented.setdefault(heading.number, replace(heading, hidden=block.first))
    problems += [
        f"Question {number} stands in an HTML comment (line {heading.line + 1}) and does not show."
        for number, heading in commented.items()
    ]
    problems += _open_comments(lines, shown, hiding)
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


def _sorted(headings: Iterable[Heading], hiding: Hiding) -> tuple[list[Heading], list[tuple[Heading, Block]]]:
    """Return the headings that count, and those inside of blocks with what they stand in; HTML has both."""
    outside: list[Heading] = []
    inside: list[tuple[Heading, Block]] = []
    for heading in headings:
        block = hiding.at(heading.line)
        if block is not None and block.first == heading.line:
            block = None
        if block is None or block.kind == "html":
            outside.append(heading)
        if block is not None:
            inside.append((heading, block))
    return outside, inside


def _rescued(
    headings: Sequence[Heading],
    outside: Sequence[Heading],
    inside: Sequence[tuple[Heading, Block]],
    lines: Sequence[str],
) -> tuple[Heading, Block] | None:
    """Return the first heading inside of a block that cannot have been meant to hide it."""
    prompted = {heading.number for heading in headings if heading.prompted}
    # Where the questions carry the template's quotes, a heading without one does not stand for its question.
    template = 2 * len(prompted) >= len({heading.number for heading in headings})
    known = {heading.number for heading in outside}
    known_by_quote = {heading.number for heading in outside if heading.prompted} if template else known
    meant = _meant(inside, lines)
    for heading, block in inside:
        if block.kind == "html" and (heading.sure or heading.prompted):
            return heading, block
        if block.kind == "html" or block.first in meant:
            continue
        if heading.prompted and heading.number not in known_by_quote:
            return heading, block
        if heading.sure and heading.number not in known and not block.closed:
            return heading, block
    return None


def _meant(inside: Sequence[tuple[Heading, Block]], lines: Sequence[str]) -> set[int]:
    """Return the lines of comments that begin right before a question, with at most a section's title between."""
    first: dict[int, Heading] = {}
    for heading, block in inside:
        if block.kind == "comment":
            first.setdefault(block.first, heading)
    return {
        opened
        for opened, heading in first.items()
        if heading.prompted and _is_title(lines[opened + 1 : heading.line][:_NEAR_LINES])
    }


def _is_title(lines: Iterable[str]) -> bool:
    """Return whether lines are blank, or a heading and the quote below it."""
    text = [line.lstrip()[0] for line in lines if line.strip()]
    return set(text) <= {"#", ">"} and text[:1] != [">"]


def _open_comments(lines: Sequence[str], shown: Sequence[Heading], hiding: Hiding) -> list[str]:
    """Return a problem for each answer in which a comment begins amid the text and does not end."""
    problems = []
    following = iter(sorted(shown, key=lambda heading: heading.line))
    heading = next(following, None)
    opened = False
    for index, line in enumerate(lines):
        if heading is not None and heading.line == index:
            problems += [_not_closed("An HTML comment", heading)] * opened
            heading, opened = next(following, None), False
        if ("<!--" in line or "-->" in line) and hiding.at(index) is None:
            opened = _leaves_open(line, opened)
    return problems


def _leaves_open(line: str, opened: bool) -> bool:
    start, end = line.rfind("<!--"), line.rfind("-->")
    if start <= end:
        return opened and end == -1
    return line.count("`", 0, start) % 2 == 0 or opened


def _not_closed(what: str, heading: Heading) -> str:
    return (
        f"{what} before question {heading.number} (line {heading.line + 1}) is not closed; "
        "it was taken to end there."
    )


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
    """Return where the next of the sections `titles` begins: at its title with only quotes behind it.

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
    """Return the text of a heading: after hashes, underlined, or a bold line; empty for any other line."""
    if len(line) > HEADING_CHARACTERS:
        return ""
    underlined = index + 1 < len(body) and _is_underline(body[index + 1].strip())
    bold = line[:2] == line[-2:] and line[:2] in ("**", "__")
    return line.strip(" \t#*_").casefold() if line.startswith("#") or underlined or bold else ""
