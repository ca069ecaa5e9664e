"""Dependencies in TOML: pyproject.toml of every build tool, Pipfile, pixi.toml."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from packaging.utils import canonicalize_name

from grader.parsing.plain_shapes import listed, table
from grader.repository.dependencies.declared import MAX_ENTRIES, Lines, Note, broken, several
from grader.repository.dependencies.distributions import pypi_name
from grader.repository.dependencies.requirement import Dependency
from grader.repository.formats.structured import toml_data


def pyproject(text: str, path: str) -> Iterator[Dependency | Note]:
    """Yield the dependencies of PEP 621 and 735, dynamic files, Poetry, PDM, uv, Rye, Flit, Hatch and pixi."""
    data, lines = toml_data(text, path), Lines(text)
    sources = _uv_sources(data)
    for found in _pyproject(data, path, lines):
        if isinstance(found, Dependency) and found.name in sources:
            yield replace(found, url=sources[found.name])
        else:
            yield found


def _pyproject(data: dict[str, Any], path: str, lines: Lines) -> Iterator[Dependency | Note]:
    yield from _shape(data, path, lines)
    project, tool = table(data, "project"), table(data, "tool")
    poetry = table(tool, "poetry")
    for name in (project.get("name"), poetry.get("name")):
        if isinstance(name, str):
            yield Note("own", str(canonicalize_name(name)), path)
    yield from several(project.get("dependencies"), path, lines, where="project.dependencies")
    for group, items in table(project, "optional-dependencies").items():
        where = f"project.optional-dependencies.{group}"
        yield from several(items, path, lines, group, where=where, extra=True)
    for group, items in table(data, "dependency-groups").items():
        yield from several(items, path, lines, group, where=f"dependency-groups.{group}")
    for name in ("uv", "rye"):
        yield from several(table(tool, name).get("dev-dependencies"), path, lines, "dev")
    for key in ("constraint-dependencies", "override-dependencies"):
        for one in several(table(tool, "uv").get(key), path, lines):
            yield replace(one, constraint=True) if isinstance(one, Dependency) else one
    for group, items in table(tool, "pdm", "dev-dependencies").items():
        yield from several(items, path, lines, group)
    yield from _versions(poetry.get("dependencies"), path, lines, "", "poetry")
    yield from _versions(poetry.get("dev-dependencies"), path, lines, "dev", "poetry")
    for group, inner in table(poetry, "group").items():
        yield from _versions(table(inner).get("dependencies"), path, lines, group, "poetry")
    yield from several(table(tool, "flit", "metadata").get("requires"), path, lines)
    for group, items in table(tool, "flit", "metadata", "requires-extra").items():
        yield from several(items, path, lines, group, extra=True)
    yield from _hatch(table(tool, "hatch"), path, lines)
    yield from _pixi(table(tool, "pixi"), path, lines)
    for files in _files(tool):
        for name in [files] if isinstance(files, str) else listed(files):
            if isinstance(name, str):
                yield Note("include", name, path, lines.of(name))


def _files(tool: dict[str, Any]) -> Iterator[Any]:
    """Yield the names of requirements files that stand for tables: those of setuptools and of Hatch's plugin."""
    dynamic = table(tool, "setuptools", "dynamic")
    for one in (table(dynamic, "dependencies"), *table(dynamic, "optional-dependencies").values()):
        yield table(one).get("file")
    hook = table(tool, "hatch", "metadata", "hooks", "requirements_txt")
    yield from (hook.get("files"), hook.get("filename"), *table(hook, "optional-dependencies").values())


def _hatch(data: dict[str, Any], path: str, lines: Lines) -> Iterator[Dependency | Note]:
    for group, inner in table(data, "envs").items():
        for key in ("dependencies", "extra-dependencies"):
            yield from several(table(inner).get(key), path, lines, group)


def hatch(text: str, path: str) -> Iterator[Dependency | Note]:
    """Yield the dependencies of the environments in hatch.toml."""
    yield from _hatch(toml_data(text, path), path, Lines(text))


