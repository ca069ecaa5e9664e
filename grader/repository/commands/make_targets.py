"""The targets of Makefiles and recipes of justfiles, and whether there may be others. make is never run."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from grader.repository.faults import Evidence, SubmissionFault, evidence
from grader.repository.parsed_view import ParsedView

MAX_TARGETS = 300
MAX_FILES = 100
_MAX_LINES = 5_000
_MAX_LINE = 2_000
_MAKEFILES = ("**/Makefile", "**/makefile", "**/GNUmakefile", "**/*.mk")
_JUSTFILES = ("**/justfile", "**/Justfile", "**/.justfile")
_VARIABLE = re.compile(r"(?:(?:export|override|private)[ ]+)*([\w.-]{1,80})[ ]*(?:[:?+!]|:{2,3})?=[ ]*(.*)")
_INCLUDE = re.compile(r"([-s]?)include[ ]+(.*)")
_RULE = re.compile(r"([^:=#]+?)[ ]*&?::?(?!=)")
_CALL = re.compile(r"\$[({][^(){}]*[)}]")
_REFERENCE = re.compile(r"\$[({]([\w.-]{1,80})[)}]")
_CONDITION = re.compile(r"(?:ifeq|ifneq|ifdef|ifndef|else|endif|endef|vpath|undefine|unexport)\b")
_SAYS = re.compile(r"\$[({](?:info|warning|error)\b")
_RECIPE = re.compile(r"@?([A-Za-z_][\w-]{0,80})(?:[ ][^:=]{0,200})?:(?!=)|alias[ ]+([\w-]{1,80})[ ]*:=")


@dataclass
class _MakeReading:
    """What has been read so far: targets (patterns keep their `%`), variables, files that were included."""

    targets: dict[str, None] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    included: list[str] = field(default_factory=list)
    unread: Evidence | None = None


def make_targets(view: ParsedView) -> tuple[list[str], Evidence | None]:
    """Return the targets (patterns such as `%-data` too) and recipes, and the first place that may add targets unread."""
    found = _MakeReading()
    todo = list(view.files(*_MAKEFILES))
    seen: set[str] = set()
    while todo and len(seen) < MAX_FILES:
        path = todo.pop(0)
        if path not in seen:
            seen.add(path)
            for number, line in _logical_lines(view, path):
                _read(view, path, number, line, found)
            todo += found.included
    for path in view.files(*_JUSTFILES):
        for _, line in _logical_lines(view, path):
            match = _RECIPE.match(line)
            if match:
                found.targets.setdefault(match[1] or match[2])
    return list(found.targets)[:MAX_TARGETS], found.unread


def is_target(name: str, targets: tuple[str, ...]) -> bool:
    """Return whether a name is a target, or fits the pattern of one."""
    for target in targets:
        before, percent, after = target.partition("%")
        fits = name.startswith(before) and name.endswith(after) and len(name) > len(before) + len(after)
        if name == target or (percent and fits):
            return True
    return False


def _logical_lines(view: ParsedView, path: str) -> Iterator[tuple[int, str]]:
    """Yield lines outside recipes and definitions, continued ones joined, without comments."""
    try:
        lines = view.lines(path)[:_MAX_LINES]
    except SubmissionFault:
        return
    joined, start, defining = "", 0, False
    for number, line in enumerate(lines, 1):
        start = start if joined else number
        joined = f"{joined}{line}"[:_MAX_LINE]
        if joined.endswith("\\"):
            joined = f"{joined[:-1]} "
            continue
        defining = joined.startswith("define ") or (defining and not joined.startswith("endef"))
        if not defining and not joined.startswith("\t"):
            yield start, joined.partition("#")[0].strip().replace("\t", " ")
        joined = ""


def _read(view: ParsedView, path: str, number: int, line: str, found: _MakeReading) -> None:
    if not line or _CONDITION.match(line) or _SAYS.match(line):
        return
    if variable := _VARIABLE.fullmatch(line):
        found.variables.setdefault(variable[1], variable[2])
        return
    known = _expanded(line, found.variables)
    unread = False
    if include := _INCLUDE.fullmatch(known):
        for name in include[2].split():
            places = [
                posixpath.normpath(posixpath.join(posixpath.dirname(path), name)),
                posixpath.normpath(name),
            ]
            exists = [place for place in places if view.exists(place)]
            found.included += exists[:1]
            # `-include .env` is for what may be there on some machines.
            unread = unread or (not exists and ("$" in name or not include[1]))
    elif rule := _RULE.match(_shortened(known)):
        names = rule[1].split()
        # A name is computed (one with a slash is no word that a person asks for), or any name will do.
        anything = {".DEFAULT", "%"}.intersection(names)
        unread = bool(anything) or any("$" in name and "/" not in name for name in names)
        found.targets |= dict.fromkeys(
            name for name in names if not name.startswith(".") and "$" not in name and name != "%"
        )
    else:
        # `$(eval …)` and its like write rules.
        unread = known.startswith("$")
    if unread and found.unread is None:
        found.unread = evidence(path, number, line)


def _shortened(line: str) -> str:
    """Return a line with every `$(…)` as a single `$`."""
    for _ in range(4):
        line = _CALL.sub("$", line)
    return line


def _expanded(line: str, variables: dict[str, str]) -> str:
    """Return a line with the variables that are known, within each other up to a depth."""
    for _ in range(4):
        line = _REFERENCE.sub(lambda match: variables.get(match[1], match[0]), line)[:_MAX_LINE]
    return line
