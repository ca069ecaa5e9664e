"""What the output of a program says of the exception that ended it: the students' own lines, and what was said of it.

A traceback on stderr has frames of interpreters, drivers and libraries. Shown are those of the students' files, innermost first:
of an exception inside a library, the call of theirs that led there. The text is that of hostile code, so all of it is bounded
and searched in linear time.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass

from grader.repository.faults import Evidence

#: Frames that are shown, lines and characters of what the exception says.
MOST_FRAMES = 8
MOST_LINES = 6
MOST_SAID = 600
#: Characters of output that are searched.
MOST_OUTPUT = 200_000

_FRAME = re.compile(r'^ *File "([^"\n]{1,500})", line (\d{1,7})(?:, in [^\n]{1,200})?$')
#: Of rich, which Typer prints: `│ /work/train.py:12 in main   │` and, below, `│ ❱ 12   fail()   │`.
_RICH_FRAME = re.compile(r"^[│|\s]{0,4}(\S{1,500}\.py):(\d{1,7}) in \S")
_RICH_LINE = re.compile(r"^[│|\s]{0,6}❱ +\d+ *[│|]?(.*?)[│|]?\s*$")
_BEGINS = re.compile(r"Traceback \(most recent call last\)")
_CHAINED = (
    "The above exception was the direct cause of the following exception:",
    "During handling of the above exception, another exception occurred:",
)


@dataclass(frozen=True, kw_only=True)
class Raised:
    """An exception as a program printed it: the students' frames, innermost first, its message, and the place in a package."""

    frames: tuple[Evidence, ...]
    said: str
    inside: str


def raised_in(text: str, root: str) -> Raised | None:
    """Return the last exception that a program printed, or None; the students' files lie below `root`."""
    lines = text[-MOST_OUTPUT:].splitlines()
    blocks = _blocks(lines)
    if not blocks:
        return None
    end = _last_frame(lines, blocks[-1])
    frames = _frames(lines[blocks[-1] : end], root)
    first = len(blocks) - 1
    inside = _inside(lines[blocks[-1] : end], root)
    # What a library raises of an exception of the students' code: the frames of that, too.
    until = end
    while True:
        if _ends_in_own(lines[blocks[first] : until], root):
            inside = ""
            break
        between = lines[blocks[first - 1] : blocks[first]] if first else []
        until = blocks[first]
        if not any(line.strip() in _CHAINED for line in between):
            break
        first -= 1
        frames += [one for one in _frames(between, root) if one not in frames]
    own = [Evidence(path, line, said) for path, line, said in reversed(frames)]
    return Raised(
        frames=tuple(own[:MOST_FRAMES]),
        said="\n".join(_said(lines[end:]))[:MOST_SAID],
        inside=inside,
    )


def _blocks(lines: list[str]) -> list[int]:
    """Return where tracebacks begin; that of a syntax error may have no head."""
    found = [number for number, line in enumerate(lines) if _BEGINS.search(line)]
    if found:
        return found
    return [number for number, line in enumerate(lines) if _FRAME.match(line)][:1]


def _last_frame(lines: list[str], begin: int) -> int:
    """Return the line behind the frames of a traceback, where the exception's own words begin."""
    if "╭" in lines[begin]:
        ends = [number for number in range(begin, len(lines)) if lines[number].startswith("╰")]
        return ends[0] + 1 if ends else len(lines)
    number = begin + 1 if _BEGINS.search(lines[begin]) else begin
    while number < len(lines) and (not lines[number].strip() or lines[number].startswith((" ", "\t"))):
        number += 1
    return number


def _said(lines: list[str]) -> list[str]:
    """Return the words of an exception, without empty lines and the rule of a group's box."""
    return [line.rstrip() for line in lines if line.strip()][:MOST_LINES]


def _frames(lines: list[str], root: str) -> list[tuple[str, int, str]]:
    """Return path, line and statement of the students' frames, in the order in which they are printed."""
    found = []
    for number, line in enumerate(lines):
        match = _FRAME.match(line) or _RICH_FRAME.match(line)
        if match and (where := _place(match.group(1), root)):
            found.append((where, int(match.group(2)), _statement(lines[number + 1 : number + 20])))
    return found


def _inside(lines: list[str], root: str) -> str:
    """Return `path:line` of the innermost frame of an installed package behind all frames of the students."""
    for line in reversed(lines):
        if match := _FRAME.match(line) or _RICH_FRAME.match(line):
            if _place(match.group(1), root):
                break
            if "-packages" in match.group(1):
                return f"{match.group(1)}:{match.group(2)}"
    return ""


def _ends_in_own(lines: list[str], root: str) -> bool:
    """Return whether the innermost frame of a traceback is the students' own."""
    paths = [match.group(1) for line in lines if (match := _FRAME.match(line) or _RICH_FRAME.match(line))]
    return bool(paths) and bool(_place(paths[-1], root))


def _statement(lines: list[str]) -> str:
    """Return the statement below the line that names a frame."""
    if lines and not _FRAME.match(lines[0]) and lines[0].startswith("    "):
        return lines[0].strip()[:300]
    for line in lines:
        if _RICH_FRAME.match(line) or _FRAME.match(line):
            break
        if match := _RICH_LINE.match(line):
            return match.group(1).strip()[:300]
    return ""


def _place(path: str, root: str) -> str:
    """Return the path of a file of the students below `root`, or an empty string for all others."""
    if path.startswith("<"):
        return ""
    whole = os.path.normpath(os.path.join(root, path))
    if not whole.startswith(root.rstrip(os.sep) + os.sep):
        return ""
    where = os.path.relpath(whole, root).replace(os.sep, "/")
    return "" if re.search(r"(?:^|/)(?:site|dist)-packages/", where) else where