def _shape(data: dict[str, Any], path: str, lines: Lines) -> Iterator[Note]:
    """Yield a note for each value that has to be a table and is not."""
    for keys in (("project",), ("project", "optional-dependencies"), ("dependency-groups",)):
        value = table(data, *keys[:-1]).get(keys[-1])
        if value is not None and not isinstance(value, dict):
            yield broken(path, lines.key(keys[-1]), f"`{'.'.join(keys)}` is not a table")


def _uv_sources(data: dict[str, Any]) -> dict[str, str]:
    """Return the addresses from which uv takes packages instead of the index."""
    found: dict[str, str] = {}
    for name, source in table(data, "tool", "uv", "sources").items():
        for entry in source if isinstance(source, list) else [source]:
            url = "." if table(entry).get("workspace") else _address(table(entry))
            if url:
                found[str(canonicalize_name(name))] = url
    return found


def _address(wanted: dict[str, Any]) -> str:
    """Return the address in a table of Poetry, uv or Pipenv; empty if it means the index."""
    if isinstance(wanted.get("git"), str):
        asked = (wanted.get(key) for key in ("rev", "ref", "tag", "branch"))
        at = next((value for value in asked if isinstance(value, str)), "")
        return f"git+{wanted['git']}{f'@{at}' if at else ''}"
    found = (wanted.get(key) for key in ("url", "file", "path"))
    return next((value for value in found if isinstance(value, str)), "")


def _versions(wanted: Any, path: str, lines: Lines, group: str, dialect: str) -> Iterator[Dependency]:
    """Yield the dependencies of a table of names and versions, or of tables with a version."""
    for name, value in list(table(wanted).items())[:MAX_ENTRIES]:
        known = pypi_name(name) if dialect == "conda" else str(canonicalize_name(name))
        if known in ("python", "pip", ""):
            continue
        # Poetry: one entry for each Python or system. Any of them tells the name, the first one the version.
        one = value[0] if isinstance(value, list) and value else value
        version = one.get("version", "") if isinstance(one, dict) else one
        marker = str(table(one).get("markers") or table(one).get("marker") or "")
        yield Dependency(
            known,
            version if isinstance(version, str) else "",
            path,
            lines.key(name),
            group,
            _address(table(one)),
            marker,
            dialect,
            extras=tuple(str(extra)[:100] for extra in listed(one, "extras")[:20]),
            editable=bool(table(one).get("editable") or table(one).get("develop")),
        )


def _pixi(data: dict[str, Any], path: str, lines: Lines) -> Iterator[Dependency]:
    for group, inner in (("", data), *table(data, "feature").items()):
        # What only some systems need is in tables of their own.
        for part in (table(inner), *map(table, table(inner, "target").values())):
            for key in ("dependencies", "host-dependencies", "pypi-dependencies"):
                dialect = "poetry" if key == "pypi-dependencies" else "conda"
                yield from _versions(part.get(key), path, lines, group, dialect)


def pixi(text: str, path: str) -> Iterator[Dependency | Note]:
    """Yield the dependencies of pixi.toml: conda's packages and those of PyPI."""
    data, lines = toml_data(text, path), Lines(text)
    for key in ("project", "workspace", "package"):
        if isinstance(name := table(data, key).get("name"), str):
            yield Note("own", str(canonicalize_name(name)), path)
    yield from _pixi(data, path, lines)


def pipfile(text: str, path: str) -> Iterator[Dependency | Note]:
    """Yield the dependencies of a Pipfile: packages, and packages for development."""
    data, lines = toml_data(text, path), Lines(text)
    for key, group in (("packages", ""), ("dev-packages", "dev")):
        value = data.get(key)
        if value is not None and not isinstance(value, dict):
            yield broken(path, lines.key(key), f"`{key}` is not a table")
        yield from _versions(value, path, lines, group, "poetry")
