"""A table of groups: columns by their headings, in any order, or by position where there is no header."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from grader.batch.groups.group_columns import GroupColumns, Role
from grader.batch.groups.group_rows import RawRow, clean
from grader.errors import UsageError

_DELIMITERS = ",;\t"


def looks_like_a_table(text: str, columns: GroupColumns) -> bool:
    """Return whether the first line is a header, or a row in the course's own order."""
    _, first = next(_cells(text), (0, []))
    return len(first) > 1 and (_roles(first, columns) is not None or _fits(first, columns))


def read_table(text: str, path: Path, columns: GroupColumns) -> list[RawRow]:
    """Return the rows of a table; one that has no cell is none.

    Raises:
        UsageError: no column says what it holds.
    """
    rows = _cells(text)
    number, first = next(rows, (0, []))
    roles = _roles(first, columns)
    found = []
    if roles is None:
        if not _fits(first, columns):
            raise UsageError(
                f"{path}, line {number or 1}: no column is a repository: {', '.join(first)[:200] or 'the file is empty'}.",
                f"Name the columns in the first line: {_example(columns)}.",
            )
        roles = list(columns.order)
        found.append(_row(number, first, roles))
    found += [_row(line, cells, roles) for line, cells in rows]
    return found


def _row(line: int, cells: list[str], roles: list[Role | None] | list[Role]) -> RawRow:
    place = f"line {line}"
    held: dict[str, list[str]] = {"number": [], "member": [], "repository": []}
    for cell, role in zip(cells, roles, strict=False):
        if role is not None:
            held[role].append(cell)
    problem = ""
    if any(cells[len(roles) :]):
        problem = f"it has {len(cells)} cells, and there are {len(roles)} columns"
    return RawRow(
        place=place,
        group=" ".join(held["number"]),
        members=tuple(filter(None, held["member"])),
        source=next(filter(None, held["repository"]), ""),
        problem=problem,
    )


def _roles(cells: list[str], columns: GroupColumns) -> list[Role | None] | None:
    """Return what each column holds, if this is a header: one of them is the repository."""
    roles = [columns.role(cell) for cell in cells]
    return roles if "repository" in roles else None


def _fits(cells: list[str], columns: GroupColumns) -> bool:
    """Return whether a row without a header is in the course's own order."""
    return (
        bool(columns.order)
        and len(cells) == len(columns.order)
        and cells[columns.order.index("number")].isdigit()
    )


def _cells(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows that have a cell, each with the line on which it begins."""
    lines = text.splitlines(keepends=True)
    head = next((line for line in lines if line.strip()), "")
    delimiter = max(_DELIMITERS, key=head.count)
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as problem:
            # What is too long for a cell is no row, and its text is nobody's business.
            yield line, [f"({problem})"]
            continue
        cells = [clean(cell) for cell in cells]
        if any(cells):
            yield line, cells


def _example(columns: GroupColumns) -> str:
    names = {"number": columns.number, "member": columns.members, "repository": columns.repository}
    return (
        ", ".join(chosen[0] for chosen in names.values() if chosen)
        or "group, student 1, student 2, repository"
    )
