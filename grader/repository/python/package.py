"""The students' package in any layout: `src/<name>/`, `src` itself, a root folder, or a flat folder of scripts."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from grader.parsing.plain_shapes import listed, table
from grader.repository.python.python_file import PythonFile
from grader.repository.python.roles import NO_WORDS, CourseWords, is_test, rank

_NOT_PACKAGES = frozenset(
    {"tests", "test", "docs", "doc", "configs", "conf", "notebooks", "app", "scripts", "reports"}
)
_TYPICAL = frozenset({"data.py", "model.py", "train.py"})
_PLAIN_NAME = re.compile(r"[A-Za-z_]\w*")


@dataclass(frozen=True)
class Package:
    """A folder of the students' code.

    `name` is its import name (`""` for a folder of scripts without one), `folder` its path (`""` for the
    root), `modules` its parsable files without tests, `secondary` other packages of the repository.
    `importable` tells whether it has an `__init__.py`; `words` are the course's.
    """

    name: str
    folder: str
    modules: tuple[PythonFile, ...] = field(repr=False)
    importable: bool
    elsewhere: tuple[PythonFile, ...] = field(repr=False, default=())
    secondary: tuple[Package, ...] = field(repr=False, default=())
    words: CourseWords = field(repr=False, default=NO_WORDS)

    @cached_property
    def paths(self) -> frozenset[str]:
        """The paths of its modules."""
        return frozenset(module.path for module in self.modules)

    @property
    def code_lines(self) -> int:
        """Lines of Python, without blank lines and comments."""
        return sum(module.code_lines for module in self.modules)

    def find(self, role: str) -> list[PythonFile]:
        """Return the files of a role, best match first: by content, then file name, then folder.

        Among equals the package's own files come first.
        role: data, model, train, evaluate, visualize, api, frontend, drift_monitoring or tests.

        Raises:
            ValueError: no such role.
        """
        return rank([*self.modules, *self.elsewhere], role, self.paths, self.words)

    def module_name(self, path: str) -> str:
        """Return the dotted name by which a file of the package is imported: `src/pkg/model.py` is `pkg.model`."""
        inside = path.removeprefix(f"{self.folder}/" if self.folder else "").removesuffix(".py").split("/")
        parts = ([self.name] if self.name else []) + [part for part in inside if part != "__init__"]
        return ".".join(parts)


def discover(
    files: list[PythonFile], paths: list[str], pyproject: dict[str, Any], words: CourseWords = NO_WORDS
) -> Package | None:
    """Return the candidate package with the most lines; None if there is no Python but tests.

    files: every parsable Python file; paths: every Python path, broken ones included; pyproject: its data, `{}`
    if there is none; words: what the course says of files.
    """
    code = [file for file in files if not is_test(file.path)]
    folders = _candidates(paths, _declared(pyproject))
    found = [_package(folder, code, paths, files) for folder in folders]
    filled = [package for package in found if package.modules]
    # `src` contains `src/name`: the inner folder is the package if it has code.
    filled = [one for one in filled if not any(_inside(other, one) for other in filled)]
    filled.sort(key=lambda package: (-package.code_lines, package.folder))
    if filled:
        return replace(filled[0], secondary=tuple(filled[1:]), words=words)
    if not code:
        return None
    return replace(_package(_flat_folder(code), code, paths, files), words=words)


def _inside(inner: Package, outer: Package) -> bool:
    if inner is outer or not inner.folder.startswith(outer.folder + "/"):
        return False
    own = sum(module.code_lines for module in outer.modules if module.path not in inner.paths)
    return outer.folder == "src" and inner.code_lines > own


def _candidates(paths: list[str], declared: set[str]) -> list[str]:
    initialised = {path.rpartition("/")[0] for path in paths if path.endswith("/__init__.py")}
    typical = Counter(path.rpartition("/")[0] for path in paths if path.rpartition("/")[2] in _TYPICAL)
    folders = {path.rpartition("/")[0] for path in paths if "/" in path}
    tops = {folder.split("/")[0] for folder in folders}
    children = {"/".join(folder.split("/")[:2]) for folder in folders if folder.startswith("src/")}
    found = {child for child in children if child in initialised or typical[child] >= 2}
    if "src" in initialised or typical["src"] >= 2:
        found.add("src")
    found |= {top for top in tops if top in initialised and top.lower() not in _NOT_PACKAGES}
    # The package that pyproject.toml names counts without an __init__.py, under src or at the root.
    found |= {child for child in children if child.removeprefix("src/") in declared}
    found |= {top for top in tops if top in declared and top.lower() not in _NOT_PACKAGES}
    if found:
        return sorted(found)
    # The project lies in a folder of its own.
    nested = {folder for folder in initialised if folder.count("/") <= 3 and not is_test(f"{folder}/x.py")}
    outer = {one for one in nested if one.rpartition("/")[0] not in nested}
    return sorted(one for one in outer if one.rpartition("/")[2].lower() not in _NOT_PACKAGES)


def _declared(pyproject: dict[str, Any]) -> set[str]:
    names: set[str] = set()
    for one in (table(pyproject, "project"), table(pyproject, "tool", "poetry")):
        if isinstance(one.get("name"), str):
            names.add(re.sub(r"[-.]+", "_", one["name"]))
    packages = listed(pyproject, "tool", "setuptools", "packages")
    return names.union(item for item in packages if isinstance(item, str))


def _flat_folder(code: list[PythonFile]) -> str:
    """Return the only folder that contains at least two of data, model and train, else the root."""
    typical = Counter(
        file.path.rpartition("/")[0] for file in code if file.path.rpartition("/")[2] in _TYPICAL
    )
    rich = [folder for folder, count in typical.items() if count >= 2]
    return rich[0] if len(rich) == 1 else ""


def _package(folder: str, code: list[PythonFile], paths: list[str], files: list[PythonFile]) -> Package:
    inside = f"{folder}/" if folder else ""
    modules = tuple(file for file in code if file.path.startswith(inside))
    own = {file.path for file in modules}
    importable = bool(folder) and f"{folder}/__init__.py" in paths
    last = folder.rpartition("/")[2]
    name = (
        last
        if _PLAIN_NAME.fullmatch(last) and (importable or folder.startswith("src/") or "/" not in folder)
        else ""
    )
    return Package(name, folder, modules, importable, tuple(file for file in files if file.path not in own))
