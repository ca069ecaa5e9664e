"""The rules of Makefiles and the recipes of justfiles: names, what they need, and their commands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from grader.repository.commands.shell_command import ShellCommand, parsed, tolerant
from grader.repository.parsed_view import ParsedView

MAKEFILES = ("**/Makefile", "**/makefile", "**/GNUmakefile", "**/*.mk")
JUSTFILES = ("**/justfile", "**/Justfile", "**/.justfile", "**/*.just")
MAX_EXPANSIONS = 8
MAX_PATTERNS = 50
_SET = re.compile(
    r"(?:export\s+|override\s+)?([A-Za-z_.][\w.-]{0,60})\s{0,20}(?:[?:!+]|::)?=[ \t]{0,20}(.{0,300})$"
)
_RULE = re.compile(r"([^\s:=#][^:=#]{0,300}?)\s{0,20}::?(?!=)([^;]{0,1000})(?:;(.{0,1000}))?$")
_JUST_SET = re.compile(r"(?:export\s+)?([A-Za-z_][\w-]{0,60})\s{0,20}:=\s{0,20}(?:\"([^\"]*)\"|'([^']*)')")
_JUST_RULE = re.compile(r"@?([A-Za-z_][\w-]{0,80})(?:\s[^:]{0,300})?\s{0,20}:(?!=)([^#]{0,500})")
_ALIAS = re.compile(r"alias\s+([\w-]{1,80})\s{0,20}:=\s{0,20}([\w-]{1,80})")
_DEFINE = re.compile(r"define\s+([A-Za-z_][\w.-]{0,60})")
_CALL = re.compile(r"\$[({]call\s+([A-Za-z_]\w{0,60})((?:,[^(){},]{0,200}){0,9})[)}]")
_VARIABLE = re.compile(r"\$[({]([A-Za-z_]\w{0,60})[)}]|\{\{\s{0,9}([A-Za-z_][\w-]{0,60})\s{0,9}\}\}")


@dataclass
class MakeRule:
    """A rule: the names of its targets, those that it needs, and its commands."""

    names: list[str]
    needs: list[str]
    line: int
    commands: list[ShellCommand] = field(default_factory=list)


def rules(view: ParsedView, path: str, given: dict[str, str] | None = None) -> list[MakeRule]:
    """Return the rules of a file; `given` are variables of the command line."""
    text = tolerant(view.text, path) or ""
    if "just" in path.lower().rpartition("/")[2]:
        return list(_just(text, path))
    return list(_make(text, path, given or {}))


def wanted(found: list[MakeRule], names: list[str]) -> list[ShellCommand]:
    """Return the commands of the named rules and of what they need; of the first rule if none is named."""
    names = names or _default(found)
    patterns = [rule for rule in found if any("%" in name for name in rule.names)][:MAX_PATTERNS]
    own: dict[str, list[MakeRule]] = {}
    for rule in found:
        for name in rule.names:
            own.setdefault(name, []).append(rule)
    seen: set[str] = set()
    chosen: set[int] = set()
    todo = list(names)
    while todo:
        name = todo.pop()
        if name in seen:
            continue
        seen.add(name)
        for rule in own.get(name) or [rule for rule in patterns if _fits(rule, name)]:
            chosen.add(id(rule))
            todo += rule.needs
    return [command for rule in found if id(rule) in chosen for command in rule.commands]


def _fits(rule: MakeRule, name: str) -> bool:
    return any("%" in one and fnmatchcase(name, one.replace("%", "*")) for one in rule.names)


def _default(found: list[MakeRule]) -> list[str]:
    goal = next((rule.needs for rule in found if rule.names == [".DEFAULT_GOAL"]), None)
    first = [name for rule in found for name in rule.names if not name.startswith(".") and "%" not in name]
    return goal or first[:1]


def _logical(text: str) -> Iterator[tuple[int, str]]:
    """Yield lines with continuations joined."""
    start, parts = 1, []
    for number, line in enumerate(text.split("\n")[:5_000], start=1):
        parts.append(line[:10_000])
        if line.endswith("\\") and len(parts) < 200:
            continue
        # What goes on in a recipe is a line of its shell.
        yield (
            start,
            "\n".join(parts)
            if parts[0].startswith(("\t", " "))
            else " ".join(part.rstrip("\\") for part in parts),
        )
        start, parts = number + 1, []


def _make(text: str, path: str, given: dict[str, str]) -> Iterator[MakeRule]:
    variables = {"MAKE": "make", "SHELL": "sh"}
    rule: MakeRule | None = None
    defined = ""
    for line, logical in _logical(text):
        # `define name`, its lines, `endef`
        if defined:
            if logical.strip() == "endef":
                defined = ""
            else:
                variables[defined] = f"{variables[defined]}\n{logical.strip()}".strip()
            continue
        if match := _DEFINE.match(logical):
            defined = match[1]
            variables[defined] = ""
            continue
        if logical.startswith("\t"):
            if rule:
                rule.commands += _recipe(logical, path, line, "makefile", variables | given)
            continue
        logical = logical.partition("#")[0].rstrip()
        if match := _SET.match(logical):
            variables[match[1]] = match[2].strip()
            if match[1] == ".DEFAULT_GOAL":
                yield MakeRule([match[1]], match[2].split(), line)
        elif match := _RULE.match(logical):
            if rule:
                yield rule
            needs = _expanded(match[2], variables | given).split()
            # `target: NAME = value` sets a variable for the target.
            needs = [] if any("=" in need for need in needs) else [need for need in needs if need != "|"]
            rule = MakeRule(_expanded(match[1], variables | given).split(), needs, line)
            if match[3]:
                rule.commands += _recipe(match[3], path, line, "makefile", variables | given)
    if rule:
        yield rule


def _just(text: str, path: str) -> Iterator[MakeRule]:
    variables: dict[str, str] = {}
    rule: MakeRule | None = None
    for line, logical in _logical(text):
        if logical.startswith((" ", "\t")):
            if rule:
                rule.commands += _recipe(logical, path, line, "justfile", variables)
        elif match := _JUST_SET.match(logical):
            variables[match[1]] = match[2] or match[3] or ""
        elif match := _ALIAS.match(logical):
            yield MakeRule([match[1]], [match[2]], line)
        elif match := _JUST_RULE.match(logical):
            if rule:
                yield rule
            rule = MakeRule([match[1]], re.findall(r"[A-Za-z_][\w-]{0,80}", match[2]), line)
    if rule:
        yield rule


def _recipe(
    text: str, path: str, line: int, source: str, variables: dict[str, str]
) -> Iterator[ShellCommand]:
    plain = text.strip().lstrip("@-+ ")
    forgiven = "-" in text.strip()[: len(text.strip()) - len(plain)]
    for one in parsed(_expanded(plain, variables).replace("$$", "$"), source, path, line):
        yield ShellCommand(one.words, source, path, one.line, one.folder, one.forgiven or forgiven)


def _expanded(text: str, variables: dict[str, str]) -> str:
    def value(match: re.Match[str]) -> str:
        return variables.get(match[1] or match[2], match.group())[:300]

    def called(match: re.Match[str]) -> str:
        text = variables.get(match[1], match.group())[:300]
        for at, word in enumerate(match[2].split(",")[1:], start=1):
            text = text.replace(f"$({at})", word.strip()).replace(f"${{{at}}}", word.strip())
        return text

    for _ in range(MAX_EXPANSIONS):
        before = text
        text = _CALL.sub(called, _VARIABLE.sub(value, text[:10_000]))
        if text == before:
            break
    return text
