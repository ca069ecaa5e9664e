"""Estimates the cost of a TOML text for tomllib before it is parsed, in one pass and linear time.

On each line, tomllib repeats work for each part of the key and of the table header above it: keys of many parts, long
headers above many lines and long names are quadratic, and each has many spellings (quotes, blanks between parts, inline
tables). So this module walks the tokens of the text as tomllib would, and counts the steps that it would take.
Up to the first error the walk sees the same tokens as tomllib; the rest is never parsed.
"""

from __future__ import annotations

import re

MAX_KEY_PARTS = 100
#: Maximum levels of tables and arrays, by headers, dotted keys and brackets together: readers of the data recurse.
MAX_DEPTH = 200
#: Maximum characters of one name in a key, and of a bare value: names are compared, and digits converted, repeatedly.
MAX_NAME = 1000
#: Maximum steps: a step is one visit of one part of a key. Files of people take less than 3 per character.
STEPS, STEPS_A_CHARACTER = 1_000_000, 8

#: A token of TOML; blanks lie between.
TOKEN = re.compile(
    r'''
    """(?:[^"\\]++|\\.|"(?!""))*+(?:"{3,5})?   # a text over several lines
    | \'{3}(?:[^']++|'(?!''))*+(?:'{3,5})?
    | "(?:[^"\\\n]++|\\[^\n])*+"?              # a text in one line, or a quoted name
    | '[^'\n]*+'?
    | \#[^\n]*+
    | [\n\[\]{},=.]
    | [^\s"'\#\[\]{},=.]++                     # a bare name or value
    ''',
    re.VERBOSE | re.DOTALL,
)


class TomlTooCostly(Exception):
    """tomllib would take more than linear time for the text; `at` is the offset of the cause."""

    def __init__(self, reason: str, at: int) -> None:
        super().__init__(reason)
        self.reason, self.at = reason, at


def check_toml_cost(text: str) -> None:
    """Refuse a TOML text that takes more than linear time or is nested too deep. Raises TomlTooCostly."""
    walk = _Walk(STEPS + STEPS_A_CHARACTER * len(text))
    for match in TOKEN.finditer(text):
        walk.at = match.start()
        walk.token(match[0])


class _Walk:
    """The state of the walk: in a key, a header or a value, below which header and inside which brackets."""

    def __init__(self, steps: int) -> None:
        self.at = 0
        self._left = steps
        #: Number of parts of the header above, and of the current or last key.
        self._header = 0
        self._parts = 1
        self._in_key = self._fresh = True
        self._in_header = False
        #: For every open bracket: whether it is an inline table, and the levels outside it.
        self._open: list[tuple[bool, int]] = []
        self._outside = 0

    def token(self, token: str) -> None:
        first = token[0]
        if first == "\n":
            if not self._open:
                self._new_line()
        elif first == "#":
            return
        elif first in ".=,":
            self._between(first)
        elif first in "[{":
            self._opens(first)
        elif first in "]}":
            if self._open and not self._in_header:
                self._outside = self._open.pop()[1]
                self._in_key = False
        elif len(token) > MAX_NAME and (self._in_key or first not in "\"'"):
            raise TomlTooCostly(f"a name or number of more than {MAX_NAME} characters", self.at)
        self._fresh = first == "\n" and not self._open

    def _new_line(self) -> None:
        if self._in_header:
            self._header = self._parts
            self._spend(self._parts * (self._parts + 2))
        self._outside = self._header
        self._parts, self._in_key, self._in_header = 1, True, False

    def _between(self, sign: str) -> None:
        if sign == "," and self._open:
            self._in_key = self._open[-1][0]
            self._parts = 1
        elif sign == "=" and self._in_key:
            above = 0 if self._open else self._header
            self._spend((self._parts + 2) * (self._parts + above))
            self._in_key = False
        elif sign == "." and self._in_key:
            self._parts += 1
            if self._parts > MAX_KEY_PARTS:
                raise TomlTooCostly(f"a key of more than {MAX_KEY_PARTS} parts", self.at)

    def _opens(self, bracket: str) -> None:
        if self._in_key and not self._open:
            self._in_header = self._in_header or self._fresh
            return
        levels = self._outside + 1 + (self._parts if not self._open or self._open[-1][0] else 0)
        if levels > MAX_DEPTH:
            raise TomlTooCostly(f"nested too deep: more than {MAX_DEPTH} levels", self.at)
        self._open.append((bracket == "{", self._outside))
        self._outside = levels
        self._in_key = bracket == "{"
        self._parts = 1

    def _spend(self, steps: int) -> None:
        self._left -= steps
        if self._left < 0:
            raise TomlTooCostly("too many keys of many parts below each other", self.at)
