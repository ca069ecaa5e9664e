"""Definitions and calls of a Python file, as plain objects with lines."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from grader.repository.python.by_name import ByName

_LITERAL_FAULTS = (ValueError, TypeError, SyntaxError, MemoryError, RecursionError)


def literal(node: ast.AST | None, default: Any = None) -> Any:
    """Return the value of a literal expression (numbers, strings, lists, …) without running it, else `default`."""
    if node is None:
        return default
    try:
        return ast.literal_eval(node)
    except _LITERAL_FAULTS:
        return default


def same_name(dotted: str, asked: str) -> bool:
    """Return whether `asked` is the dotted name or its end: `Linear`, `nn.Linear` or `torch.nn.Linear` for the last one."""
    return dotted == asked or dotted.endswith("." + asked)


@dataclass(frozen=True)
class Call:
    """A call: `name` is dotted with imports resolved (`nn.Linear(…)` is `torch.nn.Linear`)."""

    name: str
    line: int
    node: ast.Call = field(repr=False, compare=False)

    @property
    def args(self) -> list[ast.expr]:
        """The positional arguments, unevaluated."""
        return self.node.args

    @cached_property
    def keywords(self) -> dict[str, ast.expr]:
        """The keyword arguments, unevaluated; `**mapping` is skipped."""
        return {keyword.arg: keyword.value for keyword in self.node.keywords if keyword.arg}

    def argument(self, name: str = "", position: int | None = None, default: Any = None) -> Any:
        """Return the literal value of a keyword argument, else of a positional one, else `default`."""
        if name in self.keywords:
            return literal(self.keywords[name], default)
        if position is not None and position < len(self.args):
            return literal(self.args[position], default)
        return default


@dataclass(frozen=True)
class Decorator:
    """A decorator: `name` is dotted with imports resolved; `call` is there if it has arguments."""

    name: str
    line: int
    call: Call | None = None


@dataclass(frozen=True)
class Function:
    """A function or method. `qualname` has the class in front: `Model.forward`."""

    name: str
    qualname: str
    line: int
    node: ast.FunctionDef | ast.AsyncFunctionDef = field(repr=False, compare=False)
    decorators: tuple[Decorator, ...] = ()

    @property
    def is_async(self) -> bool:
        """Whether it is an `async def`."""
        return isinstance(self.node, ast.AsyncFunctionDef)

    @property
    def args(self) -> list[str]:
        """The names of its parameters, in order; `*args` and `**kwargs` come with their stars."""
        spec = self.node.args
        names = [arg.arg for arg in [*spec.posonlyargs, *spec.args]]
        names += [f"*{spec.vararg.arg}"] if spec.vararg else []
        names += [arg.arg for arg in spec.kwonlyargs]
        return names + ([f"**{spec.kwarg.arg}"] if spec.kwarg else [])

    @property
    def has_type_hints(self) -> bool:
        """Whether every parameter (but `self`/`cls`) and the return value are annotated."""
        spec = self.node.args
        every = [*spec.posonlyargs, *spec.args, *spec.kwonlyargs, spec.vararg, spec.kwarg]
        asked = [arg for arg in every if arg and arg.arg not in ("self", "cls")]
        return self.node.returns is not None and all(arg.annotation for arg in asked)

    @property
    def docstring(self) -> str:
        """Its docstring, or an empty string."""
        return ast.get_docstring(self.node) or ""

    @property
    def is_stub(self) -> bool:
        """Whether its body does nothing: only a docstring, `pass`, `...` or `raise NotImplementedError`."""
        return all(_does_nothing(statement) for statement in self.node.body)


@dataclass(frozen=True)
class Class:
    """A class. `bases` are dotted with imports resolved."""

    name: str
    line: int
    bases: tuple[str, ...]
    methods: ByName[Function]
    node: ast.ClassDef = field(repr=False, compare=False)
    decorators: tuple[Decorator, ...] = ()

    def inherits(self, *names: str) -> bool:
        """Return whether a base is, or ends in, one of the names (`Module`, `nn.Module`)."""
        return any(same_name(base, name) for base in self.bases for name in names)


def _does_nothing(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Pass):
        return True
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Constant)
    if isinstance(statement, ast.Raise) and statement.exc is not None:
        raised = statement.exc.func if isinstance(statement.exc, ast.Call) else statement.exc
        return isinstance(raised, ast.Name) and raised.id == "NotImplementedError"
    return False
