"""The commands that Python code starts: subprocess, tasks of invoke, sessions of nox, `pytest.main`."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.repository.commands.shell_command import ShellCommand, parsed
from grader.repository.faults import SubmissionFault
from grader.repository.parsed_view import ParsedView
from grader.repository.python.python_file import PythonFile
from grader.repository.python.roles import is_test

_TASK_RUNNERS = ("run", "sudo", "run_always", "run_install")
_SUBPROCESS = (
    "subprocess.run",
    "subprocess.call",
    "subprocess.check_call",
    "subprocess.check_output",
    "subprocess.Popen",
    "os.system",
    "os.popen",
)
#: What stands for a word that is not known, and bounds of what is spelled out.
UNKNOWN = "{}"
MAX_WORDS = 200
MAX_DEPTH = 5
#: Calls that do what a command does.
_MAINS = {"pytest.main": "pytest", "unittest.main": "unittest", "pytest.console_main": "pytest"}


def python_commands(view: ParsedView) -> Iterator[ShellCommand]:
    """Yield the commands of all Python files but tests."""
    for file in view.python_files():
        if not is_test(file.path):
            yield from commands_of(file)


def commands_of(file: PythonFile, *, mains: bool = False) -> Iterator[ShellCommand]:
    """Yield the commands that a file starts; with `mains`, `pytest.main` and its like too."""
    invoke = file.imports_module("invoke", "nox", "fabric")
    for call in file.calls():
        last = call.name.rpartition(".")[2]
        is_task = invoke and last in _TASK_RUNNERS and "." in call.name and bool(call.args)
        if is_task or call.name in _SUBPROCESS:
            yield from _called(file, call.args, call.line, "task" if is_task else "python")
        elif mains and call.name in _MAINS:
            listed = call.args[0] if call.args else None
            words = [_string(one) or "{}" for one in listed.elts] if isinstance(listed, ast.List) else []
            yield ShellCommand((_MAINS[call.name], *words), "python", file.path, call.line)


def commands_of_text(text: str, path: str, first: int) -> list[ShellCommand]:
    """Return what a program given as a text starts: `python -c`, a step whose shell is Python."""
    try:
        file = PythonFile(path, text)
    except SubmissionFault:
        return []
    return [
        ShellCommand(one.words, one.source, path, first + (one.line or 1) - 1)
        for one in commands_of(file, mains=True)
    ]


def _called(file: PythonFile, args: list[ast.expr], line: int, source: str) -> Iterator[ShellCommand]:
    if not args:
        return
    if isinstance(args[0], ast.List | ast.Tuple):
        words = _words(file, args[0].elts)
        if words and words[0] != UNKNOWN:
            yield ShellCommand(words, source, file.path, line)
        return
    text = _string(args[0])
    if (len(args) > 1 and not text.strip().count(" ")) or isinstance(args[0], ast.Starred):
        # nox: session.run("pytest", "-q", *session.posargs)
        words = _words(file, args)
        if words and words[0] != UNKNOWN:
            yield ShellCommand(words, source, file.path, line)
    elif text:
        for one in parsed(text, source, file.path, None):
            yield ShellCommand(one.words, source, file.path, line, given=one.given)
    elif isinstance(args[0], ast.Name):
        # The command is a variable of the same file: use its constant values, if any.
        for node in _values(file, args[0].id):
            listed = isinstance(node.value, ast.List | ast.Tuple)
            yield from _called(file, [node.value], node.lineno, source) if listed else ()
            for one in parsed(_string(node.value), source, file.path, None):
                yield ShellCommand(one.words, source, file.path, node.lineno)


def _values(file: PythonFile, name: str) -> Iterator[ast.Assign]:
    """Yield the statements of a file that bind a name."""
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id == name for target in node.targets
        ):
            yield node


def _words(file: PythonFile, nodes: list[ast.expr], depth: int = 0) -> tuple[str, ...]:
    """Return the words that are given one by one; of `*words` those that the file itself spells out, else none."""
    found: list[str] = []
    for node in nodes:
        if isinstance(node, ast.Starred):
            found += _spread(file, node.value, depth)
        else:
            found.append(_string(node) or UNKNOWN)
    return tuple(found[:MAX_WORDS])


def _spread(file: PythonFile, node: ast.expr, depth: int) -> tuple[str, ...]:
    if isinstance(node, ast.Name) and depth < MAX_DEPTH:
        return next((_spread(file, one.value, depth + 1) for one in _values(file, node.id)), ())
    if isinstance(node, ast.List | ast.Tuple) and depth < MAX_DEPTH:
        return _words(file, node.elts, depth + 1)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "split":
        # `"pytest -q".split()`, or `shlex.split("pytest -q")`
        given = [node.func.value] if isinstance(node.func.value, ast.Constant) else node.args[:1]
        return tuple(word for one in given for word in _string(one).split())
    return ()


def _string(node: ast.expr) -> str:
    """Return the text of a constant, of an f-string (`{}` for unknown parts) or of a concatenation."""
    if isinstance(node, ast.Constant):
        return str(node.value) if isinstance(node.value, str | int) else ""
    if isinstance(node, ast.Attribute) and ast.unparse(node) == "sys.executable":
        return "python"
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "join":
        # `" ".join(["pytest", "-q"])`
        between, parts_ = _string(node.func.value), node.args[0] if node.args else None
        if isinstance(parts_, ast.List | ast.Tuple):
            return between.join(_string(item) or "{}" for item in parts_.elts)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        parts: list[str] = []
        while isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add) and len(parts) < 100:
            parts.append(_string(node.right) or "{}")
            node = node.left
        return "".join(reversed([*parts, _string(node) or "{}"]))
    return ""
