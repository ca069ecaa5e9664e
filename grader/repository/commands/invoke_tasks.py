"""The tasks of invoke by the names that can be typed, and whether there may be others."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.repository.faults import Evidence
from grader.repository.parsed_view import ParsedView
from grader.repository.python.module_index import Modules, written
from grader.repository.python.nodes import Call, literal
from grader.repository.python.python_file import PythonFile

MAX_NAMES = 200
_TASK = ("invoke.task", "invoke.tasks.task", "task")
_COLLECTION = ("invoke.Collection", "invoke.collection.Collection")
_ADDS = ("add_task", "add_collection", "from_module")


def invoke_tasks(view: ParsedView, modules: Modules) -> tuple[list[str], Evidence | None]:
    """Return the names and aliases of tasks, dashed as they are typed, and the first place that may add tasks unread.

    Every file that imports invoke is read: tasks of one file may be imported by another.
    """
    found: list[str] = []
    unread: Evidence | None = None
    own = {file.path for file in view.python_files("**/tasks.py", "**/tasks/*.py")}
    for file in view.python_files():
        if file.path not in own and not file.imports_module("invoke"):
            continue
        for name in [*_declared(file), *_collected(file)]:
            found.append(name.replace("_", "-")[:200])
        unread = unread or next(_unread(file, modules), None)
    return list(dict.fromkeys(found))[:MAX_NAMES], unread


def _declared(file: PythonFile) -> Iterator[str]:
    """Yield the names of `@task def train`, `@task(name=…, aliases=…)` and `train = task(function, …)`."""
    decorating = set()
    for function in file.functions:
        for decorator in function.decorators:
            if decorator.name in _TASK:
                decorating.add(decorator.call.node if decorator.call else None)
                yield from _names(decorator.call, function.name)
    for call in file.calls():
        if call.name in _TASK and call.node not in decorating and call.args:
            yield from _names(call, written(call.args[0]))


def _names(call: Call | None, default: str) -> Iterator[str]:
    named = call.argument("name") if call else None
    yield str(named or default)
    aliases = call.argument("aliases", default=()) if call else ()
    yield from (str(one) for one in aliases if isinstance(aliases, list | tuple | set))


def _collected(file: PythonFile) -> Iterator[str]:
    """Yield the names that collections give: `Collection(serve=build)`, `add_task(build, "compile")`."""
    for call in file.calls():
        if call.name in _COLLECTION:
            yield from call.keywords
        elif call.name.rpartition(".")[2] == "add_task":
            name = call.argument("name", 1)
            yield from [name] if isinstance(name, str) else []


def _unread(file: PythonFile, modules: Modules) -> Iterator[Evidence]:
    """Yield places that add tasks of another package, or under names that are computed."""
    for node in ast.walk(file.tree):
        if isinstance(node, ast.ImportFrom):
            name = "." * node.level + (node.module or "")
            root = name.partition(".")[0]
            everything = any(alias.name == "*" for alias in node.names) and root != "invoke"
            if (root == "invocations" or everything) and not modules.module(name, file):
                yield file.evidence(node)
    for call in file.calls():
        last = call.name.rpartition(".")[2]
        if call.name not in _COLLECTION and last not in _ADDS:
            continue
        given = call.args if call.name in _COLLECTION else call.args[:1]
        named = call.keywords.get("name") or (
            call.args[1] if last == "add_task" and len(call.args) > 1 else None
        )
        computed = named is not None and not isinstance(literal(named), str)
        # invoke's parser does not know the aliases of `add_task`, though its documentation has them.
        odd = "aliases" in call.keywords or any(keyword.arg is None for keyword in call.node.keywords)
        foreign = any(
            not isinstance(literal(node), str) and not _is_own(node, file, modules) for node in given
        )
        if computed or odd or foreign:
            yield file.evidence(call)


def _is_own(node: ast.expr, file: PythonFile, modules: Modules) -> bool:
    """Return whether a task, module or collection is of this repository, so that its tasks are read."""
    if isinstance(node, ast.Call):
        return file.dotted(node.func).rpartition(".")[2] in ("Collection", "from_module")
    return bool(written(node)) and modules.home(node, file) is not None
