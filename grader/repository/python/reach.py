"""The code that a piece of code may run, as far as its names tell: functions, classes and values of the repository."""

from __future__ import annotations

import ast
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from grader.repository.python.module_index import Modules, written
from grader.repository.python.nodes import Call
from grader.repository.python.python_file import PythonFile

#: Maximum number of pieces of code followed from one start.
MAX_PIECES = 400
_FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef
#: An application refers to its start-up code, but a handler that names the application does not run that code.
_APPLICATIONS = ("FastAPI", "Flask", "APIRouter", "Starlette", "Litestar", "Blueprint", "Quart", "Sanic")


@dataclass(frozen=True)
class Reached:
    """A function, a class body or an expression that may run, and its file."""

    file: PythonFile
    node: ast.AST = field(repr=False)

    @cached_property
    def calls(self) -> tuple[Call, ...]:
        """The calls inside it."""
        return tuple(self.file.calls(within=self.node))


class Reach:
    """Follows names from a piece of code to their definitions, file by file; see `SubmissionView.reach`."""

    def __init__(self, modules: Modules) -> None:
        self._modules = modules
        self._bound: dict[str, dict[str, list[ast.expr]]] = {}
        self._known: dict[int, Reached] = {}
        self._next: dict[int, tuple[Reached, ...]] = {}

    def run(self, file: PythonFile, *nodes: ast.AST) -> list[Reached]:
        """Return the pieces themselves, then everything that they name: nearest first, each once."""
        found: dict[int, Reached] = {}
        todo = deque(piece for node in nodes for piece in self._pieces(file, node))
        while todo and len(found) < MAX_PIECES:
            piece = todo.popleft()
            if id(piece.node) not in found:
                found[id(piece.node)] = piece
                todo.extend(one for one in self._after(piece) if id(one.node) not in found)
        return list(found.values())

    def _after(self, piece: Reached) -> tuple[Reached, ...]:
        """Return what a piece names, each once; cached for all starts."""
        if id(piece.node) not in self._next:
            named = {id(one.node): one for found in self._named(piece) for one in found}
            self._next[id(piece.node)] = tuple(named.values())
        return self._next[id(piece.node)]

    def _piece(self, file: PythonFile, node: ast.AST) -> Reached:
        return self._known.setdefault(id(node), Reached(file, node))

    def _pieces(self, file: PythonFile, node: ast.AST) -> list[Reached]:
        """Return the methods of a class and the rest of its body, because it is unknown which of them runs."""
        inside: list[ast.AST] = [*node.bases, *node.body] if isinstance(node, ast.ClassDef) else [node]
        return [self._piece(file, one) for one in inside]

    def _named(self, piece: Reached) -> Iterator[list[Reached]]:
        own = _locals(piece.node) if isinstance(piece.node, _FUNCTIONS) else set()
        for node in _inside(piece.node):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id not in own:
                yield self._resolve(piece.file, node)
            elif isinstance(node, ast.Attribute):
                yield self._attribute(piece.file, node, own)
            elif isinstance(node, ast.Call) and _is_getattr(node):
                yield self._values(piece.file, f".{node.args[1].value}")  # type: ignore[attr-defined]

    def _attribute(self, file: PythonFile, node: ast.Attribute, own: set[str]) -> list[Reached]:
        root = written(node).partition(".")[0]
        if root in file.aliases and root not in own:
            return self._resolve(file, node)
        return self._values(file, f".{node.attr}")

    def _resolve(self, file: PythonFile, node: ast.expr) -> list[Reached]:
        place = self._modules.home(node, file)
        if place is None or not place[1]:
            return []
        home, name = place[0], place[1].partition(".")[0]
        function, cls = home.functions.get(name), home.classes.get(name)
        found = [function.node] if function and "." not in function.qualname else []
        return [
            *(piece for one in found for piece in self._pieces(home, one)),
            *(self._pieces(home, cls.node) if cls else []),
            *self._values(home, name),
        ]

    def _values(self, file: PythonFile, name: str) -> list[Reached]:
        """Return the values that a global name, or any attribute of that name (`.model`), is bound to in a file."""
        if file.path not in self._bound:
            self._bound[file.path] = _bindings(file)
        return [self._piece(file, value) for value in self._bound[file.path].get(name, [])]


def _inside(node: ast.AST) -> Iterator[ast.AST]:
    """Yield every node inside, without decorators: they declare a handler and are not run by it."""
    todo = [node]
    while todo:
        one = todo.pop()
        yield one
        if isinstance(one, ast.Compare) and all(isinstance(op, ast.Is | ast.IsNot) for op in one.ops):
            # `model is None` runs nothing of the model.
            todo += [side for side in [one.left, *one.comparators] if isinstance(side, ast.Call)]
            continue
        for name, value in ast.iter_fields(one):
            if name != "decorator_list":
                todo += [item for item in (value if isinstance(value, list) else [value]) if _is_node(item)]


def _is_node(item: object) -> bool:
    return isinstance(item, ast.AST)


def _locals(function: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    """Return the local names of a function: its parameters, and the names that it binds without `global`."""
    spec = function.args
    every = [*spec.posonlyargs, *spec.args, *spec.kwonlyargs, spec.vararg, spec.kwarg]
    names = {arg.arg for arg in every if arg}
    shared: set[str] = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.Global | ast.Nonlocal):
            shared.update(node.names)
    return names - shared


def _bindings(file: PythonFile) -> dict[str, list[ast.expr]]:
    """Return values by name: of the file's globals, and as `.name` of attributes, wherever they are assigned."""
    found: dict[str, list[ast.expr]] = {}
    local: dict[int, set[str]] = {}
    for function in file.functions:
        names = _locals(function.node)
        # An inner function comes after its outer one.
        local.update((id(node), names) for node in ast.walk(function.node))
    for node in ast.walk(file.tree):
        for target, value in _assignments(node):
            if isinstance(value, ast.Call) and file.dotted(value.func).rpartition(".")[2] in _APPLICATIONS:
                continue
            for name in _names(target):
                if name.startswith(".") or name not in local.get(id(node), ()):
                    found.setdefault(name, []).append(value)
    return found


def _assignments(node: ast.AST) -> list[tuple[ast.expr, ast.expr]]:
    if isinstance(node, ast.Assign):
        return [(target, node.value) for target in node.targets]
    if isinstance(node, ast.AnnAssign | ast.NamedExpr | ast.AugAssign) and node.value is not None:
        return [(node.target, node.value)]
    if isinstance(node, ast.withitem) and node.optional_vars is not None:
        return [(node.optional_vars, node.context_expr)]
    return []


def _names(target: ast.expr) -> list[str]:
    """Return the names that a target binds: `model`, `.model` for `app.state.model`, `models` for `models["best"]`."""
    if isinstance(target, ast.Tuple | ast.List):
        return [name for item in target.elts for name in _names(item)]
    while isinstance(target, ast.Subscript | ast.Starred):
        target = target.value
    if isinstance(target, ast.Attribute):
        return [f".{target.attr}"]
    return [target.id] if isinstance(target, ast.Name) else []


def _is_getattr(node: ast.Call) -> bool:
    named = isinstance(node.func, ast.Name) and node.func.id in ("getattr", "hasattr", "setattr")
    return (
        named
        and len(node.args) > 1
        and isinstance(node.args[1], ast.Constant)
        and isinstance(node.args[1].value, str)
    )
