"""`overrides.toml`: read whole or not at all. Every mistake is named with its line, and nothing is passed over."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from grader.errors import UsageError, path_error
from grader.parsing.plain_data import DataError, parse_toml
from grader.parsing.toml_lines import TableLines, array_lines
from grader.results import Override, OverrideTarget, TargetKind

#: A file of this size has tens of thousands of entries.
MAX_BYTES = 8 * 1024 * 1024
#: Characters of a text of an entry: what reports show whole.
MAX_TEXT = 4000

_TABLE = "override"
_KINDS: tuple[TargetKind, ...] = ("check", "question", "box", "statement")
_CHECKS = ("passed", "partial", "failed", "not_applicable")
_WHOLE = ("passed", "partial", "failed")
#: What a person can say of a target. Blocked, timed out and in error is what becomes of a machine.
VERDICTS: dict[TargetKind, tuple[str, ...]] = {
    "check": _CHECKS,
    "question": _WHOLE,
    "group": _WHOLE,
    "box": ("supported", "unsupported", "undetermined"),
    "statement": ("supported", "contradicted", "undetermined"),
}
_KEYS = ("group", *_KINDS, "seen", "verdict", "points", "comment", "by", "date", "reason")
_ADVICE = "Nothing was applied."


@dataclass(frozen=True, kw_only=True)
class OverridesFile:
    """The entries of an `overrides.toml`, in its order; `name` is that of the file."""

    name: str
    entries: tuple[Override, ...]


def read_overrides(path: Path) -> OverridesFile:
    """Read an `overrides.toml`.

    Raises:
        UsageError: it cannot be read, or anything in it is wrong: each mistake with its line.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        text = data.decode("utf-8-sig")
    except OSError as problem:
        raise path_error(path, problem) from problem
    except UnicodeDecodeError as problem:
        line = data.count(b"\n", 0, problem.start) + 1
        raise UsageError(f"{path}: line {line}: not UTF-8.", _ADVICE) from problem
    if len(data) > MAX_BYTES:
        raise UsageError(f"{path} is larger than {MAX_BYTES // 2**20} MiB.", "Is it the right file?")
    return parse_overrides(text, name=str(path))


def parse_overrides(text: str, *, name: str) -> OverridesFile:
    """Return the entries of a text.

    Raises:
        UsageError: it is not TOML, or anything in it is wrong: each mistake with its line.
    """
    try:
        data = parse_toml(text)
    except DataError as problem:
        raise UsageError(f"{name}: {problem}.", _ADVICE) from problem
    mistakes = [
        f"unknown key {_shown(key)} at the top: entries begin with [[{_TABLE}]]"
        for key in data
        if key != _TABLE
    ]
    tables = data.get(_TABLE, [])
    if not isinstance(tables, list):
        mistakes.append(f"`{_TABLE}` is no list of tables: an entry begins with [[{_TABLE}]]")
        tables = []
    places = array_lines(text, _TABLE)
    entries: list[Override] = []
    for number, table in enumerate(tables):
        place = places[number] if len(places) == len(tables) else TableLines(line=0)
        entry = _Entry(table if isinstance(table, dict) else {}, place, number + 1)
        found = [said for _, said in sorted(entry.mistakes())]
        mistakes += found
        if not found:
            entries.append(entry.override())
    mistakes += _twice(entries)
    if mistakes:
        raise UsageError(f"{name}: {'; '.join(mistakes)}.", _ADVICE)
    return OverridesFile(name=name, entries=tuple(entries))


def _twice(entries: list[Override]) -> Iterator[str]:
    first: dict[tuple[str, OverrideTarget, str], Override] = {}
    for one in entries:
        before = first.setdefault((one.group, one.target, one.seen), one)
        if before is not one:
            yield f"lines {before.line} and {one.line} both judge {one.target.name} of {_shown(one.group)}"


