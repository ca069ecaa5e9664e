"""What the Python code of a repository imports, mentions, logs, serves and tests."""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator
from typing import Any

from grader.repository.faults import Evidence
from grader.repository.python.nodes import Class, Function
from grader.repository.python.python_file import PythonFile
from grader.repository.python.roles import is_test
from grader.repository.routes.route_gaps import first_gap
from grader.repository.submission_view import SubmissionView
from grader.suite.inventory_parts.tool_inventory import place

MAX_NAMES = 4_000
MAX_FILES = 1_000
MAX_CONFIGS = 300
_PLACES = 3
_LOGS = ("log", "log_dict", "log_metric", "log_metrics", "add_scalar")


def _every(view: SubmissionView) -> list[PythonFile]:
    """Return the group's Python, tests last, then notebooks."""
    code = view.code(tests=True)
    notebooks = view.code(tests=True, notebooks=True)[len(code) :]
    return sorted(code, key=lambda file: is_test(file.path)) + notebooks


def imports(view: SubmissionView) -> dict[str, list[dict[str, Any]]]:
    """Return each imported module and name of a module, with its first places."""
    found: dict[str, list[dict[str, Any]]] = {}
    for file in _every(view):
        for name, line in file.imported.items():
            places = found.setdefault(name[:200], [])
            if len(places) < _PLACES:
                places.append(_place(file, line))
            if len(found) >= MAX_NAMES:
                return found
    return found


def names(view: SubmissionView) -> dict[str, dict[str, Any]]:
    """Return the dotted names of libraries that code mentions, if they are imported from another package."""
    package = view.package
    own = {package.name, "src"} if package else {"src"}
    found: dict[str, dict[str, Any]] = {}
    for file in _every(view):
        roots = {alias.partition(".")[0] for alias in file.aliases.values()} - own - {""}
        for node in ast.walk(file.tree):
            if not isinstance(node, ast.Attribute):
                continue
            name = file.dotted(node)
            if name.partition(".")[0] not in roots:
                continue
            if len(name) <= 120 and "(" not in name and "[" not in name and name not in found:
                found[name] = _place(file, node.lineno)
                if len(found) >= MAX_NAMES:
                    return found
    return _targets(view) | found


def _targets(view: SubmissionView) -> dict[str, dict[str, Any]]:
    """Return what Hydra or Lightning's command line instantiates: `_target_: lightning.pytorch.loggers.WandbLogger`."""
    found: dict[str, dict[str, Any]] = {}
    for config in view.configs()[:MAX_CONFIGS]:
        for key, value in config.values.items():
            named = key.rpartition(".")[2] in ("_target_", "class_path") and isinstance(value, str)
            if named and "." in value and len(value) <= 120:
                found.setdefault(value, {"path": config.path, "text": f"{key}: {value}"[:200]})
    return found


def metrics(view: SubmissionView) -> list[str]:
    """Return the names that code logs to a tracker: `self.log("val_loss", …)`, `wandb.log({"accuracy": …})`."""
    found: dict[str, None] = {}
    for file in _every(view):
        for call in file.calls():
            last = call.name.rpartition(".")[2]
            if last not in _LOGS or not call.args:
                continue
            first = call.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str) and last != "log_dict":
                found.setdefault(first.value[:100])
            elif isinstance(first, ast.JoinedStr):
                found.setdefault(
                    "".join(str(p.value) if isinstance(p, ast.Constant) else "*" for p in first.values)[:100]
                )
            elif isinstance(first, ast.Dict):
                for key in first.keys:
                    if isinstance(key, ast.Constant) and isinstance(key.value, str):
                        found.setdefault(key.value[:100])
    return list(found)[:MAX_FILES]


def routes(view: SubmissionView) -> list[dict[str, Any]]:
    """Return the routes of the web applications."""
    return [
        {
            "method": route.method,
            "path": route.path[:300],
            "framework": route.framework,
            "file": route.file.path,
            "line": route.line,
        }
        for route in view.routes()[:MAX_FILES]
    ]


def unread_routes(view: SubmissionView) -> Evidence | None:
    """Return the first place that may add routes which `routes` does not have; a file that cannot be parsed is one, too."""
    broken = [place for fault in view.broken_python for place in fault.evidence]
    return broken[0] if broken else first_gap(view.code(), view.modules)


