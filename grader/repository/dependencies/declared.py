"""What the readers of dependency files share: the types that they yield, and the line of an entry."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cached_property
from typing import Any, Literal, NamedTuple

from grader.parsing.plain_shapes import listed
from grader.repository.dependencies.requirement import Dependency, address, is_address, is_valid, parse, shown
from grader.repository.faults import SubmissionFault, evidence

#: Maximum number of entries of one table: the text is searched for the line of each.
MAX_ENTRIES = 2_000
#: Maximum number of characters searched for line numbers, for all lines of a text together.
MAX_SEARCHED = 256 * 1024 * 1024
_KEY = re.compile(r"""^[ \t]*["']?([\w.-]+)["']?[ \t]*=""", re.MULTILINE)


class Note(NamedTuple):
    """A statement of a dependency file that is not a dependency.

    own: the name of the project itself. include, constraint: another requirements file, relative to this one.
    broken: an entry that no tool would accept, as a message. unread: an entry that is not followed, and why (`reason`).
    tool: Python or an installer, which make an environment and are none of its dependencies.
    """

    kind: Literal["own", "include", "constraint", "broken", "unread", "tool"]
    text: str
    path: str
    line: int | None = None
    reason: str = ""


#: Reads the text of a file; the second argument is its path. Raises SubmissionFault if the text has another format.
Reader = Callable[[str, str], Iterator[Dependency | Note]]


class Lines:
    """Finds the line of an entry in a text, because parsers of data keep no line numbers."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._left = MAX_SEARCHED
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def of(self, needle: str) -> int | None:
        """Return the first line that contains `needle`; None if there is none, or if the search limit is reached."""
        if self._left < 0:
            return None
        at = self._text.find(needle)
        self._left -= len(self._text) if at < 0 else at
        return None if at < 0 else bisect_right(self._starts, at)

    def key(self, name: str) -> int | None:
        """Return the first line that gives `name` a value, or has it at the end of a table's header."""
        found = self._keys.get(name)
        if found is None:
            return self.of(f".{name}]") or self.of(name)
        return found

    @cached_property
    def _keys(self) -> dict[str, int]:
        found: dict[str, int] = {}
        for match in _KEY.finditer(self._text):
            found.setdefault(match.group(1), bisect_right(self._starts, match.start(1)))
        return found


def broken(path: str, line: int | None, what: str) -> Note:
    """Return a note on what is wrong with a file, and where."""
    return Note("broken", f"{path}, line {line}: {what}." if line else f"{path}: {what}.", path, line)


def fault(note: Note) -> SubmissionFault:
    """Return the fault that a note of kind `broken` describes."""
    return SubmissionFault(note.text, evidence(note.path, note.line))


def several(
    items: Any, path: str, lines: Lines, group: str = "", *, where: str = "", extra: bool = False
) -> Iterator[Dependency | Note]:
    """Yield the requirements of a list; `where` is the optional name of the list, and makes malformed entries broken."""
    if items is not None and not isinstance(items, list) and where:
        last = where.rpartition(".")[2]
        yield broken(path, lines.key(last), f"`{where}` is not a list of requirements")
    for item in listed(items)[:MAX_ENTRIES]:
        if not isinstance(item, str):
            if where and not (isinstance(item, dict) and "include-group" in item):
                at = lines.key(where.rpartition(".")[2])
                yield broken(path, at, f"`{where}` holds something that is no requirement")
            continue
        if not item.strip():
            continue
        line = lines.of(item)
        if where and not is_valid(item):
            yield broken(path, line, f"`{shown(item)}` in `{where}` is not a valid requirement")
        found = parse(item, path, line, group)
        if found:
            yield replace(found, extra=extra)
        elif is_address(item):
            yield replace(address(item, path, line, group), extra=extra)
        else:
            yield Note("unread", item, path, line, "not a requirement by PEP 508")
