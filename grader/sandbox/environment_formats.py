"""Dependency files, format by format, as data: nothing is imported, built or run.

Each parser takes a file's text and yields `Item`s; a file that is not of its format raises ValueError, with a
message for people. What is followed is decided in `environment_requirements`. TOML is in `environment_toml`.
"""

from __future__ import annotations

import ast
import configparser
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from grader.suite.views.plain_data import DataError
from grader.suite.views.yaml_data import parse_yaml


@dataclass(frozen=True, kw_only=True)
class Item:
    """One dependency as a file states it, or a line that is not followed and why (`reason`)."""

    text: str
    line: int | None = None
    reason: str = ""
    #: Bounds a version without asking for the package.
    constraint: bool = False
    #: Another requirements file, relative to this one.
    include: str = ""
    #: The name of the project itself, which is not its own dependency.
    own: bool = False


Parser = Callable[[str], Iterator[Item]]

#: Extras and groups to work on a project with; others (`gpu`) are choices that the grader does not make.
DEVELOPMENT = re.compile(r"(dev|test|lint|ci|doc)", re.IGNORECASE)

#: Characters that are searched for line numbers, for all lines of a file together.
_MAX_SEARCHED = 256 * 1024 * 1024


def requirements_txt(text: str) -> Iterator[Item]:
    """pip's format. Of its options `-r` and `-c` are followed."""
    lines = text.splitlines()
    number = 0
    while number < len(lines):
        first, logical = number + 1, lines[number]
        while logical.endswith("\\") and number + 1 < len(lines):
            number += 1
            logical = logical[:-1] + lines[number]
        number += 1
        line = re.sub(r"(^|\s)#.*$", "", logical).strip()
        if not line:
            continue
        include = re.match(r"(-r|-c|--requirement|--constraint)(?:\s*=\s*|\s+|(?<=-[rc]))(\S+)$", line)
        if include:
            constraint = include[1] in ("-c", "--constraint")
            yield Item(text=line, line=first, include=include[2], constraint=constraint)
        elif re.match(r"(-e|--editable)\b", line):
            yield Item(
                text=line, line=first, reason="an editable install: only packages of the index are installed"
            )
        elif line.startswith("-"):
            yield Item(text=line, line=first, reason="an option of pip: the grader's own index is used")
        else:
            yield Item(text=re.split(r"\s--(?=[a-z])", line)[0].strip(), line=first)


def environment_yml(text: str) -> Iterator[Item]:
    """conda's format: its pip part, and plain conda packages by the name that the index has for them."""
    data, lines = _one_document(text), Lines(text)
    for entry in list_of(table_of({"": data}, "").get("dependencies")):
        if isinstance(entry, str):
            yield _conda(entry, lines.of(entry))
        elif isinstance(entry, Mapping):
            for line in list_of(entry.get("pip")):
                for item in requirements_txt(str(line)):
                    yield Item(
                        text=item.text,
                        line=lines.of(str(line)),
                        reason=item.reason,
                        include=item.include,
                    )


def _one_document(text: str) -> Any:
    try:
        documents = parse_yaml(text, aliases=False)
    except DataError as problem:
        raise ValueError(str(problem)) from problem
    if len(documents) > 1:
        raise ValueError("more than one YAML document")
    return documents[0] if documents else None


def setup_cfg(text: str) -> Iterator[Item]:
    """setuptools' declarative format."""
    parser, lines = configparser.RawConfigParser(strict=False), Lines(text)
    try:
        parser.read_string(text)
    except configparser.Error as problem:
        raise ValueError(f"not a valid INI file: {str(problem).splitlines()[0]}") from problem
    if parser.has_option("metadata", "name"):
        yield Item(text=parser.get("metadata", "name"), own=True)
    lists = [parser.get("options", "install_requires", fallback="")]
    if parser.has_section("options.extras_require"):
        lists += [
            listed for extra, listed in parser.items("options.extras_require") if DEVELOPMENT.match(extra)
        ]
    for entry in (entry.strip() for listed in lists for entry in listed.splitlines()):
        if entry.startswith("file:"):
            for name in entry[5:].split(","):
                yield Item(text=entry, include=name.strip())
        elif entry:
            yield Item(text=entry, line=lines.of(entry))