def programs(view: SubmissionView) -> list[dict[str, Any]]:
    """Return the files that take a command line."""
    return [
        {
            "path": program.path,
            "framework": program.framework,
            "options": list(program.options)[:300],
            "commands": list(program.commands)[:100],
            "positionals": list(program.positionals)[:100],
            "alone": list(program.alone)[:10],
            "config": program.config or "",
            "open": program.open,
        }
        for program in view.programs()[:MAX_FILES]
    ]


def configs(view: SubmissionView) -> list[dict[str, Any]]:
    """Return the configuration files of experiments."""
    return [
        {
            "path": config.path,
            "keys": [key[:200] for key in list(config.keys)[:500]],
            "defaults": [str(item)[:200] for item in list(config.defaults)[:50]],
        }
        for config in view.configs()[:MAX_CONFIGS]
    ]


def tests(view: SubmissionView) -> list[dict[str, Any]]:
    """Return the files with test functions."""
    found = []
    files = [file for file in view.python_files() if is_test(file.path) or file.name == "conftest"]
    several = _several_times(files)
    for file in files:
        functions = list(_test_functions(file)) if is_test(file.path) else []
        if not functions:
            continue
        inherited = any(_inherits_tests(cls) for cls in file.classes)
        cases = [
            None if inherited or several is None or several & set(function.args) else _cases(file, function)
            for function in functions
        ]
        found.append(
            {
                "path": file.path,
                "functions": [function.qualname[:200] for function in functions][:500],
                "cases": None if None in cases else sum(case or 0 for case in cases),
                "skipped": [function.qualname[:200] for function in functions if _is_skipped(function)],
                "imports": sorted(name for name in file.imports if len(name) < 200)[:200],
            }
        )
    return found[:MAX_FILES]


def _test_functions(file: PythonFile) -> Iterator[Function]:
    classes = {one.name: one for one in file.classes}
    for function in file.functions:
        owner, _, _ = function.qualname.rpartition(".")
        if not function.name.startswith("test"):
            continue
        if not owner or (
            owner in classes
            and (owner.startswith("Test") or classes[owner].inherits("TestCase", "IsolatedAsyncioTestCase"))
        ):
            yield function


def _several_times(files: list[PythonFile]) -> set[str] | None:
    """Return the fixtures with which a test runs several times, by way of others too; None if all tests may."""
    needs = {
        function.name: (set(function.args), decorator.call)
        for file in files
        for function in file.functions
        for decorator in function.decorators
        if decorator.name.endswith("fixture")
    }
    found = {name for name, (_, call) in needs.items() if call and "params" in call.keywords}
    for _ in range(len(needs)):
        more = {name for name, (args, _) in needs.items() if args & found} - found
        if not more:
            break
        found |= more
    automatic = any(call and "autouse" in call.keywords for name, (_, call) in needs.items() if name in found)
    generated = any(file.functions.get("pytest_generate_tests") for file in files)
    return None if automatic or generated else found


def _inherits_tests(cls: Class) -> bool:
    """Return whether a class of tests may have more of them from a base."""
    plain = ("TestCase", "IsolatedAsyncioTestCase", "object", "ABC", "Protocol")
    return cls.name.startswith("Test") and any(base.rpartition(".")[2] not in plain for base in cls.bases)


def _cases(file: PythonFile, function: Function) -> int | None:
    """Return how many cases a test function makes; None if its parameters are computed."""
    owner = function.qualname.rpartition(".")[0]
    decorators = list(function.decorators)
    for one in file.classes:
        if one.name == owner:
            decorators += one.decorators
    counts = []
    for decorator in decorators:
        if decorator.name.endswith("parametrize") and decorator.call is not None:
            values = (
                decorator.call.args[1]
                if len(decorator.call.args) > 1
                else decorator.call.keywords.get("argvalues")
            )
            if not isinstance(values, ast.List | ast.Tuple | ast.Set) or any(
                isinstance(item, ast.Starred) for item in values.elts
            ):
                return None
            counts.append(len(values.elts))
    return math.prod(counts)


def _is_skipped(function: Function) -> bool:
    return any(decorator.name.endswith(("mark.skip", "unittest.skip")) for decorator in function.decorators)


def _place(file: PythonFile, line: int) -> dict[str, Any]:
    text = file.lines[line - 1].strip() if 0 < line <= len(file.lines) else ""
    return place(file.path, line, text)
