"""Dependencies in conda's environment files, under any name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from grader.parsing.plain_shapes import listed, table
from grader.repository.dependencies.declared import MAX_ENTRIES, Lines, Note, broken
from grader.repository.dependencies.distributions import pypi_name
from grader.repository.dependencies.requirement import MAX_TEXT, Dependency
from grader.repository.dependencies.requirement_files import requirements
from grader.repository.faults import tolerant
from grader.repository.formats.yaml_data import yaml_documents

#: `pytorch::pytorch[build=cuda*]`, `conda-forge/linux-64::numpy=1.26`: channel, name, version, more in brackets.
_SPEC = re.compile(r"(?:\S+::)?([\w.-]+)\s*([^\[\]]*)(?:\[([^\]]*)\])?\s*")
_VERSION = re.compile(r"""\bversion\s*=\s*("[^"]*"|'[^']*'|[^,\s]+)""")
#: A package by its address: `https://conda.example/conda-forge/linux-64/numpy-1.26.4-py311h64a7726_0.conda`.
_FILE = re.compile(r"\S*/([^/]{1,200})-([^-/]{1,100})-([^-/]{1,100})\.(?:conda|tar\.bz2)(?:#\w+)?")
#: A key that selects a system: `sel(linux): cudatoolkit`.
_SELECTOR = re.compile(r"sel\(.{1,30}\)")
_TOOLS = ("python", "pip")


def conda(text: str, path: str) -> Iterator[Dependency | Note]:
    """Yield the packages of conda's environment file, and those of its pip part.

    What `conda list --explicit` writes is no YAML, whatever its name ends in: an address a line.
    """
    lines = Lines(text)
    if re.search(r"(?m)^@EXPLICIT[ \t]*$", text):
        for address in [line.strip() for line in text.splitlines() if _FILE.fullmatch(line.strip())][
            :MAX_ENTRIES
        ]:
            yield from _package(address, path, lines)
        return
    for data in yaml_documents(text, path):
        items = table(data).get("dependencies")
        if items is not None and not isinstance(items, list):
            yield broken(path, lines.of("dependencies"), "`dependencies` is not a list")
        for item in listed(items)[:MAX_ENTRIES]:
            if isinstance(item, str):
                yield from _package(item, path, lines)
            elif isinstance(item, dict):
                yield from _pip_part(item.get("pip"), path, lines)
                selected = [value for key, value in item.items() if _SELECTOR.fullmatch(str(key))]
                for value in [one for one in selected if isinstance(one, str)]:
                    yield from _package(value, path, lines)


def conda_by_content(text: str, path: str) -> Iterator[Dependency | Note]:
    """Yield as `conda` if a YAML file of any name is an environment file; nothing, and no fault, for any other one."""
    keys = set(re.findall(r"(?m)^(name|channels|prefix|dependencies)[ \t]{0,20}:", text))
    if "dependencies" not in keys or len(keys) == 1:
        return
    documents = tolerant(lambda _: yaml_documents(text, path), path) or []
    # Charts of Helm have a name and dependencies, too: tables, each with a name and a version.
    found = [data["dependencies"] for data in documents if isinstance(data, dict) and "dependencies" in data]
    if any(isinstance(items, list) and any(map(_is_package, items)) for items in found):
        yield from conda(text, path)


def _is_package(item: Any) -> bool:
    return isinstance(item, str) or (isinstance(item, dict) and "pip" in item)


def _package(item: str, path: str, lines: Lines) -> Iterator[Dependency | Note]:
    at, text = lines.of(item), item.strip()[:MAX_TEXT]
    name, version = conda_spec(text)
    if not name:
        yield Note("unread", item, path, at, "a conda specification that is not read")
    elif name.lower() in _TOOLS:
        yield Note("tool", name, path, at)
    elif known := pypi_name(name):
        yield Dependency(known, version, path, at, dialect="conda")
    else:
        yield Note("unread", item, path, at, "a conda package that the index does not have")


def conda_spec(text: str) -> tuple[str, str]:
    """Return name and version of a conda specification; both empty if it is none."""
    if file := _FILE.fullmatch(text):
        return file[1], f"={file[2]}={file[3]}"
    spec = _SPEC.fullmatch(text)
    if not spec:
        return "", ""
    inside = _VERSION.search(spec[3] or "")
    return spec[1], inside[1].strip("\"'") if inside else spec[2].strip()


def _pip_part(items: Any, path: str, lines: Lines) -> Iterator[Dependency | Note]:
    for item in listed(items)[:MAX_ENTRIES]:
        for one in requirements(item, path) if isinstance(item, str) else []:
            at = lines.of(item)
            if isinstance(one, Dependency):
                yield replace(one, line=at, group="")
            elif one.kind != "broken":
                yield one._replace(line=at)
