"""Read uv.lock for installation. Checks compare it with the declarations in `grader.repository.dependencies.lock_files`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from packaging.utils import canonicalize_name

from grader.environment.requirement_formats import DEVELOPMENT
from grader.parsing.plain_shapes import table
from grader.repository.dependencies.declared import Lines, Note
from grader.repository.dependencies.requirement import Dependency
from grader.repository.formats.structured import toml_data


def uv_lock(text: str, path: str) -> Iterator[Dependency | Note]:
    """Yield the project's own dependencies in their locked versions, and the versions of transitive ones as constraints."""
    data, lines = toml_data(text, path), Lines(text)
    packages = _tables(data.get("package"))
    versions: dict[str, set[str]] = {}
    for package in packages:
        name, version = package.get("name"), package.get("version")
        if isinstance(name, str) and isinstance(version, str) and "registry" in table(package, "source"):
            # A local version (2.2.2+cpu) belongs to another index.
            versions.setdefault(name, set()).add(version.split("+")[0])
    single = {name: next(iter(found)) for name, found in versions.items() if len(found) == 1}
    elsewhere = {str(package.get("name")) for package in packages} - set(versions)
    for package in packages:
        source = table(package, "source")
        if source.get("virtual") is None and source.get("editable") is None:
            continue
        yield Note("own", str(canonicalize_name(str(package.get("name")))), path)
        for edge in _edges(package):
            name = str(edge.get("name"))
            version = f"=={single[name]}" if name in single else ""
            yield Dependency(
                str(canonicalize_name(name)),
                version,
                path,
                lines.of(f'name = "{name}"'),
                url="locked" if name in elsewhere else "",
                marker=str(edge.get("marker") or ""),
                extras=tuple(str(extra) for extra in _list(edge.get("extra"))),
            )
    for name, version in single.items():
        yield Dependency(str(canonicalize_name(name)), f"=={version}", path, None, constraint=True)


def _edges(package: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield what a package needs: always, with the development extras, and in its groups."""
    yield from _tables(package.get("dependencies"))
    for extra, listed in table(package, "optional-dependencies").items():
        if DEVELOPMENT.match(extra):
            yield from _tables(listed)
    for listed in table(package, "dev-dependencies").values():
        yield from _tables(listed)


def _tables(value: Any) -> list[dict[str, Any]]:
    return [entry for entry in _list(value) if isinstance(entry, dict)]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
