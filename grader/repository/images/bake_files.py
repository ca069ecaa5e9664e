"""Targets of Docker Bake: the part of a `docker-bake.hcl` or `.json` that says what is built from where.

A target with an expression in an attribute that decides (a function, a condition, a matrix) is left out: nothing is guessed.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from grader.parsing.plain_shapes import listed, table
from grader.repository.formats.hcl import UNKNOWN

MAX_DEPTH = 10
MAX_TARGETS = 100
_VARIABLE = re.compile(r"\$\{([A-Za-z_]\w{0,60})\}")


@dataclass(frozen=True)
class BakeTarget:
    """A target: its Dockerfile and context, seen from the folder that Bake runs in, and the names that others build on."""

    name: str
    dockerfile: str
    context: str
    tags: tuple[str, ...]
    args: Mapping[str, str]


def bake_targets(data: Any) -> list[BakeTarget]:
    """Return the targets that build a Dockerfile; `data` is what `parse_hcl` or a JSON file gives."""
    defaults = {name: table(one).get("default") for name, one in table(data, "variable").items()}
    raw = {name: table(one) for name, one in list(table(data, "target").items())[:MAX_TARGETS]}
    whole: dict[str, dict[str, Any]] = {}
    found: list[BakeTarget] = []
    aliases: dict[str, list[str]] = {}
    for name in raw:
        target = _filled(_inherited(name, raw, whole), defaults)
        for alias, place in table(target, "contexts").items():
            if isinstance(place, str) and place.startswith("target:"):
                aliases.setdefault(place.removeprefix("target:"), []).append(alias)
        context, dockerfile = target.get("context", "."), target.get("dockerfile", "Dockerfile")
        if (
            isinstance(context, str)
            and isinstance(dockerfile, str)
            and not target.keys() & {"matrix", "dockerfile-inline"}
        ):
            context = context.removeprefix("cwd://") or "."
            names = tuple(tag for tag in listed(target, "tags") if isinstance(tag, str))
            args = {key: one for key, one in table(target, "args").items() if isinstance(one, str)}
            found.append(BakeTarget(name, posixpath.join(context, dockerfile), context, names, args))
    # A context `target:x` makes the image of x another name to build on.
    return [replace(one, tags=(*one.tags, *aliases.get(one.name, ()))) for one in found]


def _inherited(
    name: str, raw: Mapping[str, dict[str, Any]], whole: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    """Return a target with what it inherits: its own attributes go first, then those of a later parent."""
    if name not in whole:
        whole[name] = {}
        own, found = raw.get(name, {}), dict[str, Any]()
        for parent in listed(own, "inherits")[:MAX_TARGETS]:
            found.update(_inherited(parent, raw, whole) if isinstance(parent, str) and parent in raw else {})
        whole[name] = {**found, **own}
    return whole[name]


def _filled(value: Any, defaults: Mapping[str, Any], depth: int = 0) -> Any:
    """Return a value with the defaults of its variables; unknown where one has none that is a text."""
    if isinstance(value, dict | list) and depth > MAX_DEPTH:
        return UNKNOWN
    if isinstance(value, dict):
        return {key: _filled(one, defaults, depth + 1) for key, one in value.items()}
    if isinstance(value, list):
        return [_filled(one, defaults, depth + 1) for one in value]
    if not isinstance(value, str):
        return value
    if any(not isinstance(defaults.get(name), str) for name in _VARIABLE.findall(value)):
        return UNKNOWN
    filled = _VARIABLE.sub(lambda match: str(defaults[match[1]]), value)
    return UNKNOWN if "${" in filled or "%{" in filled else filled
