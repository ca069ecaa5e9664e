"""Removes IPython's magics from a cell, so that the rest parses as Python."""

from __future__ import annotations

import re

_KEEPS_CODE = ("%%time", "%%timeit", "%%capture", "%%prun")
_MAGIC = re.compile(r"^(\s*)(?:[%!?].*|[\w.]+\?{1,2}\s*)$")
_ASSIGNED = re.compile(r"^(\s*[\w., ]+=\s*)[%!].*$")
_TOKEN = re.compile(r"\"\"\"|'''|\"(?:[^\"\\]|\\.)*+\"?|'(?:[^'\\]|\\.)*+'?|\#.*|[()\[\]{}]")


def without_magics(source: str) -> str:
    """Return a cell with `%magic`, `!command` and `name?` lines replaced by `pass`; other languages are commented out."""
    head = source.lstrip()
    if head.startswith("%%"):
        first, _, rest = head.partition("\n")
        # The rest may begin with another cell magic; a loop, not recursion, because a hostile cell has thousands.
        while first.split()[0] in _KEEPS_CODE and rest.lstrip().startswith("%%"):
            first, _, rest = rest.lstrip().partition("\n")
        if first.split()[0] not in _KEEPS_CODE:
            return "# " + first
        source = rest
    lines, depth, quote = [], 0, ""
    for line in source.split("\n"):
        if not depth and not quote:
            line = _replaced(line)
        depth, quote = _state_after(line, depth, quote)
        lines.append(line)
    return "\n".join(lines)


def _replaced(line: str) -> str:
    assigned = _ASSIGNED.match(line)
    return assigned.group(1) + "None" if assigned else _MAGIC.sub(r"\1pass", line)


def _state_after(line: str, depth: int, quote: str) -> tuple[int, str]:
    """Return the open brackets and the open triple quote after a line: a `%` within either is not a magic."""
    at = 0
    while at <= len(line):
        if quote:
            end = line.find(quote, at)
            if end < 0:
                return depth, quote
            at, quote = end + 3, ""
        match = _TOKEN.search(line, at)
        if match is None:
            break
        at = match.end()
        found = match.group()
        if found in ('"""', "'''"):
            quote = found
        elif found in "([{":
            depth += 1
        elif found in ")]}":
            depth = max(0, depth - 1)
    return depth, quote
