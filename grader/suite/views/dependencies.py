"""What a submission says it depends on, wherever it says so. Names and specifiers only: nothing is
installed or run.
"""

from __future__ import annotations

import ast
import configparser
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from grader.suite.faults import SubmissionFault
from grader.suite.views.globs import matches

if TYPE_CHECKING:
    from grader.suite.submission import SubmissionView

MAX_REQUIREMENTS = 5_000
#: Entries of one table: each is looked up in the text for its line.
MAX_ENTRIES = 2_000
_INCLUDE = re.compile(r"(?:-r|-c|--requirement|--constraint)[ =]?\s*(\S+)")
_EGG = re.compile(r"[#&]egg=([A-Za-z0-9][A-Za-z0-9._-]*)")
_NAME = re.compile(r"\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(\[[^\]]*\])?\s*([^;@#]*)")


@dataclass(frozen=True)
class Dependency:
    """A declared dependency: normalised name, version specifier as written, where, and in which group
    (`""`: always).

    `url` is set where it comes from no index: a path, a URL, a repository.
    """

    name: str
    specifier: str
    path: str
    line: int | None
    group: str = ""
    url: str = ""


def dependencies(view: SubmissionView) -> list[Dependency]:
    """Every dependency of pyproject.toml, requirements files, environment.yml, setup.cfg and setup.py.

    A file that is broken contributes nothing here: what is wrong with it is for `view.toml` and its like to
    say.
    """
    found: list[Dependency] = []
    for path in view.files("pyproject.toml", "*/pyproject.toml"):
        found += _tolerant(view, path, _pyproject)
    for path in view.files("**/*.txt"):
        if _is_requirements(path):
            found += _tolerant(view, path, lambda v, p: _requirements(v, p, set()))
    for path in view.files("**/environment*.yml", "**/environment*.yaml", "**/conda*.yml", "**/conda*.yaml"):
        found += _tolerant(view, path, _conda)
    for path in view.files("setup.cfg", "*/setup.cfg"):
        found += _tolerant(view, path, _setup_cfg)
    for path in view.files("setup.py", "*/setup.py"):
        found += _tolerant(view, path, _setup_py)
    return list(dict.fromkeys(found))[:MAX_REQUIREMENTS]


def _tolerant(view: SubmissionView, path: str, read: Any) -> list[Dependency]:
    try:
        return list(read(view, path))
    except SubmissionFault:
        return []


def _is_requirements(path: str) -> bool:
    name = path.rpartition("/")[2].lower()
    return "requirements" in name or matches(path.lower(), "**/requirements/*.txt")


def parse(text: str, path: str, line: int | None, group: str = "") -> Dependency | None:
    """One requirement by PEP 508, or leniently its name where it is malformed; None where there is no
    name.
    """
    text = text.strip()[:1000]
    try:
        wanted = Requirement(text)
    except (InvalidRequirement, RecursionError):
        found = _NAME.match(text)
        if not found or "://" in text or text.startswith((".", "/", "-")):
            return None
        return Dependency(canonicalize_name(found.group(1)), found.group(3).strip(), path, line, group)
    return Dependency(
        canonicalize_name(wanted.name), str(wanted.specifier), path, line, group, wanted.url or ""
    )


def _several(items: Any, path: str, lines: list[str], group: str = "") -> Iterator[Dependency]:
    for item in items[:MAX_ENTRIES] if isinstance(items, list) else []:
        found = parse(item, path, _line(lines, item), group) if isinstance(item, str) else None
        if found:
            yield found


def _line(lines: list[str], text: str) -> int | None:
    return next((number for number, line in enumerate(lines[:5000], start=1) if text in line), None)


def _table(data: Any, *keys: str) -> dict[str, Any]:
    for key in keys:
        data = data.get(key) if isinstance(data, dict) else None
    return data if isinstance(data, dict) else {}


def _pyproject(view: SubmissionView, path: str) -> Iterator[Dependency]:
    data, lines = view.toml(path), view.lines(path)
    yield from _several(_table(data, "project").get("dependencies"), path, lines)
    for group, items in _table(data, "project", "optional-dependencies").items():
        yield from _several(items, path, lines, group)
    for group, items in _table(data, "dependency-groups").items():
        yield from _several(items, path, lines, group)
    yield from _several(_table(data, "tool", "uv").get("dev-dependencies"), path, lines, "dev")
    for group, items in _table(data, "tool", "pdm", "dev-dependencies").items():
        yield from _several(items, path, lines, group)
    poetry = _table(data, "tool", "poetry")
    yield from _poetry(poetry.get("dependencies"), path, lines, "")
    yield from _poetry(poetry.get("dev-dependencies"), path, lines, "dev")
    for group, table in _table(poetry, "group").items():
        yield from _poetry(_table(table).get("dependencies"), path, lines, group)


