"""The imports that a file cannot do without, told by their guards: `try`, `sys.version_info`, `TYPE_CHECKING`, `find_spec`."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from grader.repository.python.python_file import PythonFile

_IMPORT_ERRORS = ("ImportError", "ModuleNotFoundError", "Exception", "BaseException")
#: `is_wandb_available()`, as in transformers.
_HELPER = re.compile(r"is_([a-z]\w{0,60})_available")
_SYSTEMS = ("os.name", "sys.platform", "platform.system")
_WINDOWS = ("nt", "win32", "win", "Windows", "cygwin")
#: Functions that say whether a module can be imported: of importlib, pkgutil, Lightning.
_ASKING = ("find_spec", "find_loader", "module_available", "package_available", "RequirementCache")
_ENDS = ("sys.exit", "exit", "quit", "os._exit", "pytest.skip", "pytest.exit")
_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}


class Import(NamedTuple):
    """An import of a module: dotted, with what `from` takes from it (`google.cloud.storage`), and its statement."""

    module: str
    node: ast.stmt


def missing_imports(
    file: PythonFile, is_there: Callable[[str], bool], pythons: Sequence[tuple[int, ...]]
) -> list[Import]:
    """Return the imports of modules that are not there and that the file cannot do without.

    Of alternatives (`try` one, `except ImportError` the other) one has to be there; what only older Pythons than `pythons`, type
    checkers or a module that is not there would run is not needed.

    Args:
        file: the file.
        is_there: whether a dotted module can be imported.
        pythons: the versions of Python that the code is for.
    """
    return _ImportReading(file, is_there, pythons).missing(file.tree.body)


class _ImportReading:
    def __init__(
        self, file: PythonFile, is_there: Callable[[str], bool], pythons: Sequence[tuple[int, ...]]
    ) -> None:
        self.file, self.is_there, self.pythons = file, is_there, pythons
        #: Names that stand for a test: by the one value that they get, or by how a guarded import went.
        self.flags: dict[str, bool | None] = {}

    def missing(self, statements: Iterable[ast.stmt]) -> list[Import]:
        return [one for statement in statements for one in self.of(statement)]

    def of(self, node: ast.stmt) -> Iterator[Import]:
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from (one for one in _imported(node) if not self.is_there(one.module))
        elif isinstance(node, ast.Try | ast.TryStar):
            yield from self.tried(node)
        elif isinstance(node, ast.If):
            yield from self.decided(node)
        elif isinstance(node, ast.With) and any(map(self.suppresses, node.items)):
            return
        elif isinstance(node, ast.Assign):
            value = self.truth(node.value)
            for target in node.targets:
                if isinstance(target, ast.Name):
                    self.flags[target.id] = None if target.id in self.flags else value
        else:
            for part in ("body", "orelse", "cases"):
                for child in getattr(node, part, ()):
                    yield from (
                        self.missing(child.body) if isinstance(child, ast.match_case) else self.of(child)
                    )

    def tried(self, node: ast.Try | ast.TryStar) -> list[Import]:
        guards = [handler for handler in node.handlers if self.catches(handler)]
        others = [handler for handler in node.handlers if handler not in guards]
        needed = [one for handler in others for one in self.missing(handler.body)]
        needed += self.missing(node.finalbody)
        first = self.missing([*node.body, *node.orelse])
        if guards and not self.ends(guards[0].body):
            second = self.missing(guards[0].body)
            self.flags |= _constants(guards[0].body if first else [*node.body, *node.orelse])
            return needed + (second if len(second) <= len(first) else first)
        for guard in guards:
            self.missing(guard.body)
        return needed + first

    def decided(self, node: ast.If) -> Iterator[Import]:
        while True:
            truth = self.truth(node.test)
            if truth is not False:
                yield from self.missing(node.body)
            if truth is True:
                return
            if len(node.orelse) != 1 or not isinstance(node.orelse[0], ast.If):
                break
            node = node.orelse[0]
        yield from self.missing(node.orelse)

    def catches(self, handler: ast.ExceptHandler) -> bool:
        types = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
        return any(one is None or self.file.dotted(one) in _IMPORT_ERRORS for one in types)

    def suppresses(self, item: ast.withitem) -> bool:
        call = item.context_expr
        named = isinstance(call, ast.Call) and self.file.dotted(call.func).rpartition(".")[2] == "suppress"
        return named and any(self.file.dotted(one) in _IMPORT_ERRORS for one in call.args)  # type: ignore[attr-defined]

    def ends(self, statements: Sequence[ast.stmt]) -> bool:
        """Return whether the statements end the program, so that what they handle was needed after all."""
        last = statements[-1]
        called = last.value if isinstance(last, ast.Expr) else None
        return isinstance(last, ast.Raise) or (
            isinstance(called, ast.Call) and self.file.dotted(called.func) in _ENDS
        )

    def truth(self, test: ast.expr) -> bool | None:
        """Return the value of a test if it is known: by the Pythons that the code is for, and by the modules that are there."""
        if isinstance(test, ast.Constant):
            return bool(test.value)
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            value = self.truth(test.operand)
            return None if value is None else not value
        if isinstance(test, ast.BoolOp):
            values = [self.truth(one) for one in test.values]
            decisive = isinstance(test.op, ast.Or)
            return decisive if decisive in values else None if None in values else not decisive
        if isinstance(test, ast.NamedExpr):
            return self.truth(test.value)
        if isinstance(test, ast.Call):
            return self._asked(test)
        if isinstance(test, ast.Compare) and len(test.ops) == 1:
            return self._compared(test.left, test.ops[0], test.comparators[0])
        name = self.file.dotted(test)
        return False if name.rpartition(".")[2] == "TYPE_CHECKING" else self.flags.get(name)

    def _asked(self, call: ast.Call) -> bool | None:
        name = self.file.dotted(call.func).rpartition(".")[2]
        first = call.args[0] if call.args else None
        if name == "bool" and first is not None:
            return self.truth(first)
        helper = _HELPER.fullmatch(name)
        if helper and self.file.imports_module(helper[1]):
            return self.is_there(helper[1])
        if name == "startswith" and first is not None and isinstance(call.func, ast.Attribute):
            return self._elsewhere(call.func.value, first)
        if name in _ASKING and isinstance(first, ast.Constant) and isinstance(first.value, str):
            return self.is_there(first.value)
        return None

    def _compared(self, left: ast.expr, sign: ast.cmpop, right: ast.expr) -> bool | None:
        if isinstance(sign, ast.Is | ast.IsNot) and isinstance(right, ast.Constant) and right.value is None:
            value = self.truth(left) if isinstance(left, ast.Call | ast.Name | ast.NamedExpr) else None
            return None if value is None else value is not isinstance(sign, ast.Is)
        if isinstance(sign, ast.In | ast.NotIn) and self.file.dotted(right) == "sys.modules":
            named = isinstance(left, ast.Constant) and isinstance(left.value, str)
            return self.is_there(left.value) is isinstance(sign, ast.In) if named else None  # type: ignore[attr-defined]
        if isinstance(sign, ast.Eq | ast.NotEq) and self._elsewhere(left, right) is False:
            return isinstance(sign, ast.NotEq)
        compare = _COMPARE.get(type(sign))
        if compare is None:
            return None
        try:
            found = {compare(self._number(left, one), self._number(right, one)) for one in self.pythons}
        except (TypeError, ValueError, IndexError):
            return None
        return found.pop() if len(found) == 1 else None

    def _elsewhere(self, asked: ast.expr, answer: ast.expr) -> bool | None:
        """Return False if a test asks for Windows, where a project need not run."""
        name = self.file.dotted(asked.func if isinstance(asked, ast.Call) else asked)
        windows = isinstance(answer, ast.Constant) and answer.value in _WINDOWS
        return False if name in _SYSTEMS and windows else None

    def _number(self, node: ast.expr, python: tuple[int, ...]) -> Any:
        """Return the value of a literal, or of `sys.version_info` or a part of it; raise ValueError for anything else."""
        name = self.file.dotted(node)
        if name == "sys.version_info":
            return python
        if name in ("sys.version_info.major", "sys.version_info.minor"):
            return python[0 if name.endswith("major") else 1]
        if isinstance(node, ast.Subscript) and self.file.dotted(node.value) == "sys.version_info":
            if isinstance(node.slice, ast.Slice):
                return python[: ast.literal_eval(node.slice.upper) if node.slice.upper else None]
            return python[ast.literal_eval(node.slice)]
        if not isinstance(node, ast.Tuple | ast.Constant):
            raise ValueError("not a version")
        return ast.literal_eval(node)


def _imported(node: ast.Import | ast.ImportFrom) -> Iterator[Import]:
    if isinstance(node, ast.Import):
        yield from (Import(alias.name, node) for alias in node.names)
    elif node.module and not node.level:
        yield from (Import(f"{node.module}.{alias.name}", node) for alias in node.names)


def _constants(statements: Iterable[ast.stmt]) -> dict[str, bool | None]:
    """Return the names that statements give a truth value: `HAS_WANDB = True`."""
    return {
        target.id: bool(statement.value.value)
        for statement in statements
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Constant)
        for target in statement.targets
        if isinstance(target, ast.Name)
    }
