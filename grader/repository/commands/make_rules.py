"""The rules of Makefiles and the recipes of justfiles: names, what they need, and their commands. make is never run.

`rules` reads one file for its commands; `make_targets` reads all of them for what can be asked for.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from grader.repository.commands.shell_command import ShellCommand, parsed
from grader.repository.faults import Evidence, evidence, tolerant
from grader.repository.parsed_view import ParsedView

MAKEFILES = ("**/Makefile", "**/makefile", "**/GNUmakefile", "**/*.mk")
JUSTFILES = ("**/justfile", "**/Justfile", "**/.justfile", "**/*.just")
MAX_TARGETS = 300
MAX_FILES = 100
MAX_EXPANSIONS = 8
MAX_PATTERNS = 50
#: Maximum length of a line outside recipes, of a recipe's line, and of a variable's value in one.
_MAX_LINE = 2_000
_MAX_RECIPE = 10_000
_MAX_VALUE = 300
_GOAL = ".DEFAULT_GOAL"
_SET = re.compile(r"(?:(?:export|override|private)[ ]+)*([\w.-]{1,80})[ ]*([:?+!]|:{2,3})?=[ ]*(.*)")
_INCLUDE = re.compile(r"([-s]?)include[ ]+(.*)")
_RULE = re.compile(r"([^:=#]+?)[ ]*&?::?(?!=)(.*)")
_CALL = re.compile(r"\$[({][^(){}]*[)}]")
_DEFINE = re.compile(r"define\s+([\w.-]{1,80})[^\n]{0,20}\n(.*)", re.DOTALL)
#: `$(call name,word)`
_CALLED = re.compile(r"\$[({]call\s+([A-Za-z_][\w.-]{0,60})((?:,[^(){},]{0,200}){0,9})[)}]")
_CONDITION = re.compile(r"(?:ifeq|ifneq|ifdef|ifndef|else|endif|endef|vpath|undefine|unexport)\b")
_SAYS = re.compile(r"\$[({](?:info|warning|error)\b")
_JUST_SET = re.compile(r"(?:export\s+)?([A-Za-z_][\w-]{0,60})\s{0,20}:=\s{0,20}(?:\"([^\"]*)\"|'([^']*)')")
_JUST_RULE = re.compile(r"@?([A-Za-z_][\w-]{0,80})(?:\s[^:]{0,300})?\s{0,20}:(?!=)([^#]{0,500})")
_ALIAS = re.compile(r"alias\s+([\w-]{1,80})\s{0,20}:=\s{0,20}([\w-]{1,80})")
_REFERENCE = re.compile(r"\$[({]([\w.-]{1,80})[)}]|\{\{\s{0,9}([A-Za-z_][\w-]{0,60})\s{0,9}\}\}")


@dataclass
class MakeRule:
    """A rule: the names of its targets, those that it needs, and its commands."""

    names: list[str]
    needs: list[str]
    line: int
    commands: list[ShellCommand] = field(default_factory=list)


class _MakeReading:
    """What has been read so far: rules, variables, files that were included, and the first place that may add rules unread.

    `given` are variables of the command line, which no file changes.
    """

    def __init__(self, view: ParsedView, given: dict[str, str] | None = None) -> None:
        self.view, self.given = view, given or {}
        self.variables = {"MAKE": "make", "SHELL": "sh"} | self.given
        self.rules: list[MakeRule] = []
        #: The rule to which the recipes that follow belong.
        self.rule: MakeRule | None = None
        self.included: list[str] = []
        self.unread: Evidence | None = None

    def read(self, path: str) -> None:
        """Read a file; one that cannot be read has no rules."""
        is_just = "just" in path.lower().rpartition("/")[2]
        lines = tolerant(self.view.lines, path) or []
        self.rule = None
        for number, line in _logical(lines) if is_just else _make_lines(lines):
            if line.startswith((" ", "\t") if is_just else "\t"):
                self._recipe(line, path, number, "justfile" if is_just else "makefile")
            elif is_just:
                self._just_line(line, number)
            elif line:
                self._make_line(line, path, number)

    def _begin(self, rule: MakeRule) -> None:
        self.rule = rule
        self.rules.append(rule)

    def _just_line(self, line: str, number: int) -> None:
        if match := _JUST_SET.match(line):
            self._set(match[1], "", match[2] or match[3] or "")
        elif match := _ALIAS.match(line):
            self.rules.append(MakeRule([match[1]], [match[2]], number))
        elif match := _JUST_RULE.match(line):
            self._begin(MakeRule([match[1]], re.findall(r"[A-Za-z_][\w-]{0,80}", match[2]), number))

    def _make_line(self, line: str, path: str, number: int) -> None:
        if defined := _DEFINE.match(line):
            self._set(defined[1], "", defined[2].strip())
            return
        if _CONDITION.match(line) or _SAYS.match(line):
            return
        if match := _SET.fullmatch(line):
            self._set(match[1], match[2] or "", match[3])
            if match[1] == _GOAL:
                self.rules.append(MakeRule([_GOAL], match[3].split(), number))
            return
        head, inline, recipe = line.partition(";")
        known = _expanded(head, self.variables, _MAX_LINE, _MAX_LINE)
        if include := _INCLUDE.fullmatch(known):
            is_unread = not self._include(include[2].split(), path, optional=bool(include[1]))
        elif rule := _RULE.match(_shortened(known)):
            names, needs = rule[1].split(), rule[2].split()
            # `target: NAME = value` sets a variable for the target.
            needs = [] if any("=" in need for need in needs) else [need for need in needs if need != "|"]
            self._begin(MakeRule(names, needs, number))
            if inline:
                self._recipe(recipe, path, number, "makefile")
            # A name is computed (one with a slash is no word that a person asks for), or any name will do.
            is_unread = any(name in (".DEFAULT", "%") or ("$" in name and "/" not in name) for name in names)
        else:
            # `$(eval …)` and its like write rules.
            is_unread = known.startswith("$")
        if is_unread and self.unread is None:
            self.unread = evidence(path, number, line)

    def _set(self, name: str, operator: str, value: str) -> None:
        if name in self.given or (operator == "?" and name in self.variables):
            return
        before = self.variables.get(name, "") if operator == "+" else ""
        self.variables[name] = f"{before} {value}".strip()[:_MAX_LINE]

    def _include(self, names: list[str], path: str, *, optional: bool) -> bool:
        """Add the files that an `include` names; return whether they are known."""
        known = True
        for name in names:
            places = (posixpath.join(posixpath.dirname(path), name), name)
            exists = [place for place in map(posixpath.normpath, places) if self.view.exists(place)]
            self.included += exists[:1]
            # `-include .env` is for what may be there on some machines.
            known = known and (bool(exists) or ("$" not in name and optional))
        return known

    def _recipe(self, text: str, path: str, line: int, source: str) -> None:
        """Add the commands of a recipe's line to its rule."""
        if self.rule is None:
            return
        plain = text.strip().lstrip("@-+ ")
        forgiven = "-" in text.strip()[: len(text.strip()) - len(plain)]
        written = _expanded(plain, self.variables, _MAX_VALUE, _MAX_RECIPE).replace("$$", "$")
        self.rule.commands += [
            ShellCommand(one.words, source, path, one.line, one.folder, one.forgiven or forgiven, one.given)
            for one in parsed(written, source, path, line)
        ]


