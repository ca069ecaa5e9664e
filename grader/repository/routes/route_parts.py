"""A route, and the rules of paths and methods that all frameworks share."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field

from grader.repository.faults import Evidence
from grader.repository.python.python_file import PythonFile

VERBS = ("get", "post", "put", "delete", "patch", "head", "options", "trace")
_SLASHES = re.compile(r"/{2,}")

Handler = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True)
class Route:
    """A route: `method`, `path`, `framework`, name of the `function` (`""` if there is none), file and line of the declaration.

    `method` is upper case; `WEBSOCKET`, or `ANY` if the framework serves every method. `path` includes all prefixes and is
    `""` if it is unknown. `handler` is the node of the function or class; it is in `home`, another file if it is imported.
    """

    method: str
    path: str
    framework: str
    function: str
    file: PythonFile
    line: int
    handler: Handler | None = field(default=None, repr=False, compare=False)
    home: PythonFile | None = field(default=None, repr=False, compare=False)

    @property
    def evidence(self) -> Evidence:
        """Where it is declared."""
        return self.file.evidence(self.line)


def each(node: ast.expr | None) -> list[ast.expr | None]:
    """Return a path, or each path of a list (Litestar, Flask)."""
    return list(node.elts) if isinstance(node, ast.List | ast.Tuple) else [node]


def joined(prefix: str, path: str) -> str:
    """Return a prefix and a path as one path with a single leading slash."""
    return _SLASHES.sub("/", f"/{prefix}/{path.lstrip('/')}" if path else f"/{prefix}") or "/"


def class_verbs(cls: ast.ClassDef) -> list[str]:
    """Return the HTTP methods that a class of handlers implements."""
    names = {node.name for node in cls.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    return sorted(verb.upper() for verb in VERBS if verb in names or f"on_{verb}" in names)
