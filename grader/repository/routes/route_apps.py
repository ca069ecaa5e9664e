"""Web applications and routers of a repository, and the prefixes under which their routes are served."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import resources

from grader.parsing.plain_data import parse_toml
from grader.repository.python.module_index import Modules, written
from grader.repository.python.nodes import Call
from grader.repository.python.python_file import PythonFile

#: Maximum number of prefixes of one router, and of characters of one.
MAX_PREFIXES = 8
MAX_PREFIX = 500
#: Maximum number of routers that are followed: they may be nested, and Python's stack is limited.
MAX_APPS = 200
#: Maximum number of inclusions in one file, and of routers that one loop includes.
MAX_INCLUDES = 1_000
MAX_LOOPED = 20


def _makers() -> dict[str, tuple[str, str]]:
    text = resources.files(__package__).joinpath("web_frameworks.toml").read_text(encoding="utf-8")
    frameworks: dict[str, dict[str, str]] = parse_toml(text)
    return {
        name: (framework, prefix)
        for framework, classes in frameworks.items()
        for name, prefix in classes.items()
    }


#: Classes of applications and routers: the framework, and the argument that is its own prefix.
MAKERS = _makers()
FRAMEWORKS = frozenset(name.partition(".")[0] for name in MAKERS)
_INCLUDES = ("include_router", "register_blueprint", "mount", "blueprint", "add_subapp", "add_namespace")
#: Calls that only wrap an application: `WSGIMiddleware(flask_app)`.
_WRAPPERS = ("WSGIMiddleware", "WsgiToAsgi", "CORSMiddleware")

Key = tuple[str, str]


@dataclass
class App:
    """An application or router: the name it is bound to in a file."""

    framework: str
    prefix: str = ""
    parents: list[tuple[Key, str]] = field(default_factory=list)
    replaced: bool = False


class Apps:
    """All applications and routers, by (path of the file, name as written there)."""

    def __init__(self, files: list[PythonFile], modules: Modules) -> None:
        self.modules = modules
        self.found: dict[Key, App] = {}
        self._prefixes: dict[Key, list[str]] = {}
        for file in files:
            self._make(file)
        for file in files:
            including = [call for call in file.calls() if call.name.rpartition(".")[2] in _INCLUDES]
            looped = loops(file) if including else {}
            for call in including[:MAX_INCLUDES]:
                self._include(file, call, looped)

    def of(self, node: ast.expr, file: PythonFile) -> tuple[Key, App] | None:
        """Return the application that an expression names, in this or another file of the repository."""
        place = self.modules.home(node, file)
        if place is None:
            return None
        key = (place[0].path, place[1])
        app = self.found.get(key)
        if app is None and (made := self._returned(*place)):
            key, app = made, self.found[made]
        if app is None and place[1].endswith(".app"):
            # A LitServe server and other wrappers keep the application in an attribute.
            key = (place[0].path, place[1].removesuffix(".app"))
            app = self.found.get(key)
        return (key, app) if app else None

    def _returned(self, file: PythonFile, name: str) -> Key | None:
        """Return the application that a function returns, where a name is bound to its call: `app = create_app()`."""
        value = self.modules.assigned(file).get(name)
        place = self.modules.home(value.func, file) if isinstance(value, ast.Call) else None
        function = place[0].functions.get(place[1]) if place else None
        if place is None or function is None:
            return None
        for node in ast.walk(function.node):
            if isinstance(node, ast.Return) and node.value is not None:
                key = (place[0].path, written(node.value))
                if key in self.found:
                    return key
        return None

    def prefixes(self, key: Key) -> list[str]:
        """Return the prefixes under which the routes of an application are served; `[""]` if no other application includes it."""
        if key not in self._prefixes:
            # For routers that include each other: the result while it is being computed.
            self._prefixes[key] = []
            self._prefixes[key] = self._worked_out(key)
        return self._prefixes[key]

    def _worked_out(self, key: Key) -> list[str]:
        app = self.found[key]
        own = "" if app.replaced else app.prefix
        above = [(self.prefixes(parent), prefix) for parent, prefix in app.parents]
        found = [f"{outer}{prefix}{own}"[:MAX_PREFIX] for outers, prefix in above for outer in outers]
        return list(dict.fromkeys(found))[:MAX_PREFIXES] or [app.prefix]

    def _make(self, file: PythonFile) -> None:
        for name, call in made_apps(file, self.modules):
            if len(self.found) < MAX_APPS:
                framework, argument = maker(file, call, self.modules) or ("", "")
                prefix = self.modules.text(file, call.keywords.get(argument)) if argument else ""
                self.found.setdefault((file.path, name), App(framework, (prefix or "").rstrip("/")))
        # A function with the application as a parameter: `def register(app: FastAPI)`.
        for function in file.functions:
            spec = function.node.args
            for arg in [*spec.posonlyargs, *spec.args, *spec.kwonlyargs]:
                kind = MAKERS.get(file.dotted(arg.annotation)) if arg.annotation else None
                if kind and len(self.found) < MAX_APPS:
                    self.found.setdefault((file.path, arg.arg), App(kind[0]))

    def _include(self, file: PythonFile, call: Call, looped: dict[str, list[ast.expr]]) -> None:
        func = call.node.func
        if not isinstance(func, ast.Attribute):
            return
        parent = self.of(func.value, file)
        if parent is None:
            return
        values = [*call.args, *call.keywords.values()]
        for node in values:
            for named in included(node, file, looped):
                child = self.of(named, file)
                if child and child[0] != parent[0] and len(child[1].parents) < MAX_PREFIXES:
                    prefix, replaces = self._prefix_of(file, call)
                    child[1].parents.append((parent[0], prefix))
                    child[1].replaced = child[1].replaced or replaces

    def _prefix_of(self, file: PythonFile, call: Call) -> tuple[str, bool]:
        """Return the prefix of an inclusion, and whether it replaces the router's own (Flask)."""
        words = call.keywords
        node = words.get("prefix") or words.get("url_prefix") or words.get("path")
        if node is None and call.name.endswith((".mount", ".add_subapp", ".add_namespace")):
            node = next((arg for arg in call.args if self.modules.text(file, arg) is not None), None)
        text = (self.modules.text(file, node) or "").rstrip("/")
        return text, bool(text) and call.name.endswith((".register_blueprint", ".blueprint"))


