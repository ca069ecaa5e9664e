"""The plan of the folders, printed and checked: `python -m tests.architecture` (part of `make lint`).

The layers themselves are a contract of import-linter in `pyproject.toml`. Here are the rules that keep the plan readable:
few files a folder, one name for one thing, files that fit in the head.
"""

from __future__ import annotations

import ast
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from tests.places import ROOT

ENGINE = ROOT / "grader"
#: The sample project of the demo is a student's repository.
SAMPLE = ENGINE / "demo" / "project"

MAX_FILES = 14
MAX_LINES = 350

#: Packages whose names others import; each lists them in `__all__`.
PUBLIC = ("grader", "grader.suite", "grader.testing")


def modules() -> list[Path]:
    """Return the engine's Python files, sorted by path."""
    return sorted(path for path in ENGINE.rglob("*.py") if SAMPLE not in path.parents)


def layers() -> list[str]:
    """Return the layers as the contract names them, the highest first; packages on one level are separated by `|`."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    found: list[str] = next(one["layers"] for one in contracts if one["type"] == "layers")
    return found


def public_names(package: str) -> list[str]:
    """Return `__all__` of a public package, read from its syntax tree."""
    path = ROOT / package.replace(".", "/")
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__":
            names: list[str] = ast.literal_eval(node.value)
            return names
    return []


def files_a_folder() -> dict[str, int]:
    """Return the number of Python files in each folder, `__init__.py` included."""
    found: dict[str, int] = defaultdict(int)
    for path in modules():
        found[path.parent.relative_to(ROOT).as_posix()] += 1
    return dict(found)


def names_that_stand_twice() -> Iterator[str]:
    """Yield each file name and each class name that two modules share; a package's face `x/x.py` shares its folder's name."""
    files: dict[str, list[str]] = defaultdict(list)
    classes: dict[str, list[str]] = defaultdict(list)
    for path in modules():
        place = path.relative_to(ROOT).as_posix()
        if not path.stem.startswith("__"):
            files[path.stem].append(place)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                classes[node.name].append(f"{place}:{node.lineno}")
    folders = {path.parent for path in modules()} - {ENGINE}
    for folder in sorted(folders):
        face = f"{(folder / folder.name).relative_to(ROOT).as_posix()}.py"
        place = folder.relative_to(ROOT).as_posix() + "/"
        files[folder.name] = [one for one in files[folder.name] if one != face] + [place]
    for kind, found in (("file", files), ("class", classes)):
        for name, places in sorted(found.items()):
            if len(places) > 1:
                yield f"{kind} {name}: {', '.join(places)}"


def names_of_libraries() -> Iterator[str]:
    """Yield each of our modules that is called like a library that the engine imports."""
    imported: set[str] = set()
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                imported.add(node.module.partition(".")[0])
    libraries = imported - set(sys.stdlib_module_names) - {"grader"}
    for path in modules():
        name = path.parent.name if path.stem == "__init__" else path.stem
        if name in libraries:
            yield path.relative_to(ROOT).as_posix()


def problems() -> Iterator[str]:
    """Yield a line for each rule that the plan breaks."""
    for folder, count in files_a_folder().items():
        if count > MAX_FILES:
            yield f"{folder} has {count} Python files; at most {MAX_FILES} fit in the head."
    for path in modules():
        lines = path.read_text(encoding="utf-8").count("\n")
        if lines > MAX_LINES:
            yield f"{path.relative_to(ROOT).as_posix()} has {lines} lines; at most {MAX_LINES} fit in the head."
    for name in names_that_stand_twice():
        yield f"Two things share a name: {name}."
    for place in names_of_libraries():
        yield f"{place} is called like a library that the engine imports."
    for package in PUBLIC:
        if not public_names(package):
            yield f"{package} has no `__all__`."


def main() -> int:
    """Print the plan and what breaks its rules; return 1 if anything does."""
    print("Layers, each imports only what stands below it:")
    for layer in layers():
        print(f"  {layer}")
    print("\nPublic names:")
    for package in PUBLIC:
        print(f"  {package}: {', '.join(public_names(package))}")
    print("\nPython files a folder:")
    for folder, count in sorted(files_a_folder().items()):
        print(f"  {count:3}  {folder}")
    print(f"\n{sum(files_a_folder().values())} files")
    found = list(problems())
    print(
        "\nRules broken:"
        if found
        else "\nNo rule is broken: no name stands twice, no folder and no file is too large."
    )
    for line in found:
        print(f"  {line}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
