"""Resolves imported names to files of the repository, and expressions to their text. Nothing is ever run."""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Iterable

from grader.repository.python.python_file import PythonFile

#: Maximum number of re-exports from file to file that are followed.
MAX_HOPS = 6
#: Maximum number of expressions evaluated for one text, and of characters of the text.
MAX_STEPS = 300
MAX_TEXT = 1_000
#: Maximum number of files with the same module name.
MAX_SAME = 50
_SUFFIX_PARTS = 8
_SAME = ("str", "os.fspath", "os.path.abspath", "os.path.realpath", "os.path.normpath", "os.path.expanduser")
_SAME_METHODS = ("resolve", "absolute", "as_posix", "expanduser", "strip")
_PATHS = ("pathlib.Path", "pathlib.PurePath", "pathlib.PosixPath", "pathlib.PurePosixPath", "Path")
_HERE = ("os.getcwd", "pathlib.Path.cwd", "hydra.utils.get_original_cwd")
_ENVIRONMENT = ("os.getenv", "os.environ.get")


class Modules:
    """The Python files of a repository by their import names, and the texts that they define."""

    def __init__(self, files: Iterable[PythonFile]) -> None:
        self._by_name: dict[str, list[PythonFile]] = {}
        self._assigned: dict[str, dict[str, ast.expr]] = {}
        for file in files:
            parts = file.path.removesuffix(".py").split("/")
            parts = parts[:-1] if parts[-1] == "__init__" else parts
            for start in range(max(0, len(parts) - _SUFFIX_PARTS), len(parts)):
                same = self._by_name.setdefault(".".join(parts[start:]), [])
                if len(same) < MAX_SAME:
                    same.append(file)

    def module(self, name: str, seen_from: PythonFile) -> PythonFile | None:
        """Return the file of a module (`pkg.routes`, `.routes`) as `seen_from` imports it; None if not in the repository."""
        if name.startswith("."):
            level = len(name) - len(name.lstrip("."))
            folders = seen_from.path.split("/")[:-1]
            if level - 1 > len(folders):
                return None
            inside = folders[: len(folders) - (level - 1)] + [
                part for part in name[level:].split(".") if part
            ]
            exact = {"/".join(inside) + ".py", "/".join([*inside, "__init__.py"])}
            named = self._by_name.get(".".join(inside[-_SUFFIX_PARTS:]), [])
            return next((file for file in named if file.path in exact), None)
        # If several modules have the name, use the one nearest to the importing file.
        found = self._by_name.get(name, [])
        return max(
            found, key=lambda file: len(posixpath.commonpath([file.path, seen_from.path])), default=None
        )

    def locate(self, dotted: str, seen_from: PythonFile) -> tuple[PythonFile, str] | None:
        """Return the file that defines a dotted name, as resolved in `seen_from`, and the name in it (`""`: the module itself).

        `pkg.routes.router` is (`src/pkg/routes.py`, `router`); names that a file only imports are followed to their definition.
        None if it is not in the repository.
        """
        for _ in range(MAX_HOPS):
            split = self._split(dotted, seen_from)
            if split is None:
                return None
            file, rest = split
            first, _, more = rest.partition(".")
            imported = file.aliases.get(first)
            if not rest or not imported or imported == first:
                return file, rest
            dotted = f"{imported}.{more}" if more else imported
            seen_from = file
        return None

    def home(self, node: ast.expr, file: PythonFile) -> tuple[PythonFile, str] | None:
        """Return the file that defines the name `node` (`app`, `routes.router`, `self.app`), and the name there.

        The file is `file` itself if the name is not imported. None for other expressions, and for names from elsewhere.
        """
        name = written(node)
        if not name:
            return None
        if name.partition(".")[0] in file.aliases:
            return self.locate(file.dotted(node), file)
        return self._starred(name, file) or (file, name)

    def _starred(self, name: str, file: PythonFile) -> tuple[PythonFile, str] | None:
        """Return the home of a name that `from module import *` brings; None if the file has it itself, or no such module."""
        first = name.partition(".")[0]
        if not file.starred or self._has(file, first):
            return None
        for module in file.starred:
            other = self.module(module, file)
            if (
                other is not None
                and other is not file
                and (first in other.aliases or self._has(other, first))
            ):
                return self.locate(f"{module}{'' if module.endswith('.') else '.'}{name}", file)
        return None

    def _has(self, file: PythonFile, name: str) -> bool:
        functions = (one.qualname for one in file.functions)
        return name in self.assigned(file) or file.classes.get(name) is not None or name in functions

    def _split(self, dotted: str, seen_from: PythonFile) -> tuple[PythonFile, str] | None:
        dots = len(dotted) - len(dotted.lstrip("."))
        parts = dotted[dots:].split(".")
        for count in range(min(len(parts), 12), -1 if dots else 0, -1):
            file = self.module("." * dots + ".".join(parts[:count]), seen_from)
            if file is not None and (count or file is not seen_from):
                return file, ".".join(parts[count:])
        return None

    def assigned(self, file: PythonFile) -> dict[str, ast.expr]:
        """Return the first value bound to each name of a file: at the top level, else anywhere; `self.x` counts as a name."""
        if file.path not in self._assigned:
            found: dict[str, ast.expr] = {}
            for node in [*file.tree.body, *ast.walk(file.tree)]:
                targets: list[ast.expr] = []
                if isinstance(node, ast.Assign):
                    targets = node.targets
                elif isinstance(node, ast.AnnAssign | ast.NamedExpr) and node.value:
                    targets = [node.target]
                for target in targets:
                    if isinstance(target, ast.Name | ast.Attribute) and node.value is not None:  # type: ignore[attr-defined]
                        found.setdefault(written(target), node.value)  # type: ignore[attr-defined]
            self._assigned[file.path] = found
        return self._assigned[file.path]

    def text(self, file: PythonFile, node: ast.AST | None) -> str | None:
        """Return the text or path of an expression, or None if it is unknown without running it.

        Supported are constants, f-strings, `+`, `/`, names of this or another file, `Path`, `os.path`, defaults of environment
        variables. The root of the repository is `/`: `Path(__file__).parent / "conf"` in `src/a.py` is `/src/conf`.
        """
        return _Text(self).of(file, node)


