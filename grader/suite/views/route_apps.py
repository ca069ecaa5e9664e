"""Web applications and routers of a repository, and under which prefixes each one's routes are served."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from grader.suite.views.modules import Modules, written
from grader.suite.views.python import PythonFile
from grader.suite.views.python_nodes import Call

#: Prefixes under which one router is served, and how deep routers lie in routers.
MAX_PREFIXES = 8
MAX_NESTING = 6
#: Classes that make an application or a router: the framework, and the argument that is its own prefix.
MAKERS = {
    "fastapi.FastAPI": ("fastapi", ""),
    "fastapi.applications.FastAPI": ("fastapi", ""),
    "fastapi.APIRouter": ("fastapi", "prefix"),
    "fastapi.routing.APIRouter": ("fastapi", "prefix"),
    "fastapi.routers.APIRouter": ("fastapi", "prefix"),
    "fastapi_offline.FastAPIOffline": ("fastapi", ""),
    "starlette.applications.Starlette": ("starlette", ""),
    "starlette.routing.Router": ("starlette", ""),
    "flask.Flask": ("flask", ""),
    "flask.Blueprint": ("flask", "url_prefix"),
    "flask_openapi3.OpenAPI": ("flask", ""),
    "flask_openapi3.APIBlueprint": ("flask", "url_prefix"),
    "flask_smorest.Blueprint": ("flask", "url_prefix"),
    "flask_restx.Namespace": ("flask", "path"),
    "flask_restful.Api": ("flask", "prefix"),
    "flask_restx.Api": ("flask", "prefix"),
    "apiflask.APIFlask": ("flask", ""),
    "apiflask.APIBlueprint": ("flask", "url_prefix"),
    "quart.Quart": ("quart", ""),
    "quart.Blueprint": ("quart", "url_prefix"),
    "sanic.Sanic": ("sanic", ""),
    "sanic.Blueprint": ("sanic", "url_prefix"),
    "bottle.Bottle": ("bottle", ""),
    "robyn.Robyn": ("robyn", ""),
    "falcon.App": ("falcon", ""),
    "falcon.asgi.App": ("falcon", ""),
    "litestar.Litestar": ("litestar", "path"),
    "litestar.Router": ("litestar", "path"),
    "starlite.Starlite": ("litestar", "path"),
    "starlite.Router": ("litestar", "path"),
    "aiohttp.web.Application": ("aiohttp", ""),
    "aiohttp.web.RouteTableDef": ("aiohttp", ""),
    "bentoml.Service": ("bentoml", ""),
    "litserve.LitServer": ("litserve", ""),
}
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
    """All of them, by (path of the file, name as written there)."""

    def __init__(self, files: list[PythonFile], modules: Modules) -> None:
        self.modules = modules
        self.found: dict[Key, App] = {}
        for file in files:
            self._make(file)
        for file in files:
            for call in file.calls():
                if call.name.rpartition(".")[2] in _INCLUDES:
                    self._include(file, call)

    def of(self, node: ast.expr, file: PythonFile) -> tuple[Key, App] | None:
        """The application that an expression names, in this or another file of the repository."""
        place = self.modules.home(node, file)
        if place is None:
            return None
        key = (place[0].path, place[1])
        app = self.found.get(key)
        if app is None and place[1].endswith(".app"):
            # A LitServe server and other wrappers keep the application inside.
            key = (place[0].path, place[1].removesuffix(".app"))
            app = self.found.get(key)
        return (key, app) if app else None

    def prefixes(self, key: Key) -> list[str]:
        """Under which prefixes the routes of an application are served; one of `""` where it is no part of another."""
        return self._prefixes(key, 0)[:MAX_PREFIXES]

    def _prefixes(self, key: Key, depth: int) -> list[str]:
        app = self.found.get(key)
        if app is None or depth > MAX_NESTING:
            return [""]
        own = "" if app.replaced else app.prefix
        if not app.parents:
            return [app.prefix]
        found = [
            above + prefix + own
            for parent, prefix in app.parents[:MAX_PREFIXES]
            for above in (self._prefixes(parent, depth + 1) if parent != key else [""])
        ]
        return list(dict.fromkeys(found))[:MAX_PREFIXES]

    def _make(self, file: PythonFile) -> None:
        for name, value in self.modules.assigned(file).items():
            made = _maker(file, value)
            if made and name:
                call, (framework, argument) = made
                prefix = self.modules.text(file, call.keywords.get(argument)) if argument else ""
                self.found[file.path, name] = App(framework, (prefix or "").rstrip("/"))
        # A function that is given the application: `def register(app: FastAPI)`.
        for function in file.functions:
            spec = function.node.args
            for arg in [*spec.posonlyargs, *spec.args, *spec.kwonlyargs]:
                kind = MAKERS.get(file.dotted(arg.annotation)) if arg.annotation else None
                if kind:
                    self.found.setdefault((file.path, arg.arg), App(kind[0]))

    def _include(self, file: PythonFile, call: Call) -> None:
        func = call.node.func
        if not isinstance(func, ast.Attribute):
            return
        parent = self.of(func.value, file)
        if parent is None:
            return
        values = [*call.args, *call.keywords.values()]
        for node in values:
            for named in _named(node, file):
                child = self.of(named, file)
                if child and child[0] != parent[0] and len(child[1].parents) < MAX_PREFIXES:
                    prefix, replaces = self._prefix_of(file, call)
                    child[1].parents.append((parent[0], prefix))
                    child[1].replaced = child[1].replaced or replaces

    def _prefix_of(self, file: PythonFile, call: Call) -> tuple[str, bool]:
        """The prefix of an inclusion, and whether it stands in for the router's own (Flask)."""
        words = call.keywords
        node = words.get("prefix") or words.get("url_prefix") or words.get("path")
        if node is None and call.name.endswith((".mount", ".add_subapp", ".add_namespace")):
            node = next((arg for arg in call.args if self.modules.text(file, arg) is not None), None)
        text = (self.modules.text(file, node) or "").rstrip("/")
        return text, bool(text) and call.name.endswith((".register_blueprint", ".blueprint"))


def _maker(file: PythonFile, value: ast.expr) -> tuple[Call, tuple[str, str]] | None:
    if not isinstance(value, ast.Call):
        return None
    name = file.dotted(value.func)
    kind = MAKERS.get(name)
    return (Call(name, value.lineno, value), kind) if kind else None


def _named(node: ast.expr, file: PythonFile) -> Iterator[ast.expr]:
    """The names that an included argument stands for: itself, what a wrapper holds, or the values of a loop's variable."""
    if isinstance(node, ast.Call) and file.dotted(node.func).rpartition(".")[2] in _WRAPPERS and node.args:
        node = node.args[0]
    if isinstance(node, ast.Name):
        for loop in ast.walk(file.tree):
            if (
                isinstance(loop, ast.For)
                and isinstance(loop.target, ast.Name)
                and loop.target.id == node.id
                and isinstance(loop.iter, ast.List | ast.Tuple)
            ):
                yield from loop.iter.elts[:MAX_PREFIXES]
    if written(node):
        yield node
