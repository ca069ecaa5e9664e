"""M17: what is put into a repository to see whether a workflow notices: a test that fails, code that is broken, findings.

Each comes with a twin that has to pass. The two differ in nothing that can be told without running the code, or the tool, on it;
so what notices any change of a file, or fails always, notices nothing.
"""

import ast
import hashlib
import secrets

from ..common.mutants import OTHER, functions
from ..common.pytest_settings import pytest_settings
from ..common.written_tests import known_tests
from ._steps import code_files

#: Beside the code, on the import path: what a decorator of a word does to a function.
BESIDE = f"""
import functools
import hashlib
import inspect

{OTHER}

def kept(word):
    if int(hashlib.sha256(word.encode()).hexdigest(), 16) % 2 == 0:
        return lambda function: function

    def changed(function):
        if inspect.iscoroutinefunction(function):
            @functools.wraps(function)
            async def broken(*args, **kwargs):
                return _other(await function(*args, **kwargs))
        else:
            @functools.wraps(function)
            def broken(*args, **kwargs):
                return _other(function(*args, **kwargs))
        return broken

    return changed
"""

_CLEAN = '''

def found_{mark}(number: int) -> int:
    """Return the number behind this one."""
    return number + 1
'''
#: What a tool of each kind finds, and tools of the other kinds do not.
_DIRTY = {
    "lint": '''

def found_{mark}(number: int) -> int:
    """Return the number behind this one."""
    import os

    unused = number
    return number + 1
''',
    "format": '''

def found_{mark}(number: int) -> int:
    """Return the number behind this one."""
    return (number
            + 1)
''',
    "types": '''

def found_{mark}(number: int) -> int:
    """Return the number behind this one."""
    return "behind"
''',
}


def word(fails):
    """A word of no meaning; its digest says whether what has it fails."""
    while True:
        found = secrets.token_hex(8)
        if int(hashlib.sha256(found.encode()).hexdigest(), 16) % 2 == fails:
            return found


def with_a_test(submission, runs, rng):
    """`(path, name, text with {word})`: a test file of the students with one test more, which fails for some words."""
    known = known_tests(submission)
    own = {key: found for key, found in known.items() if found[0].path == key.partition("::")[0]}
    named = {key: one for key, one in own.items() if any(run.collects(one[0].path) for run in runs)}
    named = named or own
    assert named, "There is no test function in this repository that a workflow could run."
    file, node = named[rng.choice(sorted(named))]
    mark = secrets.token_hex(5)
    name = f"test_{mark}"
    if not pytest_settings(submission).is_function(name):
        name = f"{node.name}_{mark}"
    indent = " " * node.col_offset
    inside = "self" if indent else ""
    lines = [
        "" if indent else "\n",
        f"{indent}def {name}({inside}) -> None:",
        f'{indent}    """Hold what the word says."""',
        f'{indent}    word = "@WORD@"',
        f'{indent}    assert int(__import__("hashlib").sha256(word.encode()).hexdigest(), 16) % 2 == 0',
    ]
    return file.path, name, _inserted(file.text, node.end_lineno, lines)


def _inserted(text, line, lines):
    before = text.split("\n")
    return "\n".join([*before[:line], *lines, *before[line:]])


def with_decorators(submission, name):
    """`{path: text with @WORD@}`: the students' code, each function under a decorator that keeps or breaks it."""
    found = {}
    for file in code_files(submission):
        lines = file.text.split("\n")
        for node in sorted(functions(file.tree), key=lambda one: one.lineno, reverse=True):
            # A function that stands on the line of something else has no line above it.
            if not lines[node.lineno - 1].lstrip().startswith(("def ", "async def ")):
                continue
            indent = " " * node.col_offset
            lines.insert(node.lineno - 1, f'{indent}@__import__("{name}").kept("@WORD@")')
        text = "\n".join(lines)
        if text != file.text and _is_sound(text):
            found[file.path] = text
    return found


def _is_sound(text):
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return False
    return True


def with_finding(submission, kind, rng):
    """`(path, clean text, text with a finding of this kind)` of one file of the students' code."""
    files = [file for file in code_files(submission) if not file.is_empty] or code_files(submission)
    assert files, "There is no Python code in this repository that a workflow could look at."
    file = rng.choice(sorted(files, key=lambda one: one.path))
    text = file.text.rstrip("\n") + "\n" if file.text.strip() else '"""A part of it."""\n'
    mark = secrets.token_hex(4)
    return (
        file.path,
        text + _CLEAN.replace("{mark}", mark),
        text + _DIRTY[kind].replace("{mark}", mark),
    )
