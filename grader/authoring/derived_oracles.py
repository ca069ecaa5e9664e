"""Two oracles that every solution with Python gives: code that is never reached, and programs that fail at their start."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath

#: What each does to the text of a file.
Change = Callable[[str], str]


def unreached(text: str) -> str:
    """Return a program with each function's body behind `if False:`; signatures, decorators and docstrings stay.

    A generator stays one, because its `yield` is still there. A program without such a body is returned as it is.

    Raises:
        SyntaxError: the program does not parse.
    """
    mover = _Unreached()
    changed = ast.fix_missing_locations(mover.visit(ast.parse(text)))
    return f"{ast.unparse(changed)}\n" if mover.moved else text


class _Unreached(ast.NodeTransformer):
    moved = 0

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        self._move(node)
        return node

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AsyncFunctionDef:
        self._move(node)
        return node

    def _move(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        first = 1 if ast.get_docstring(node, clean=False) is not None else 0
        if node.body[first:]:
            node.body[first:] = [ast.If(test=ast.Constant(value=False), body=node.body[first:], orelse=[])]
            self.moved += 1


def raising(text: str) -> str:
    """Return a program that raises behind its last import at the top level; one without imports raises at its start.

    Raises:
        SyntaxError: the program does not parse.
    """
    body = ast.parse(text).body
    at = [
        node.end_lineno or 0
        for number, node in enumerate(body)
        if isinstance(node, ast.Import | ast.ImportFrom) or (number == 0 and _is_text(node))
    ]
    lines = text.splitlines(keepends=True)
    place = max(at, default=0)
    head = "".join(lines[:place])
    if head and not head.endswith("\n"):
        head += "\n"
    return f'{head}raise RuntimeError("out of order")\n{"".join(lines[place:])}'


def _is_text(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def change_programs(folder: Path, change: Change, *, tests: bool) -> int:
    """Change the Python files below a folder, those of tests only if asked for; return how many are different."""
    changed = 0
    for path in _programs(folder, tests=tests):
        try:
            text = path.read_text(encoding="utf-8")
            other = change(text)
            ast.parse(other)
        except (SyntaxError, ValueError):
            continue
        if other != text:
            path.write_text(other, encoding="utf-8")
            changed += 1
    return changed


def _programs(folder: Path, *, tests: bool) -> Iterator[Path]:
    for path in sorted(folder.rglob("*.py")):
        parts = PurePosixPath(path.relative_to(folder).as_posix()).parts
        is_test = "tests" in parts[:-1] or path.match("test_*.py") or path.match("*_test.py")
        is_test = is_test or path.name == "conftest.py"
        if tests or not (is_test or path.name == "__init__.py"):
            yield path


#: By the name of the oracle: the change, and whether tests and `__init__.py` are changed, too.
DERIVED: dict[str, tuple[Change, bool]] = {"unreached": (unreached, True), "raising": (raising, False)}
