"""Groups in TOML: a table each."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from grader.batch.groups.group_rows import RawRow, clean
from grader.errors import UsageError
from grader.parsing.plain_data import DataError, parse_toml

_KEYS = ("number", "name", "members", "repository")
_EXAMPLE = (
    'Write each group as `[[group]]` with `number = 7`, `members = ["s123456"]`, `repository = "owner/name"`.'
)
_HEADER = re.compile(r"^[ \t]*\[\[[ \t]*groups?[ \t]*\]\]", re.MULTILINE)


def read_group_toml(text: str, path: Path) -> list[RawRow]:
    """Return the tables `[[group]]` as rows.

    Raises:
        UsageError: it is no TOML, or holds no such table.
    """
    try:
        data = parse_toml(text)
    except DataError as problem:
        raise UsageError(f"{path} cannot be read: {problem}.", _EXAMPLE) from problem
    tables = data.get("group", data.get("groups"))
    if not isinstance(tables, list) or not tables:
        raise UsageError(f"{path} holds no group.", _EXAMPLE)
    # The parser tells no line: the headers do, where each group has one.
    lines = [text.count("\n", 0, found.end()) + 1 for found in _HEADER.finditer(text)]
    places = [f"line {line}" for line in lines] if len(lines) == len(tables) else []
    return [
        _row(table, places[number] if places else f"group {number + 1} of the list")
        for number, table in enumerate(tables)
    ]


def _row(table: Any, place: str) -> RawRow:
    if not isinstance(table, dict):
        return RawRow(place=place, problem="it is no table")
    unknown = sorted(set(table) - set(_KEYS))
    if unknown:
        return RawRow(place=place, problem=f"there is no key {unknown[0]!r}, only {', '.join(_KEYS)}")
    number, name, members, source = (table.get(key) for key in _KEYS)
    if number is not None and (isinstance(number, bool) or not isinstance(number, int)):
        return RawRow(place=place, problem="`number` is no whole number")
    if not isinstance(name, str | None) or not isinstance(source, str | None):
        return RawRow(place=place, problem="`name` or `repository` is no text")
    if members is not None and not (
        isinstance(members, list) and all(isinstance(one, str) for one in members)
    ):
        return RawRow(place=place, problem="`members` is no list of texts")
    group = str(number) if number is not None else clean(name or "")
    found = tuple(filter(None, (clean(one) for one in members or ())))
    return RawRow(place=place, group=group, members=found, source=clean(source or ""))
