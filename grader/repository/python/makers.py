"""What made the object that a name stands for: `s` of `s = requests.Session()`, of a `with`, a parameter, a fixture."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from grader.repository.python.module_index import Modules, written
from grader.repository.python.python_file import PythonFile

#: Maximum number of names that are followed from one to the next.
MAX_HOPS = 6
#: Maximum number of bindings that are kept of one file.
MAX_BINDINGS = 20_000
_FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef
_LITERALS: tuple[tuple[type[ast.expr] | tuple[type[ast.expr], ...], str], ...] = (
    ((ast.Dict, ast.DictComp), "dict"),
    ((ast.List, ast.ListComp), "list"),
    ((ast.Set, ast.SetComp), "set"),
    (ast.Tuple, "tuple"),
    ((ast.Constant, ast.JoinedStr), "str"),
)


@dataclass(frozen=True)
class _Binding:
    value: ast.expr
    line: int
    function: ast.AST | None


class Makers:
    """Finds what made the objects of a repository's names; each file is read once."""

    def __init__(self, modules: Modules) -> None:
        self._modules = modules
        self._known: dict[str, dict[str, list[_Binding]]] = {}
        self._around: dict[str, dict[int, ast.AST | None]] = {}

    def maker(self, file: PythonFile, node: ast.expr, hops: int = 0) -> str:
        """Return the dotted name of what was called (`requests.Session`), of what is meant, or of a literal (`dict`).

        Empty where nobody can tell.
        """
        if hops > MAX_HOPS:
            return ""
        if isinstance(node, ast.Await):
            return self.maker(file, node.value, hops + 1)
        if isinstance(node, ast.BoolOp):
            found = (self.maker(file, one, hops + 1) for one in node.values)
            return next(filter(None, found), "")
        if isinstance(node, ast.Call):
            return self._called(file, node, hops)
        if isinstance(node, ast.Name | ast.Attribute):
            return self._named(file, node, hops)
        return next((name for kind, name in _LITERALS if isinstance(node, kind)), "")

    def _called(self, file: PythonFile, node: ast.Call, hops: int) -> str:
        place = self._modules.home(node.func, file)
        function = (
            next((one for one in place[0].functions if one.qualname == place[1]), None) if place else None
        )
        if place is not None and function is not None:
            return self._given(place[0], function.node, hops)
        return file.dotted(node.func)

    def _given(self, file: PythonFile, function: ast.AST, hops: int) -> str:
        """Return what made the object that a function of the repository returns, or a fixture yields."""
        for one in ast.walk(function):
            if isinstance(one, ast.Return | ast.Yield) and one.value is not None:
                found = self.maker(file, one.value, hops + 1)
                if found:
                    return found
        return ""

    def _named(self, file: PythonFile, node: ast.Name | ast.Attribute, hops: int) -> str:
        name = written(node)
        binding = self._binding(file, name, node)
        if binding is not None and binding.value is not node:
            return self.maker(file, binding.value, hops + 1)
        parameter = self._parameter(file, name, node) if isinstance(node, ast.Name) else None
        if parameter is not None:
            if parameter.annotation is not None:
                return file.dotted(parameter.annotation)
            fixture = file.functions.get(name)
            marks = [one.name.rpartition(".")[2] for one in fixture.decorators] if fixture else []
            return self._given(file, fixture.node, hops) if fixture and "fixture" in marks else ""
        if name.partition(".")[0] not in file.aliases:
            return ""
        place = self._modules.home(node, file)
        if place is None or place[0] is file:
            return file.dotted(node)
        bound = self._bindings(place[0]).get(place[1], ())
        return self.maker(place[0], bound[-1].value, hops + 1) if bound else ""

    def _binding(self, file: PythonFile, name: str, node: ast.expr) -> _Binding | None:
        """Return what a name is bound to where it is used: in its function before that line, else at the top level."""
        found = self._bindings(file).get(name, [])
        if "." in name:
            return found[-1] if found else None
        function = self._functions_of(file).get(id(node))
        inside = [one for one in found if one.function is function]
        before = [one for one in inside if one.line <= node.lineno] or inside
        if before:
            return before[-1]
        if function is not None and self._parameter(file, name, node) is not None:
            return None
        top = [one for one in found if one.function is None]
        return top[-1] if top else None

    def _parameter(self, file: PythonFile, name: str, node: ast.expr) -> ast.arg | None:
        function = self._functions_of(file).get(id(node))
        if not isinstance(function, _FUNCTIONS):
            return None
        given = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
        return next((one for one in given if one.arg == name), None)

    def _functions_of(self, file: PythonFile) -> dict[int, ast.AST | None]:
        """Return the innermost function around each expression of a file."""
        if file.path not in self._around:
            found: dict[int, ast.AST | None] = {}
            todo: list[tuple[ast.AST, ast.AST | None]] = [(file.tree, None)]
            while todo:
                node, function = todo.pop()
                if isinstance(node, ast.expr):
                    found[id(node)] = function
                inner = node if isinstance(node, _FUNCTIONS) else function
                todo.extend((child, inner) for child in ast.iter_child_nodes(node))
            self._around[file.path] = found
        return self._around[file.path]

    def _bindings(self, file: PythonFile) -> dict[str, list[_Binding]]:
        if file.path not in self._known:
            found: dict[str, list[_Binding]] = {}
            for target, value in _bound(file.tree):
                name = written(target)
                if name:
                    function = self._functions_of(file).get(id(target))
                    found.setdefault(name, []).append(_Binding(value, target.lineno, function))
            for bindings in found.values():
                bindings.sort(key=lambda one: one.line)
            self._known[file.path] = found
        return self._known[file.path]


def _bound(tree: ast.AST) -> list[tuple[ast.expr, ast.expr]]:
    """Return the targets of assignments and of `with … as …`, each with its value."""
    found: list[tuple[ast.expr, ast.expr]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            found += [(target, node.value) for target in node.targets]
        elif isinstance(node, ast.AnnAssign | ast.NamedExpr) and node.value is not None:
            found.append((node.target, node.value))
        elif isinstance(node, ast.withitem) and node.optional_vars is not None:
            found.append((node.optional_vars, node.context_expr))
        if len(found) > MAX_BINDINGS:
            break
    return found