def rules(view: ParsedView, path: str, given: dict[str, str] | None = None) -> list[MakeRule]:
    """Return the rules of a file; `given` are variables of the command line."""
    found = _MakeReading(view, given)
    found.read(path)
    return found.rules


def make_targets(view: ParsedView) -> tuple[list[str], Evidence | None]:
    """Return the targets (patterns such as `%-data` too) and recipes, and the first place that may add targets unread."""
    found = _MakeReading(view)
    todo = list(view.files(*MAKEFILES))
    seen: set[str] = set()
    while todo and len(seen) < MAX_FILES:
        path = todo.pop(0)
        if path not in seen:
            seen.add(path)
            found.read(path)
            todo += found.included
    for path in view.files(*JUSTFILES):
        found.read(path)
    names = dict.fromkeys(name for rule in found.rules for name in rule.names)
    askable = [name for name in names if not name.startswith(".") and "$" not in name and name != "%"]
    return askable[:MAX_TARGETS], found.unread


def is_target(name: str, targets: tuple[str, ...]) -> bool:
    """Return whether a name is a target, or fits the pattern of one."""
    for target in targets:
        before, percent, after = target.partition("%")
        fits = name.startswith(before) and name.endswith(after) and len(name) > len(before) + len(after)
        if name == target or (percent and fits):
            return True
    return False


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
    goal = next((rule.needs for rule in found if rule.names == [_GOAL]), None)
    first = [name for rule in found for name in rule.names if not name.startswith(".") and "%" not in name]
    return goal or first[:1]


def _logical(lines: list[str]) -> Iterator[tuple[int, str]]:
    """Yield lines, continued ones joined: in recipes by a line break, because what goes on there is a line of its shell."""
    start, parts = 1, []
    for number, line in enumerate(lines[:5_000], start=1):
        parts.append(line)
        if line.endswith("\\") and len(parts) < 200:
            continue
        indented = parts[0].startswith(("\t", " "))
        yield start, "\n".join(parts) if indented else " ".join(part.rstrip("\\") for part in parts)
        start, parts = number + 1, []


def _make_lines(lines: list[str]) -> Iterator[tuple[int, str]]:
    """Yield the lines of a Makefile, those outside recipes without comments and indents, and each definition as one."""
    defining, body = False, ""
    for number, line in _logical(lines):
        defining = line.startswith("define ") or (defining and not line.startswith("endef"))
        if defining and len(body) < _MAX_LINE:
            body += f"{line.strip()}\n"
        elif line.startswith("endef"):
            yield number, body
            body = ""
        elif not defining and line.startswith("\t"):
            yield number, line
        elif not defining:
            plain = line.replace("\\\n", " ").partition("#")[0].strip().replace("\t", " ")
            yield number, plain[:_MAX_LINE]


def _shortened(line: str) -> str:
    """Return a line with every `$(…)` as a single `$`."""
    for _ in range(4):
        line = _CALL.sub("$", line)
    return line


def _expanded(text: str, variables: dict[str, str], longest: int, most: int) -> str:
    """Return a text with the variables that are known, within each other up to a depth: values and all cut to a length."""

    def value(match: re.Match[str]) -> str:
        return variables.get(match[1] or match[2], match.group())[:longest]

    def called(match: re.Match[str]) -> str:
        found = variables.get(match[1], match.group())[:longest]
        for at, word in enumerate(match[2].split(",")[1:], start=1):
            found = found.replace(f"$({at})", word.strip()).replace(f"${{{at}}}", word.strip())
        return found

    for _ in range(MAX_EXPANSIONS):
        before = text
        text = _CALLED.sub(called, _REFERENCE.sub(value, text[:most])[:most])[:most]
        if text == before:
            break
    return text