class _Entry:
    """One `[[override]]`, and what is wrong with it."""

    def __init__(self, table: dict[str, Any], place: TableLines, number: int) -> None:
        self._table, self._place, self._number = table, place, number
        self._kinds = [kind for kind in _KINDS if kind in table]
        self._kind: TargetKind = self._kinds[0] if self._kinds else "group"

    def mistakes(self) -> Iterator[tuple[int, str]]:
        """Yield what is wrong, each with its line."""
        for key in self._table:
            if key not in _KEYS:
                near = get_close_matches(key, _KEYS, 1)
                yield self._at(
                    key, f"unknown key {_shown(key)}" + (f", did you mean `{near[0]}`?" if near else "")
                )
        for key in ("group", "seen", "by", "reason"):
            yield from self._text(key, required=True)
        yield from self._text("comment", required=False)
        yield from self._target()
        yield from self._date()
        yield from self._decision()

    def override(self) -> Override:
        """Return the entry, of which nothing is wrong."""
        table = self._table
        points = table.get("points")
        return Override(
            group=table["group"].strip(),
            target=OverrideTarget(kind=self._kind, id=str(table[self._kind]).strip() if self._kinds else ""),
            seen=table["seen"].strip(),
            verdict=table.get("verdict"),
            points=None if points is None else float(points),
            comment=table.get("comment", "").strip(),
            by=table["by"].strip(),
            date=table["date"],
            reason=table["reason"].strip(),
            line=self._place.line,
        )

    def _target(self) -> Iterator[tuple[int, str]]:
        if len(self._kinds) > 1:
            yield self._at(
                self._kinds[1], f"two targets, `{self._kinds[0]}` and `{self._kinds[1]}`: one entry each"
            )
            return
        for kind in self._kinds:
            name = self._table[kind]
            if kind == "question":
                if isinstance(name, bool) or not isinstance(name, int):
                    yield self._at(kind, "`question` is no number")
            else:
                yield from self._text(kind, required=True)

    def _date(self) -> Iterator[tuple[int, str]]:
        said = self._table.get("date")
        if said is None:
            yield self._at("", "`date` is missing: `date = 2026-01-24`")
        elif not isinstance(said, date) or isinstance(said, datetime):
            yield self._at("date", "`date` is no date: `date = 2026-01-24`, without quotes and time")

    def _decision(self) -> Iterator[tuple[int, str]]:
        table, known = self._table, VERDICTS[self._kind]
        if not {"verdict", "points", "comment"} & set(table):
            yield self._at("", "it decides nothing: add `verdict`, `points` or `comment`")
        verdict, points = table.get("verdict"), table.get("points")
        if "verdict" in table and verdict not in known:
            yield self._at("verdict", f"a {self._kind} is {', '.join(known)}, not {_shown(str(verdict))}")
        if verdict == "partial" and self._kind == "check" and points is None:
            yield self._at("verdict", "a check that is partly passed needs `points`")
        if points is not None:
            number = isinstance(points, (int, float)) and not isinstance(points, bool)
            if not number or not math.isfinite(points) or abs(points) > 1e6:
                yield self._at("points", "`points` is no number")
            elif points < 0 and self._kind in ("check", "group"):
                yield self._at("points", f"`points` of a {self._kind} are below zero")

    def _text(self, key: str, *, required: bool) -> Iterator[tuple[int, str]]:
        said = self._table.get(key)
        if said is None:
            if required:
                advice = ": `grader override` prints it" if key == "seen" else ""
                yield self._at("", f"`{key}` is missing{advice}")
        elif not isinstance(said, str):
            yield self._at(key, f"`{key}` is no text")
        elif not said.strip():
            yield self._at(key, f"`{key}` is empty")
        elif len(said) > MAX_TEXT:
            yield self._at(key, f"`{key}` has more than {MAX_TEXT} characters")

    def _at(self, key: str, what: str) -> tuple[int, str]:
        line = self._place.keys.get(key, self._place.line)
        return line, f"line {line}: {what}" if line else f"entry {self._number}: {what}"


def _shown(text: str) -> str:
    return repr(text if len(text) <= 80 else f"{text[:80]}…")