def made_apps(file: PythonFile, modules: Modules) -> Iterator[tuple[str, Call]]:
    """Yield the names that are bound to new applications and routers, at any depth, with the calls that make them."""
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr) and isinstance(node.value, ast.Call):
            call = Call(file.dotted(node.value.func), node.value.lineno, node.value)
            if maker(file, call, modules):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                yield from ((name, call) for name in map(written, targets) if name)


def maker(file: PythonFile, call: Call, modules: Modules) -> tuple[str, str] | None:
    """Return the framework of an application that a call makes, and the argument of its prefix; a class may derive from its."""
    if call.name in MAKERS:
        return MAKERS[call.name]
    place = modules.home(call.node.func, file)
    cls = place[0].classes.get(place[1]) if place else None
    return next((MAKERS[base] for base in cls.bases if base in MAKERS), None) if cls else None


def loops(file: PythonFile) -> dict[str, list[ast.expr]]:
    """Return the values of the variables of loops over a literal list."""
    found: dict[str, list[ast.expr]] = {}
    for node in ast.walk(file.tree):
        if isinstance(node, ast.For) and isinstance(node.target, ast.Name):
            values = node.iter.elts if isinstance(node.iter, ast.List | ast.Tuple) else []
            found.setdefault(node.target.id, []).extend(values[:MAX_LOOPED])
    return found


def included(node: ast.expr, file: PythonFile, looped: dict[str, list[ast.expr]]) -> list[ast.expr]:
    """Return what an included argument may be: itself, the content of a wrapper, or the values of a loop's variable."""
    if isinstance(node, ast.Call) and file.dotted(node.func).rpartition(".")[2] in _WRAPPERS and node.args:
        node = node.args[0]
    values = looped.get(node.id, []) if isinstance(node, ast.Name) else []
    return [one for one in [*values[:MAX_LOOPED], node] if written(one)]