def setup_py(text: str) -> Iterator[Item]:
    """`setup(...)` as written: lists of literals, given in place or by a name of the module."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, MemoryError) as problem:
        raise ValueError("not valid Python") from problem
    lines = Lines(text)
    names: dict[str, ast.expr] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            names[node.targets[0].id] = node.value

    def value(node: ast.expr) -> Any:
        node = names.get(node.id, node) if isinstance(node, ast.Name) else node
        try:
            return ast.literal_eval(node)
        except (ValueError, TypeError, SyntaxError):
            return None

    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    for call in calls:
        if not (called := ast.unparse(call.func)) or called.rpartition(".")[2] != "setup":
            continue
        given = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
        if "name" in given and isinstance(name := value(given["name"]), str):
            yield Item(text=name, own=True)
        lists = [value(given["install_requires"])] if "install_requires" in given else []
        extras = value(given["extras_require"]) if "extras_require" in given else None
        if isinstance(extras, dict):
            lists += [listed for extra, listed in extras.items() if DEVELOPMENT.match(str(extra))]
        for listed in lists:
            if listed is None:
                yield Item(
                    text="install_requires", line=call.lineno, reason="computed when it runs, and so not read"
                )
            for entry in list_of(listed):
                if isinstance(entry, str):
                    yield Item(text=entry, line=lines.of(entry))


_CONDA_NAMES = {
    "pytorch": "torch",
    "pytorch-cpu": "torch",
    "matplotlib-base": "matplotlib",
    "opencv": "opencv-python",
}
_CONDA_ONLY = {
    "python",
    "pip",
    "setuptools",
    "wheel",
    "cudatoolkit",
    "pytorch-cuda",
    "cpuonly",
    "nodefaults",
    "conda",
}


def _conda(spec: str, line: int | None) -> Item:
    match = re.fullmatch(r"(?:[\w./-]+::)?([A-Za-z0-9_][\w.-]*)\s*([=<>!~].*)?", spec.strip())
    if match is None:
        return Item(text=spec, line=line, reason="a conda specification that the index has no words for")
    name, version = match[1].lower(), (match[2] or "").strip()
    exported = re.fullmatch(r"=([^=]+)=([^=]+)", version)
    if name in _CONDA_ONLY or name.startswith("_") or (exported and "py" not in exported[2]):
        return Item(text=spec, line=line, reason="a conda package that the index does not have")
    if exported:
        version = f"=={exported[1]}"
    elif re.fullmatch(r"=[^=].*", version):
        version = f"={version}" if version.endswith("*") else f"={version}.*"
    return Item(text=f"{_CONDA_NAMES.get(name, name)}{version}", line=line)


def table_of(data: Mapping[str, Any], *keys: str) -> Mapping[str, Any]:
    """The table under `keys`; empty where there is none or something else."""
    for key in keys:
        found = data.get(key)
        data = found if isinstance(found, Mapping) else {}
    return data


def list_of(value: object) -> list[Any]:
    """`value` as a list: one that is none becomes its only entry, None an empty one."""
    if isinstance(value, list | tuple):
        return list(value)
    return [] if value is None else [value]


class Lines:
    """Where something stands in a file: parsers of data keep no line numbers. Late in a hostile file: None."""

    def __init__(self, text: str) -> None:
        self._text, self._left = text, _MAX_SEARCHED

    def of(self, needle: str) -> int | None:
        """The first line that holds `needle`; None where there is none, or the search has taken long enough."""
        if self._left < 0:
            return None
        at = self._text.find(needle)
        self._left -= len(self._text) if at < 0 else at
        return None if at < 0 else self._text.count("\n", 0, at) + 1
