"""The only YAML parser, on the host and in the sandbox: bounded, YAML 1.2 booleans, no constructing tags, line numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

import yaml

from grader.parsing.plain_data import DataError
from grader.repository.faults import SubmissionFault, evidence

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 64
#: Maximum number of nodes after aliases are followed: what a reader of the data could visit.
MAX_NODES = 200_000
MAX_DOCUMENTS = 200
#: libyaml compares every `%TAG` with all others, so their number is bounded.
MAX_DIRECTIVES = 200
_DIRECTIVE = re.compile(r"^\ufeff?%", re.MULTILINE)

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INT = re.compile(r"[-+]?[0-9]{1,300}|0o[0-7]{1,300}|0x[0-9a-fA-F]{1,300}")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]{1,300}|[0-9]{1,300}(?:\.[0-9]{0,300})?)(?:[eE][-+]?[0-9]{1,9})?")
_SPECIAL = {".inf": float("inf"), "+.inf": float("inf"), "-.inf": float("-inf"), ".nan": float("nan")}
_CORE = "tag:yaml.org,2002:"
#: Quoted text, comments, and brackets outside of both.
_FLOW = re.compile(r"""(?<![^\s,:\[{])(?:'[^']*+(?:'|\Z)|"(?:[^"\\]|\\.)*+(?:"|\Z)|\#.*)|[\[\]{}]""")
_DEPTH = {"[": 1, "{": 1, "]": -1, "}": -1}


class YamlMap(dict[Any, Any]):
    """A mapping; `.lines[key]` and `.line` are its places (1-based)."""

    line: int = 1
    lines: dict[Any, int]


class YamlList(list[Any]):
    """A sequence; `.lines[index]` and `.line` are its places (1-based)."""

    line: int = 1
    lines: list[int]


class _Open:
    """A container that is still being read."""

    def __init__(self, data: YamlMap | YamlList, anchor: str | None, line: int) -> None:
        self.data, self.anchor = data, anchor
        self.data.line = line
        self.nodes = 1
        self.key: Any = None
        self.key_line: int | None = None
        self.merged: list[Any] = []


class _EventReader:
    """Builds data from parse events without recursion, so that depth and size are bounded here."""

    def __init__(self, aliases: bool, merge: bool) -> None:
        self.aliases, self.merge = aliases, merge
        self.documents: list[Any] = []
        self.stack: list[_Open] = []
        self.anchors: dict[str, tuple[Any, int]] = {}
        self.total = 0

    def fault(self, what: str, line: int) -> DataError:
        return DataError(what, line)

    def read(self, events: Iterator[Any]) -> None:
        for event in events:
            line = event.start_mark.line + 1
            kind = type(event)
            if kind is yaml.DocumentStartEvent:
                self.anchors.clear()
                if len(self.documents) >= MAX_DOCUMENTS:
                    raise self.fault(f"more than {MAX_DOCUMENTS} documents", line)
            elif kind is yaml.ScalarEvent:
                self.value(_scalar(event, self), 1, line, event.anchor)
            elif kind is yaml.AliasEvent:
                if not self.aliases:
                    raise self.fault("YAML aliases are not followed here", line)
                if event.anchor not in self.anchors:
                    raise self.fault(f"`*{event.anchor}` refers to nothing above it", line)
                data, nodes = self.anchors[event.anchor]
                self.value(data, nodes, line, None)
            elif kind in (yaml.MappingStartEvent, yaml.SequenceStartEvent):
                self.open(event, line)
            elif kind in (yaml.MappingEndEvent, yaml.SequenceEndEvent):
                closed = self.stack.pop()
                self.finish(closed)
                self.value(closed.data, closed.nodes, closed.data.line, closed.anchor)

    def open(self, event: Any, line: int) -> None:
        _refuse_tag(event.tag, self, line)
        if len(self.stack) >= MAX_DEPTH:
            raise self.fault(f"nested deeper than {MAX_DEPTH} levels", line)
        data: YamlMap | YamlList
        if type(event) is yaml.MappingStartEvent:
            data = YamlMap()
            data.lines = {}
        else:
            data = YamlList()
            data.lines = []
        self.stack.append(_Open(data, event.anchor, line))

    def value(self, data: Any, nodes: int, line: int, anchor: str | None) -> None:
        if anchor is not None:
            self.anchors[anchor] = (data, nodes)
        if not self.stack:
            self.documents.append(data)
            return
        top = self.stack[-1]
        top.nodes += nodes
        if top.nodes > MAX_NODES:
            raise self.fault(f"more than {MAX_NODES} values once its aliases are followed", line)
        if isinstance(top.data, YamlList):
            top.data.append(data)
            top.data.lines.append(line)
        elif top.key_line is None:
            if isinstance(data, dict | list):
                raise self.fault("a key that is not a plain value", line)
            top.key, top.key_line = data, line
        else:
            self.pair(top, top.data, data)
            top.key_line = None

    def pair(self, top: _Open, mapping: YamlMap, data: Any) -> None:
        line = top.key_line or mapping.line
        if top.key == "<<" and self.merge:
            top.merged.extend(data if isinstance(data, list) else [data])
            return
        if top.key in mapping:
            raise self.fault(f"the key `{str(top.key)[:80]}` occurs twice", line)
        mapping[top.key] = data
        mapping.lines[top.key] = line

    def finish(self, closed: _Open) -> None:
        for other in closed.merged:
            if not isinstance(other, YamlMap) or not isinstance(closed.data, YamlMap):
                raise self.fault("`<<` merges mappings only", closed.data.line)
            for key, data in other.items():
                if key not in closed.data:
                    closed.data[key] = data
                    closed.data.lines[key] = other.lines[key]


def _refuse_tag(tag: str | None, reader: _EventReader, line: int) -> None:
    # mkdocs-material names its icons by `!!python/name:`: treat it as text. Other python tags would run code when
    # loaded elsewhere.
    if tag and "python/" in tag and "python/name:" not in tag:
        raise reader.fault(f"the tag `{tag[-60:]}` would construct a Python object", line)
    # GitHub knows no tags of its own either: `if: !cancelled()` is one.
    if not reader.merge and tag and tag != "!" and not tag.startswith(_CORE):
        raise reader.fault(f"Unexpected tag '{tag[:60]}': quote the value, or write `${{{{ … }}}}`", line)


def _scalar(event: Any, reader: _EventReader) -> Any:
    text: str = event.value
    _refuse_tag(event.tag, reader, event.start_mark.line + 1)
    if event.tag in (None, "!") or not event.tag.startswith(_CORE):
        return plain_value(text) if event.tag is None and event.implicit[0] else text
    return text if event.tag == _CORE + "str" else plain_value(text)


def plain_value(text: str) -> Any:
    """Return the value of an unquoted scalar in YAML 1.2: only true and false are booleans, dates stay text."""
    lowered = text.lower()
    if text in ("", "~") or text in ("null", "Null", "NULL"):
        return None
    if lowered in ("true", "false") and text in (lowered, lowered.upper(), lowered.capitalize()):
        return lowered == "true"
    if lowered in _SPECIAL:
        return _SPECIAL[lowered]
    if _INT.fullmatch(text):
        return int(text, {"0o": 8, "0x": 16}.get(text[:2], 10))
    if _FLOAT.fullmatch(text):
        return float(text)
    return text


def parse_yaml(text: str, *, aliases: bool = True, merge: bool = True) -> list[Any]:
    """Return every document of a YAML text; an empty list for an empty text. Without `merge`, `<<` is a key like others.

    Raises:
        DataError: malformed, too large, too deep, too many aliases, a duplicate key, or a constructing tag; any alias
            unless `aliases`.
    """
    if len(text) > MAX_BYTES:
        raise DataError(f"larger than {MAX_BYTES // 1024} KiB of YAML")
    if sum(1 for _ in islice(_DIRECTIVE.finditer(text), MAX_DIRECTIVES + 1)) > MAX_DIRECTIVES:
        raise DataError(f"more than {MAX_DIRECTIVES} lines that begin with `%`")
    reader = _EventReader(aliases, merge)
    try:
        reader.read(yaml.parse(text, Loader=_LOADER))
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        what = f"not valid YAML: {problem.problem or problem.context}"
        # Some releases of PyYAML have their own limit, with another message.
        if (
            isinstance(problem, yaml.scanner.ScannerError)
            and mark
            and _open_brackets(text[: mark.index]) > MAX_DEPTH
        ):
            what = f"nested deeper than {MAX_DEPTH} levels"
        raise DataError(what, mark.line + 1 if mark else 1) from None
    except (yaml.YAMLError, UnicodeError, RecursionError, MemoryError) as problem:
        reason = getattr(problem, "reason", None) or type(problem).__name__
        raise DataError(f"not valid YAML: {reason}") from None
    return reader.documents


def _open_brackets(text: str) -> int:
    """Count the brackets that are open at the end of a text, those in quotes and comments apart."""
    return sum(_DEPTH.get(match.group(), 0) for match in _FLOW.finditer(text))


def yaml_documents(text: str, path: str, *, merge: bool = True) -> list[Any]:
    """Return every document of a YAML file. Raise SubmissionFault, with the line, for what `parse_yaml` refuses."""
    try:
        return parse_yaml(text, merge=merge)
    except DataError as problem:
        if problem.line is None:
            raise SubmissionFault(f"{path} is {problem.reason}.", evidence(path)) from None
        raise SubmissionFault(
            f"{path}, line {problem.line}: {problem.reason}.", evidence(path, problem.line)
        ) from None
