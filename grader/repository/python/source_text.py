"""Parses Python text to a syntax tree, or raises a fault; it never crashes, whatever the text."""

from __future__ import annotations

import ast
import re
import sys
import warnings

from grader.repository.faults import NewerSyntax, SubmissionFault, evidence
from grader.repository.python.lint import is_valid_for_newest

MAX_BYTES = 1024 * 1024
#: Maximum nesting of brackets, and of operators in a row: more is not written by people and risks the stack of the C parser.
MAX_NESTING = 100
#: Maximum depth of the tree: with two frames per level, a `NodeVisitor` stays below Python's recursion limit.
MAX_DEPTH = 300
#: Maximum number of nodes of one tree: about half a kilobyte each; real files have a fifth of this per MiB.
MAX_NODES = 300_000

#: How messages begin that speak of a limit of this interpreter: a newer one has it, too.
_LIMITS = ("too many", "Exceeds the limit")

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


def parse_python(text: str, path: str, *, newest: bool = True) -> tuple[ast.Module, tuple[ast.AST, ...]]:
    """Return the syntax tree of `text` and all its nodes, outer before inner.

    Raises:
        NewerSyntax: no valid Python for the interpreter that reads it, but for a newer one; only with `newest`.
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
        ours = str(problem.msg).startswith(_LIMITS)
        if newest and not ours and is_valid_for_newest(text):
            reader = ".".join(map(str, sys.version_info[:2]))
            message = (
                f"{path} is written for a newer Python than {reader}, which reads it here: see line {line}."
            )
            raise NewerSyntax(message, seen) from None
        raise SubmissionFault(f"{path}, line {line}: not valid Python: {problem.msg}.", seen) from None
    except (ValueError, RecursionError, MemoryError, OverflowError):
        raise SubmissionFault(f"{path} cannot be read as Python: nested too deep.", evidence(path)) from None
    return tree, _nodes(tree, path)


def _too_nested(text: str) -> int:
    """Return the line at which brackets or prefix operators nest beyond the limit, or 0."""
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


def _nodes(tree: ast.Module, path: str) -> tuple[ast.AST, ...]:
    found: list[ast.AST] = []
    level: list[ast.AST] = [tree]
    for _ in range(MAX_DEPTH):
        found += level
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        if not level:
            return tuple(found)
        if len(found) + len(level) > MAX_NODES:
            raise SubmissionFault(f"{path} is too large: more than {MAX_NODES} nodes.", evidence(path))
    line = next((node.lineno for node in level if hasattr(node, "lineno")), 1)
    raise SubmissionFault(f"{path}, line {line}: nested too deep to read.", evidence(path, line))
