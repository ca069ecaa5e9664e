"""The project checklist as the students ticked it: which lines are boxes, and whether each is ticked."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from itertools import islice

from pydantic import BaseModel, ConfigDict

from grader.repository.formats.markdown import read_blocks

#: More lines than a checklist can have; what is beyond is not read.
_MAX_LINES = 300
_LINE_CHARACTERS = 500
#: A box that goes on over more lines than this is not one.
_MORE_LINES = 4
#: What stands before a bracket or a sign: bullet, number, table bar, a name.
_START_CHARACTERS = 60

_SIGNS = "✅☑✔✓🗹❌✗✘❎☐⬜🔲⬛🟩🟢🟥🔴🟡🟨🚧⏳"
_TICK_SIGNS = set("✅☑✔✓🗹🟩🟢")
_BULLET = r"[ \t>]{0,16}(?:[-*+•|][ \t]*|\(?\d{1,3}[.)][ \t]*){0,2}"
_BOX = re.compile(
    rf"{_BULLET}(?:[*_~]{{1,3}})?(?:[\w./ ,]{{0,20}}[ \t])?"
    r"\\?\[(?P<mark>[^\[\]\\]{0,30})\\?\](?![(:\[])[*_~]{0,3}(?:[ \t]*\|)?[ \t]*(?P<text>\S.*)"
)
_SIGN = re.compile(rf"{_BULLET}(?P<mark>[{_SIGNS}])\ufe0f?(?:[ \t]*\|)?[ \t]*(?P<text>\S.*)")
_INPUT = re.compile(rf"{_BULLET}(?:<li>[ \t]*)?<input\b(?P<mark>[^<>]{{0,80}})>[ \t]*(?P<text>\S.*)", re.I)
#: A line without bracket or sign in front, which ends in a sign: `* Create a git repository ✅`.
_LAST = re.compile(
    rf"[ \t>]{{0,16}}(?:[-*+•|][ \t]*|\d{{1,3}}[.)][ \t]*)(?P<text>[^\[\]]{{4,300}}?)[ \t|]*"
    rf"(?P<mark>[{_SIGNS}]|\[[^\[\]]{{0,8}}\])\ufe0f?[ \t|]*"
)
_NEW_ITEM = re.compile(r"[ \t]{0,12}(?:[-*+•][ \t]|#|>|\||\d{1,3}[.)][ \t])")
_SHORTCODES = {
    ":white_check_mark:": "✅",
    ":heavy_check_mark:": "✔",
    ":ballot_box_with_check:": "☑",
    ":x:": "❌",
}

_YES = {"x", "v", "y", "yes", "ja", "ok", "done", "færdig", "true", "1", "х", "×", "✖", "*", "100%"}
#: Words in a bracket that say that a thing is not done; any other word is the name of who did it.
_NO = {
    "no", "nej", "n", "na", "n/a", "none", "not", "todo", "wip", "tbd", "doing", "partly", "partially", "skip",
    "skipped", "half", "almost", "started", "pending", "maybe", "later", "false", "optional", "irrelevant",
}  # fmt: skip


class BoxLine(BaseModel):
    """A line of the students' checklist: its text, whether it is ticked, and its place, counted from 1."""

    model_config = ConfigDict(frozen=True)

    text: str
    ticked: bool
    line: int = 0


def box_lines(lines: Sequence[str]) -> tuple[BoxLine, ...]:
    """Return every line of `lines` that looks like a checkbox, with the indented lines that go on below it.

    Boxes in fenced code or in a comment are no boxes, unless there are no others.
    """
    found = list(_boxes(lines))
    if not found:
        return ()
    blocks = [block for block in read_blocks(lines[: found[-1].line]) if block.kind in ("fence", "comment")]
    hidden = {line for block in blocks for line in range(block.first + 1, block.end)}
    return tuple(box for box in found if box.line - 1 not in hidden) or tuple(found)


def has_boxes(lines: Sequence[str], fewest: int) -> bool:
    """Return whether at least `fewest` lines look like a checkbox, in code and comments, too."""
    return len(list(islice(_boxes(lines), fewest))) == fewest


def _boxes(lines: Sequence[str]) -> Iterator[BoxLine]:
    """Return the first lines that look like a checkbox, at most `_MAX_LINES`."""
    count = 0
    for index, line in enumerate(lines):
        if count == _MAX_LINES:
            return
        match = _match(_plain(line[:_LINE_CHARACTERS]))
        if match is None:
            continue
        mark, text = match
        text = " ".join([text, *_continued(lines[index + 1 : index + 1 + _MORE_LINES])])[:_LINE_CHARACTERS]
        # `[x] = done` explains a sign; no box of a checklist is a single word.
        if len(text.split()) < 2 or text.startswith("="):
            continue
        count += 1
        yield BoxLine(text=text.strip(), ticked=_ticked(mark, text), line=index + 1)


def _plain(line: str) -> str:
    if ":" in line[:_START_CHARACTERS]:
        for code, sign in _SHORTCODES.items():
            line = line.replace(code, sign)
    return html.unescape(line) if "&" in line[:_START_CHARACTERS] else line


def _match(line: str) -> tuple[str, str] | None:
    """Return the mark and the text of a box, or None."""
    start = line[:_START_CHARACTERS]
    if "[" in start and (match := _BOX.match(line)):
        return match["mark"], match["text"]
    if match := _SIGN.match(line):
        return match["mark"], match["text"]
    if "<" in start and (match := _INPUT.match(line)) and "checkbox" in match["mark"].casefold():
        return "x" if "checked" in match["mark"].casefold() else "", match["text"]
    tail = line.rstrip(" \t|\ufe0f")[-10:]
    if (tail[-1:] == "]" or tail[-1:] in _SIGNS) and tail and (match := _LAST.fullmatch(line.rstrip())):
        return match["mark"].strip("[]"), match["text"]
    return None


def _ticked(mark: str, text: str) -> bool:
    mark = mark.replace("\ufe0f", "").strip(" \t*_~`'\".").casefold() or mark.strip()
    if not mark:
        # An empty bracket, and the tick beside it: `[ ] ✅ Create …`, `[ ] Create … ✅`.
        bare = text.replace("\ufe0f", "").strip(" \t|")
        return bool(bare) and (bare[0] in _TICK_SIGNS or bare[-1] in _TICK_SIGNS)
    if mark in _YES or mark[0] in _TICK_SIGNS:
        return True
    words = re.findall(r"[^\W_]+%?", mark)
    if not words or any(word in _NO or (word[0].isdigit() and word != "100%") for word in words):
        return False
    return "n/a" not in mark


def _continued(lines: Sequence[str]) -> list[str]:
    more = []
    for line in lines:
        if (
            not line.strip()
            or not line[0].isspace()
            or _NEW_ITEM.match(line[:60])
            or _match(line[:_LINE_CHARACTERS])
        ):
            break
        more.append(line[:_LINE_CHARACTERS].strip())
    return more
