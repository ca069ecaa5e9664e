"""Dependency files in TOML: pyproject.toml of every build tool, and uv.lock."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from grader.sandbox.environment_formats import DEVELOPMENT, Item, Lines, list_of, table_of
from grader.suite.views.plain_data import parse_toml


def pyproject_toml(text: str) -> Iterator[Item]:
    """PEP 621 (with extras for development), PEP 735, Poetry; sources of uv that are not the index."""
    data, lines = parse_toml(text), Lines(text)
    project, tool = table_of(data, "project"), table_of(data, "tool")
    poetry = table_of(tool, "poetry")
    for name in (project.get("name"), poetry.get("name")):
        if isinstance(name, str):
            yield Item(text=name, own=True)
    for name, source in table_of(tool, "uv", "sources").items():
        kinds = {key for entry in list_of(source) if isinstance(entry, Mapping) for key in entry}
        if kinds & {"git", "url", "path", "workspace"}:
            reason = "comes from a repository, a URL or a path: only packages of the index are installed"
            yield Item(text=str(name), line=lines.of(str(name)), reason=reason)
    dynamic = table_of(tool, "setuptools", "dynamic")
    files = [table_of(dynamic, "dependencies"), *table_of(dynamic, "optional-dependencies").values()]
    for table in files:
        for name in list_of(table.get("file") if isinstance(table, Mapping) else None):
            yield Item(text=str(name), line=lines.of(str(name)), include=str(name))
    lists = [project.get("dependencies")]
    extras = table_of(project, "optional-dependencies")
    lists += [listed for extra, listed in extras.items() if DEVELOPMENT.match(extra)]
    lists += list(table_of(data, "dependency-groups").values())
    lists.append(table_of(tool, "uv").get("dev-dependencies"))
    for entry in (entry for listed in lists for entry in list_of(listed)):
        if isinstance(entry, str):
            yield Item(text=entry, line=lines.of(entry))
    groups = [table_of(poetry, "dependencies"), table_of(poetry, "dev-dependencies")]
    groups += [table_of(poetry, "group", group, "dependencies") for group in table_of(poetry, "group")]
    for group in groups:
        for name, wanted in group.items():
            if name.lower() != "python":
                yield _poetry(name, wanted, lines.of(name))


def uv_lock(text: str) -> Iterator[Item]:
    """The project's own dependencies in the locked versions; versions of what they need as constraints."""
    data, lines = parse_toml(text), Lines(text)
    packages = [entry for entry in list_of(data.get("package")) if isinstance(entry, Mapping)]
    versions: dict[str, set[str]] = {}
    for package in packages:
        name, version = package.get("name"), package.get("version")
        if isinstance(name, str) and isinstance(version, str) and "registry" in table_of(package, "source"):
            # A local version (2.2.2+cpu) is of another index.
            versions.setdefault(name, set()).add(version.split("+")[0])
    single = {name: next(iter(found)) for name, found in versions.items() if len(found) == 1}
    elsewhere = {str(package.get("name")) for package in packages} - set(versions)
    for package in packages:
        source = table_of(package, "source")
        if source.get("virtual") is None and source.get("editable") is None:
            continue
        yield Item(text=str(package.get("name")), own=True)
        groups = [package.get("dependencies")]
        groups += [
            listed
            for extra, listed in table_of(package, "optional-dependencies").items()
            if DEVELOPMENT.match(extra)
        ]
        groups += table_of(package, "dev-dependencies").values()
        for edge in (edge for listed in groups for edge in list_of(listed) if isinstance(edge, Mapping)):
            name = str(edge.get("name"))
            if name in elsewhere:
                reason = "locked to a repository, a URL or a path: only packages of the index are installed"
                yield Item(text=name, line=lines.of(f'name = "{name}"'), reason=reason)
                continue
            extras = ",".join(str(extra) for extra in list_of(edge.get("extra")))
            version = f"=={single[name]}" if name in single else ""
            marker = f" ; {edge['marker']}" if edge.get("marker") else ""
            line = lines.of(f'name = "{name}"')
            yield Item(text=f"{name}{f'[{extras}]' if extras else ''}{version}{marker}", line=line)
    for name, version in single.items():
        yield Item(text=f"{name}=={version}", constraint=True)


def _poetry(name: str, wanted: object, line: int | None) -> Item:
    table = wanted if isinstance(wanted, Mapping) else {"version": wanted}
    if {"git", "url", "path"} & set(table):
        return Item(
            text=name, line=line, reason="not from the index: only packages of the index are installed"
        )
    extras = ",".join(str(extra) for extra in list_of(table.get("extras")))
    marker = f" ; {table['markers']}" if table.get("markers") else ""
    version = table.get("version")
    bounds = _caret(version) if isinstance(version, str) else ""
    return Item(text=f"{name}{f'[{extras}]' if extras else ''}{bounds}{marker}", line=line)


def _caret(version: str) -> str:
    """Poetry's version constraint as PEP 440 has it."""
    parts = []
    for part in (part.strip() for part in version.split(",")):
        match = re.fullmatch(r"(\^|~)\s*(\d+(?:\.\d+)*)(.*)", part)
        if match:
            numbers = [int(number[:9]) for number in match[2].split(".")]
            kept = (
                next((i for i, n in enumerate(numbers) if n), len(numbers) - 1)
                if match[1] == "^"
                else min(1, len(numbers) - 1)
            )
            upper = ".".join(map(str, [*numbers[:kept], numbers[kept] + 1]))
            parts += [f">={match[2]}{match[3]}", f"<{upper}"]
        elif re.match(r"\d", part):
            parts.append(f"=={part}")
        elif part != "*":
            parts.append(part)
    return ",".join(parts)
