"""GitHub's own schema of workflows, and its reader: what GitHub refuses in a file, with its line and in its words.

`workflow_schema.json` is what GitHub publishes (its `source` says where); its definitions are no JSON Schema. The reader does
what TemplateReader of actions/runner (src/Sdk/WorkflowParser) does: it also checks each expression where it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from grader.parsing.plain_data import parse_json
from grader.repository.formats.yaml_data import YamlMap
from grader.repository.workflows.expressions import expressions, wrong_expression
from grader.repository.workflows.workflow_matrix import plain

_ROOT = "workflow-root-new"
_ANY = ["null", "boolean", "number", "string", "sequence", "mapping"]
_BUILT_IN: dict[str, dict[str, Any]] = {
    "any": {"one-of": _ANY},
    "sequence": {"sequence": {"item-type": "any"}},
    "mapping": {"mapping": {"loose-key-type": "string", "loose-value-type": "any"}},
    **{name: {name: {}} for name in ("null", "boolean", "number", "string")},
}
_LITERAL = re.compile(r"\$\{\{\s*'((?:[^']|'')*+)'\s*\}\}")
Wrong = tuple[int, str]


@cache
def _definitions() -> dict[str, dict[str, Any]]:
    text = Path(__file__).with_name("workflow_schema.json").read_text(encoding="utf-8")
    definitions: dict[str, dict[str, Any]] = parse_json(text)["definitions"]
    return _BUILT_IN | definitions


def schema_faults(data: YamlMap) -> list[Wrong]:
    """Return the lines of a workflow that GitHub's schema refuses, and why."""
    reader = _Reader()
    return list(reader.read(data, _ROOT, frozenset(), data.line))


@cache
def _alternatives(name: str) -> tuple[dict[str, Any], ...]:
    """Return the definitions of a name without `one-of`, however deep."""
    definition = _definitions()[name]
    if "one-of" not in definition:
        return (definition,)
    return tuple(inner for one in definition["one-of"] for inner in _alternatives(one))


class _Reader:
    def __init__(self) -> None:
        # What an alias repeats has been judged.
        self.seen: set[tuple[int, str, frozenset[str]]] = set()

    def read(self, value: Any, name: str, known: frozenset[str], line: int) -> Iterator[Wrong]:
        known |= set(_definitions()[name].get("context", ()))
        if isinstance(value, dict | list):
            if (id(value), name, known) in self.seen:
                return
            self.seen.add((id(value), name, known))
        if isinstance(value, dict):
            yield from self.mapping(value, name, known, line)
        elif isinstance(value, list):
            inner = [one["sequence"] for one in _alternatives(name) if "sequence" in one]
            if not inner:
                yield line, "A sequence was not expected"
            else:
                lines = getattr(value, "lines", None) or [line] * len(value)
                for at, item in zip(lines, value, strict=True):
                    yield from self.read(item, inner[0]["item-type"], known, at)
        else:
            yield from self.scalar(value, name, known, line)

    def scalar(self, value: Any, name: str, known: frozenset[str], line: int) -> Iterator[Wrong]:
        # `${{ 'text' }}` is a text.
        literal = _LITERAL.fullmatch(value) if isinstance(value, str) else None
        value = literal[1] if literal else value
        found, wrong = (False, None) if literal else _expressions_of(value, known)
        if wrong:
            yield line, wrong
        elif found:
            if not known:
                yield line, "A template expression is not allowed in this context"
        elif not any(_matches(value, one) for one in _alternatives(name)):
            yield line, f"Unexpected value '{plain(value)[:80]}'"
        elif isinstance(value, str) and value.strip() and _is_expression(name):
            wrong = wrong_expression(value, known)
            if wrong:
                yield line, f"{wrong} within expression: {value[:200]}"

    def mapping(self, value: dict[Any, Any], name: str, known: frozenset[str], line: int) -> Iterator[Wrong]:
        shapes = [one["mapping"] for one in _alternatives(name) if "mapping" in one]
        if not shapes:
            yield line, "A mapping was not expected"
            return
        lines = getattr(value, "lines", {})
        keys: set[str] = set()
        computed = False
        for key, item in value.items():
            at, text = lines.get(key, line), plain(key)
            found, wrong = _expressions_of(key, known | {"insert"})
            if wrong or (found and not known):
                yield at, wrong or "A template expression is not allowed in this context"
            elif found:
                computed = True
                yield from self.read(item, shapes[0].get("loose-value-type", "any"), known, at)
            elif text.lower() in keys:
                yield at, f"'{text[:80]}' is already defined"
            elif any(text in _properties(one) for one in shapes):
                shapes = [one for one in shapes if text in _properties(one)]
                keys.add(text.lower())
                yield from self.read(item, _properties(shapes[0])[text]["type"], known, at)
            elif "loose-key-type" in shapes[0]:
                keys.add(text.lower())
                yield from self.scalar(text, shapes[0]["loose-key-type"], frozenset(), at)
                yield from self.read(item, shapes[0]["loose-value-type"], known, at)
            else:
                yield at, f"Unexpected value '{text[:80]}'"
        needed = [
            {key for key, one in _properties(shape).items() if one.get("required")} - keys for shape in shapes
        ]
        if not computed and all(needed):
            names = " or ".join(f"`{key}`" for key in sorted(set.union(*needed)))
            said = "Every step must define a `uses` or `run` key"
            yield line, said if name == "steps-item" else f"Required property is missing: {names}"


def _properties(shape: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        key: {"type": one} if isinstance(one, str) else one
        for key, one in shape.get("properties", {}).items()
    }


def _expressions_of(value: Any, known: frozenset[str]) -> tuple[bool, str | None]:
    """Return whether a scalar has an expression, and what is wrong with one."""
    if not isinstance(value, str):
        return False, None
    found = False
    for inner in expressions(value):
        found = True
        if inner is None:
            return True, "The expression is not closed: an unescaped ${{ was found without its }}"
        wrong = wrong_expression(inner, known)
        if wrong:
            return True, f"{wrong} within expression: {inner.strip()[:200]}"
    return found, None


def _is_expression(name: str) -> bool:
    return bool(_definitions()[name].get("string", {}).get("is-expression"))


def _matches(value: Any, definition: dict[str, Any]) -> bool:
    """Return whether a scalar fits; numbers, booleans and null are also texts."""
    if "allowed-values" in definition:
        return plain(value) in definition["allowed-values"]
    if "string" in definition:
        shape, text = definition["string"], plain(value)
        if "constant" in shape:
            return bool(text == shape["constant"])
        return bool(text) or not shape.get("require-non-empty")
    if isinstance(value, bool):
        return "boolean" in definition
    if isinstance(value, int | float):
        return "number" in definition
    return value is None and "null" in definition
