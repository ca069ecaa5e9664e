"""Where a Python file imports a module or mentions a name."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from grader.repository.faults import Evidence
from grader.repository.python.python_file import PythonFile


def import_places(file: PythonFile, modules: Sequence[str]) -> list[Evidence]:
    """Return the first import of one of the modules, or of a part of it; empty if there is none."""
    if not file.imports_module(*modules):
        return []
    wanted = tuple(f"{module}." for module in modules)
    for node in ast.walk(file.tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        if any(f"{name}.".startswith(wanted) for name in names):
            return [file.evidence(node)]
    return []


def name_places(file: PythonFile, names: Sequence[str]) -> list[Evidence]:
    """Return the first mention of one of the dotted names or of a part of it, imports included; empty if there is none."""
    wanted = tuple(f"{name}." for name in names)
    if not any(f"{seen}.".startswith(wanted) for seen in file.names | file.imports):
        return []
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Attribute | ast.Name) and f"{file.dotted(node)}.".startswith(wanted):
            return [file.evidence(node)]
    return import_places(file, names)
