"""Find the traces of a tool in a repository: imports, commands, configuration, declared packages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from fnmatch import translate
from functools import cached_property

from grader.exam.claims.tools.dictionary import Dictionary, Tool
from grader.exam.claims.tools.tool_facts import FACTS
from grader.inventory import Inventory, Place
from grader.results import CheckResult, EvidenceRecord, Verdict

_MOST_EVIDENCE = 3
_INTEGRATION = ("workflow", "cloudbuild")
_SQUEEZED = re.compile(r"[^a-z0-9]+")
_TEST = re.compile(r"(?:^|/)(?:tests?/|test_|conftest)|_test\.py$")


class Strength(IntEnum):
    """How strong the evidence of a trace is.

    template: only untouched files of the course's template, or empty ones. hinted: a configuration key, which may
    switch it off.
    """

    none = 0
    template = 1
    declared = 2
    hinted = 3
    kept = 4
    used = 5


@dataclass(frozen=True)
class Trace:
    """The strongest sign of a tool and its place; `how` describes it: "imported", "configured"."""

    strength: Strength
    how: str = ""
    evidence: tuple[EvidenceRecord, ...] = ()


_NOTHING = Trace(Strength.none)
#: Parts of the inventory that must be complete before a tool can be called absent.
_NEEDED = frozenset(
    {
        "files",
        "imports",
        "names",
        "dependencies",
        "settings",
        "hooks",
        "actions",
        "commands",
        "configs",
        "workflows",
    }
    | {"images", "routes", "remotes"}
)


class Traces:
    """The traces of all tools in one inventory; each is looked up once."""

    def __init__(
        self, inventory: Inventory, checks: Mapping[str, CheckResult], dictionary: Dictionary
    ) -> None:
        self._inventory = inventory
        self._checks = checks
        self._dictionary = dictionary
        self._known: dict[str, Trace] = {}
        self._imports = _by_prefix({name: places[0] for name, places in inventory.imports.items() if places})
        self._names = _by_prefix(inventory.names)
        self._template = frozenset(inventory.template)
        self._commands = [(" ".join(one.words).casefold(), one) for one in inventory.commands]
        self._starts: dict[str, list[int]] = {}
        for number, one in enumerate(inventory.commands):
            self._starts.setdefault(one.words[0] if one.words else "", []).append(number)

    def of(self, tool: Tool) -> Trace:
        """Return the strongest trace of a tool, or of one that counts as it."""
        if tool.name not in self._known:
            self._known[tool.name] = _NOTHING  # Stops the recursion of two tools that name each other.
            others = [self._dictionary.tools[name] for name in tool.tools if name in self._dictionary.tools]
            found = [self._own(tool), *(self.of(other) for other in others)]
            self._known[tool.name] = max(found, key=lambda trace: trace.strength)
        return self._known[tool.name]

    @property
    def complete(self) -> bool:
        """True if all parts that can contain a trace were read, workflows that GitHub refuses too."""
        return self.all_that_runs and self._inventory.is_whole("workflows")

    @property
    def all_that_runs(self) -> bool:
        """True if all parts that can contain a trace were read, but for workflows that GitHub refuses and so never runs."""
        return bool(self._inventory.files) and not _NEEDED.intersection(self._inventory.cut)

    def certainly_absent(self, tool: Tool) -> bool:
        """Return whether the inventory is complete and nothing in it resembles the tool."""
        if not self.complete or self.of(tool).strength:
            return False
        spellings = {_squeeze(spelling) for spelling in (*tool.spellings(), tool.name, *tool.declared_as)}
        return not any(spelling and spelling in self._everything for spelling in spellings)

    def absent_from_integration(self, tool: Tool) -> bool:
        """Return whether there are workflows, all of them are known, and nothing in them resembles the tool."""
        flows = self._inventory.workflows
        unknown = any(
            path.rpartition("/")[2] in ("action.yml", "action.yaml") for path in self._inventory.files
        )
        hosted = not any("self-hosted" in name for flow in flows for name in flow.runs_on)
        if not flows or unknown or not hosted or not self.complete or self.of(tool).strength:
            return False
        texts = [text.replace("--no-cache", "") for text, one in self._commands if one.source in _INTEGRATION]
        texts += [action for flow in flows for action in flow.uses]
        spellings = {_squeeze(spelling) for spelling in tool.spellings()}
        return not any(spelling in _squeeze(text) for text in texts for spelling in spellings if spelling)

    def _own(self, tool: Tool) -> Trace:
        finders: tuple[tuple[Strength, str, Callable[[Tool], Iterable[EvidenceRecord]]], ...] = (
            (Strength.used, "imported", self._imported),
            (Strength.used, "used in code", self._named),
            (Strength.used, "run by the repository itself", self._run),
            (Strength.used, "used in a workflow", self._actions),
            (Strength.used, "a hook of pre-commit", self._hooks),
            (Strength.used, "part of the repository", self._facts),
            (Strength.used, "found by a check", self._checked),
            (Strength.kept, "configured", self._settings),
            (Strength.kept, "named in a command or an address", self._words),
            (Strength.kept, "files of the repository", self._files),
            (Strength.hinted, "a key of a configuration", self._keys),
            (Strength.declared, "declared as a dependency", self._declared),
        )
        for strength, how, find in finders:
            evidence = _first(find(tool))
            if evidence:
                return Trace(strength, how, evidence)
        return Trace(Strength.template) if self._matching(tool, template=True) else _NOTHING

    def _imported(self, tool: Tool) -> Iterable[EvidenceRecord]:
        places = [self._imports[name] for name in tool.imports if name in self._imports]
        return [
            _evidence(place) for place in sorted(places, key=lambda place: bool(_TEST.search(place.path)))
        ]

    def _named(self, tool: Tool) -> Iterable[EvidenceRecord]:
        routes = [
            EvidenceRecord(path=route.file, line=route.line, text=f"{route.method} {route.path}")
            for route in self._inventory.routes
            if route.framework in tool.frameworks
        ]
        return routes + [_evidence(self._names[name]) for name in tool.names if name in self._names]

    def _run(self, tool: Tool) -> Iterable[EvidenceRecord]:
        for prefix in tool.commands:
            for number in self._starts.get(prefix[0], ()):
                command = self._inventory.commands[number]
                if command.words[: len(prefix)] == prefix:
                    yield EvidenceRecord(
                        path=command.path, line=command.line, text=" ".join(command.words)[:200]
                    )

    def _actions(self, tool: Tool) -> Iterable[EvidenceRecord]:
        return [
            _evidence(self._inventory.actions[name])
            for name in tool.actions
            if name in self._inventory.actions
        ]

    def _hooks(self, tool: Tool) -> Iterable[EvidenceRecord]:
        return [
            _evidence(self._inventory.hooks[name]) for name in tool.hooks if name in self._inventory.hooks
        ]

    def _facts(self, tool: Tool) -> Iterable[EvidenceRecord]:
        for name in tool.facts:
            yield from FACTS[name](self._inventory) if name in FACTS else ()

    def _checked(self, tool: Tool) -> Iterable[EvidenceRecord]:
        for name in tool.checks:
            check = self._checks.get(name)
            if check is not None and check.verdict is Verdict.passed:
                yield from check.evidence or (EvidenceRecord(text=check.title),)

    def _settings(self, tool: Tool) -> Iterable[EvidenceRecord]:
        return [
            _evidence(self._inventory.settings[name])
            for name in tool.settings
            if name in self._inventory.settings
        ]

    def _words(self, tool: Tool) -> Iterable[EvidenceRecord]:
        wanted = [word.casefold() for word in tool.words]
        if not wanted:
            return
        for text, command in self._commands:
            if any(word in text for word in wanted):
                yield EvidenceRecord(path=command.path, line=command.line, text=" ".join(command.words)[:200])
        for remote in self._inventory.remotes:
            if any(word in remote.url.casefold() for word in wanted):
                yield EvidenceRecord(path=remote.path, line=remote.line, text=remote.url)
        for image in self._inventory.images:
            for base in image.bases:
                if any(word in base.casefold() for word in wanted):
                    yield EvidenceRecord(path=image.path, text=base)

    def _files(self, tool: Tool) -> Iterable[EvidenceRecord]:
        return [EvidenceRecord(path=path) for path in self._matching(tool, template=False)]

    def _matching(self, tool: Tool, *, template: bool) -> list[str]:
        if not tool.files:
            return []
        pattern = re.compile("|".join(translate(glob) for glob in _globs(tool.files)))
        found: list[str] = []
        for path in self._inventory.files:
            if (path in self._template) is template and pattern.match(path):
                found.append(path)
                if len(found) >= _MOST_EVIDENCE:
                    break
        return found

    def _keys(self, tool: Tool) -> Iterable[EvidenceRecord]:
        if not tool.keys:
            return
        for config in self._inventory.configs:
            for key in config.keys:
                if key.rpartition(".")[2] in tool.keys:
                    yield EvidenceRecord(path=config.path, text=key)

    def _declared(self, tool: Tool) -> Iterable[EvidenceRecord]:
        known = self._inventory.dependencies
        return [_evidence(known[name]) for name in tool.declared_as if name in known]

    @cached_property
    def _everything(self) -> str:
        """All text of the inventory, without separators, for showing that something is absent."""
        parts: list[str] = [*self._inventory.files, *self._inventory.scripts, *self._inventory.targets]
        parts += [*self._inventory.tasks, *self._inventory.metrics, *self._inventory.tracked]
        for places in self._inventory.imports.values():
            parts += [place.text for place in places]
        for named in (
            self._inventory.names,
            self._inventory.dependencies,
            self._inventory.settings,
            self._inventory.hooks,
            self._inventory.actions,
        ):
            parts += [*named, *(place.text for place in named.values())]
        parts += [*self._inventory.imports, *(text for text, _ in self._commands)]
        parts += [word for config in self._inventory.configs for word in (*config.keys, *config.defaults)]
        parts += [remote.url for remote in self._inventory.remotes]
        parts += [word for image in self._inventory.images for word in (*image.bases, *image.start)]
        return "\n".join(_squeeze(part) for part in parts)


def _by_prefix(places: Mapping[str, Place]) -> dict[str, Place]:
    """Map each dotted name and all its prefixes to a place: `torch.profiler.profile` adds `torch` and `torch.profiler`."""
    found: dict[str, Place] = {}
    for name, place in places.items():
        parts = name.split(".")[:20]
        for end in range(1, len(parts) + 1):
            prefix = ".".join(parts[:end])
            # A place in a test is weaker evidence than one in the package.
            if prefix not in found or (_TEST.search(found[prefix].path) and not _TEST.search(place.path)):
                found[prefix] = place
    return found


def _globs(patterns: Iterable[str]) -> Iterable[str]:
    """Yield globs for fnmatch, whose `*` crosses slashes: `**/x` is `x` anywhere."""
    for pattern in patterns:
        yield pattern.replace("**/", "*/")
        if pattern.startswith("**/"):
            yield pattern[3:]


def _squeeze(text: str) -> str:
    return _SQUEEZED.sub("", text.casefold())


def _first(evidence: Iterable[EvidenceRecord]) -> tuple[EvidenceRecord, ...]:
    found: list[EvidenceRecord] = []
    for one in evidence:
        if one not in found:
            found.append(one)
        if len(found) >= _MOST_EVIDENCE:
            break
    return tuple(found)


def _evidence(place: Place) -> EvidenceRecord:
    return EvidenceRecord(path=place.path, line=place.line, text=place.text)
