"""Python text to a syntax tree, or a fault: never a crash, whatever the text."""

from __future__ import annotations

import ast
import re
import warnings
from collections import deque

from grader.suite.faults import SubmissionFault, evidence

MAX_BYTES = 1024 * 1024
#: Brackets in brackets, and operators in a row: beyond it no person wrote it, and a C parser's stack is at
#: risk.
MAX_NESTING = 100
#: Levels of the tree; two frames each for a `NodeVisitor` stay below Python's recursion limit.
MAX_DEPTH = 300

_TOKEN = re.compile(
    r'"""(?:[^"\\]|\\.|"(?!""))*+(?:"""|\Z)'
    r"|'''(?:[^'\\]|\\.|'(?!''))*+(?:'''|\Z)"
    r'|"(?:[^"\\\n]|\\.)*+"?'
    r"|'(?:[^'\\\n]|\\.)*+'?"
    r"|\#[^\n]*+"
    r"|[()\[\]{}]"
    rf"|(?:(?:[-+~]|\bnot\b|\blambda\b\s*:|\bawait\b)[ \t]*+){{{MAX_NESTING}}}",
    re.DOTALL,
)


def parse_python(text: str, path: str) -> ast.Module:
    """The syntax tree of `text`.

    Raises:
        SubmissionFault: larger than 1 MiB, nested too deep, or no valid Python (with the line).
    """
    if len(text) > MAX_BYTES:
        raise SubmissionFault(f"{path} is larger than {MAX_BYTES // 1024} KiB of Python.", evidence(path))
    line = _too_nested(text)
    if line:
        raise SubmissionFault(f"{path}, line {line}: nested too deep to read.", evidence(path, line))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except SyntaxError as problem:
        line = problem.lineno or 1
        seen = evidence(path, line, (problem.text or "").strip())
        raise SubmissionFault(f"{path}, line {line}: not valid Python: {problem.msg}.", seen) from None
    except (ValueError, RecursionError, MemoryError, OverflowError):
        raise SubmissionFault(f"{path} cannot be read as Python: nested too deep.", evidence(path)) from None
    deep = _too_deep(tree)
    if deep:
        raise SubmissionFault(f"{path}, line {deep}: nested too deep to read.", evidence(path, deep))
    return tree


def _too_nested(text: str) -> int:
    """The line at which brackets or prefix operators nest beyond the limit, or 0."""
    depth = 0
    for match in _TOKEN.finditer(text):
        char = text[match.start()]
        if char in "([{":
            depth += 1
        elif char in ")]}":
            depth = max(0, depth - 1)
        elif char not in "\"'#":
            depth = MAX_NESTING + 1
        if depth > MAX_NESTING:
            return text.count("\n", 0, match.start()) + 1
    return 0


def _too_deep(tree: ast.Module) -> int:
    todo: deque[tuple[ast.AST, int, int]] = deque([(tree, 0, 1)])
    while todo:
        node, depth, line = todo.popleft()
        line = getattr(node, "lineno", line)
        if depth > MAX_DEPTH:
            return line
        todo.extend((child, depth + 1, line) for child in ast.iter_child_nodes(node))
    return 0