def _poetry(table: Any, path: str, lines: list[str], group: str) -> Iterator[Dependency]:
    for name, wanted in _table(table).items():
        if name.lower() == "python":
            continue
        version = wanted.get("version", "") if isinstance(wanted, dict) else wanted
        at = next(
            (number for number, line in enumerate(lines, start=1) if line.strip().startswith(name)), None
        )
        yield Dependency(
            canonicalize_name(name), version if isinstance(version, str) else "", path, at, group
        )


def _requirements(view: SubmissionView, path: str, seen: set[str]) -> Iterator[Dependency]:
    if path in seen or len(seen) > 50:
        return
    seen.add(path)
    group = (
        ""
        if path.rpartition("/")[2].lower() == "requirements.txt"
        else path.rpartition("/")[2].rpartition(".")[0]
    )
    text = ""
    for number, raw in enumerate(view.lines(path), start=1):
        line = re.sub(r"(?:^|\s)#.*$", "", raw).strip()
        text = f"{text} {line}".strip()
        if text.endswith("\\") and len(text) < 10_000:
            text = text[:-1].strip()
            continue
        line, text = text, ""
        include = _INCLUDE.match(line)
        if include:
            inner = _relative(path, include.group(1))
            if inner and view.exists(inner):
                yield from _requirements(view, inner, seen)
        elif line.startswith(("-e", "--editable", "git+", "http:", "https:", "file:")):
            egg = _EGG.search(line)
            if egg:
                yield Dependency(canonicalize_name(egg.group(1)), "", path, number, group, line[:200])
        elif line and not line.startswith("-"):
            found = parse(re.split(r"\s--", line)[0], path, number, group)
            if found:
                yield found


def _relative(path: str, include: str) -> str | None:
    """The path that `-r include` in `path` means; None where it leaves the repository."""
    parts = path.split("/")[:-1]
    for part in include.split("/"):
        if part == ".." and not parts:
            return None
        if part == "..":
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return None if include.startswith("/") or ":" in include else "/".join(parts)


def _conda(view: SubmissionView, path: str) -> Iterator[Dependency]:
    data = view.yaml(path)
    items = _table(data).get("dependencies")
    for item in items if isinstance(items, list) else []:
        if isinstance(item, str):
            # `pytorch::pytorch=2.1=cpu*`: channel, name, version, build.
            found = re.match(r"([\w.-]+)\s*(.*)", item.rpartition("::")[2])
            if found and found.group(1).lower() not in ("python", "pip"):
                yield Dependency(
                    canonicalize_name(found.group(1)), found.group(2), path, _line(view.lines(path), item)
                )
        elif isinstance(item, dict):
            yield from _several(item.get("pip"), path, view.lines(path))


def _setup_cfg(view: SubmissionView, path: str) -> Iterator[Dependency]:
    config = configparser.RawConfigParser(strict=False)
    try:
        config.read_string(view.text(path))
    except (configparser.Error, ValueError):
        return
    lines = view.lines(path)
    wanted = config.get("options", "install_requires", fallback="")
    yield from _several(wanted.split("\n"), path, lines)
    if config.has_section("options.extras_require"):
        for group, text in config.items("options.extras_require"):
            yield from _several(text.split("\n"), path, lines, group)


def _setup_py(view: SubmissionView, path: str) -> Iterator[Dependency]:
    file = view.python(path)
    assigned = {
        target.id: node.value
        for node in ast.walk(file.tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for call in file.calls("setup"):
        for key in ("install_requires", "extras_require", "tests_require"):
            node = call.keywords.get(key)
            node = assigned.get(node.id) if isinstance(node, ast.Name) else node
            groups = node if isinstance(node, ast.Dict) else None
            pairs = zip(groups.keys, groups.values, strict=True) if groups else [(None, node)]
            for name, items in pairs:
                group = (
                    str(name.value)
                    if isinstance(name, ast.Constant)
                    else ("" if key == "install_requires" else key)
                )
                for item in items.elts if isinstance(items, ast.List | ast.Tuple) else []:
                    if isinstance(item, ast.Constant) and isinstance(item.value, str):
                        found = parse(item.value, path, item.lineno, group)
                        if found:
                            yield found