class _Text:
    """One evaluation, with a limited number of steps."""

    def __init__(self, modules: Modules) -> None:
        self.modules = modules
        self.steps = MAX_STEPS

    def of(self, file: PythonFile, node: ast.AST | None) -> str | None:
        self.steps -= 1
        if node is None or self.steps < 0:
            return None
        found: str | None = None
        if isinstance(node, ast.Constant):
            found = node.value if isinstance(node.value, str) else None
        elif isinstance(node, ast.JoinedStr):
            found = self.joined(file, [self.part(file, value) for value in node.values])
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Div):
            left, right = self.of(file, node.left), self.of(file, node.right)
            if left is not None and right is not None:
                found = left + right if isinstance(node.op, ast.Add) else posixpath.join(left, right)
        elif isinstance(node, ast.Call):
            found = self.call(file, node)
        elif isinstance(node, ast.Subscript):
            found = self.parents(file, node)
        elif isinstance(node, ast.Name | ast.Attribute):
            found = self.name(file, node)
        return found if found is None or len(found) <= MAX_TEXT else None

    def part(self, file: PythonFile, value: ast.expr) -> str | None:
        if isinstance(value, ast.FormattedValue):
            return self.of(file, value.value) if value.format_spec is None else None
        return self.of(file, value)

    def joined(self, file: PythonFile, parts: list[str | None]) -> str | None:
        known = [part for part in parts if part is not None]
        return "".join(known) if len(known) == len(parts) else None

    def name(self, file: PythonFile, node: ast.Name | ast.Attribute) -> str | None:
        if isinstance(node, ast.Name) and node.id == "__file__":
            return "/" + file.path
        if isinstance(node, ast.Attribute) and node.attr == "parent":
            above = self.of(file, node.value)
            return posixpath.dirname(posixpath.normpath(above)) if above else None
        own = self.modules.assigned(file).get(written(node))
        if own is not None:
            return self.of(file, own)
        place = self.modules.home(node, file)
        if place is None or not place[1]:
            return None
        value = self.modules.assigned(place[0]).get(place[1]) if place[0] is not file else None
        return self.setting(*place) if value is None else self.of(place[0], value)

    def setting(self, file: PythonFile, name: str) -> str | None:
        """Return the default of a class's attribute: `settings.prefix` with `settings = Settings()`, or `Settings.prefix`."""
        # A class may name itself in a circle: each turn takes several frames of Python's stack.
        self.steps -= 3
        owner, _, attribute = name.rpartition(".")
        made = self.modules.assigned(file).get(owner)
        place = self.modules.home(made.func, file) if isinstance(made, ast.Call) else (file, owner)
        cls = place[0].classes.get(place[1]) if place else None
        for node in cls.node.body if cls else ():
            targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
            if any(isinstance(one, ast.Name) and one.id == attribute for one in targets):
                return self.of(place[0], getattr(node, "value", None)) if place else None
        return None

    def parents(self, file: PythonFile, node: ast.Subscript) -> str | None:
        index = node.slice.value if isinstance(node.slice, ast.Constant) else None
        if not (
            isinstance(node.value, ast.Attribute) and node.value.attr == "parents" and isinstance(index, int)
        ):
            return None
        above = self.of(file, node.value.value)
        for _ in range(min(index, 20) + 1):
            above = posixpath.dirname(posixpath.normpath(above)) if above else None
        return above

    def call(self, file: PythonFile, node: ast.Call) -> str | None:
        name = file.dotted(node.func)
        first = node.args[0] if node.args else None
        if name in _HERE:
            return "/"
        if name in _PATHS or name in ("os.path.join",):
            parts = [self.of(file, arg) for arg in node.args]
            known = [part for part in parts if part is not None]
            return posixpath.join(*known) if known and len(known) == len(parts) else None
        if name in _SAME:
            return self.of(file, first)
        if name == "os.path.dirname":
            above = self.of(file, first)
            return posixpath.dirname(above) if above else None
        if name in _ENVIRONMENT:
            return self.of(file, node.args[1]) if len(node.args) > 1 else None
        if name == "hydra.utils.to_absolute_path":
            below = self.of(file, first)
            return posixpath.join("/", below) if below is not None else None
        if isinstance(node.func, ast.Attribute):
            return self.method(file, node, node.func)
        return None

    def method(self, file: PythonFile, node: ast.Call, func: ast.Attribute) -> str | None:
        if func.attr in _SAME_METHODS:
            return self.of(file, func.value)
        if func.attr == "joinpath":
            parts = [self.of(file, arg) for arg in [func.value, *node.args]]
            known = [part for part in parts if part is not None]
            return posixpath.join(*known) if len(known) == len(parts) else None
        return None


def written(node: ast.expr) -> str:
    """Return the dotted name as written, without resolving imports."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join(reversed([*parts, node.id])) if isinstance(node, ast.Name) else ""
