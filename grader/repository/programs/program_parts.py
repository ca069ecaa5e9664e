"""The parts of a command line that are collected from a file, and the conversion of Python names to options."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from grader.repository.python.nodes import Function
from grader.repository.python.python_file import PythonFile

MAX_ITEMS = 300
#: An annotation in quotes.
_BOOL = re.compile(r"\bbool\b")


@dataclass
class Parts:
    """Options, positional names and commands of one file; `open` if there may be more than are known."""

    line: int | None = None
    options: list[str] = field(default_factory=list)
    positionals: list[str] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    alone: list[str] = field(default_factory=list)
    configs: list[str] = field(default_factory=list)
    open: bool = False


@dataclass(frozen=True)
class Parameter:
    """A parameter of a function: name, annotation and default as written."""

    name: str
    annotation: ast.expr | None
    default: ast.expr | None


def parameters(function: Function) -> Iterator[Parameter]:
    """Yield the parameters of a function without `self`, `*args` and `**kwargs`, in order."""
    spec = function.node.args
    ordinary = [*spec.posonlyargs, *spec.args]
    defaults: list[ast.expr | None] = [None] * (len(ordinary) - len(spec.defaults)) + list(spec.defaults)
    pairs = [*zip(ordinary, defaults, strict=True), *zip(spec.kwonlyargs, spec.kw_defaults, strict=True)]
    for arg, default in pairs[:MAX_ITEMS]:
        if arg.arg not in ("self", "cls"):
            yield Parameter(arg.arg, arg.annotation, default)


def dashed(name: str) -> str:
    """Return a Python name as typed: `batch_size` becomes `batch-size`, `lambda_` becomes `lambda-`."""
    return name.lower().replace("_", "-")


def flags(declarations: list[str]) -> list[str]:
    """Return the options of declarations such as `--batch-size`, `-b`, `--shuffle/--no-shuffle`, without Python names."""
    parts = [part.strip() for text in declarations for part in text.replace(";", "/").split("/")]
    return [part[:100] for part in parts if part.startswith("-")]


def is_bool(file: PythonFile, annotation: ast.expr | None, default: ast.expr | None) -> bool:
    """Return whether a parameter is a switch: annotated `bool` (optional, too), or with True or False as default."""
    for node in ast.walk(annotation) if annotation is not None else ():
        if isinstance(node, ast.Name) and node.id == "bool":
            return True
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _BOOL.search(node.value):
            return True
    return isinstance(default, ast.Constant) and isinstance(default.value, bool)
