"""Where routes are added that cannot be told from the code: then no route can be said to be missing."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from grader.repository.faults import Evidence
from grader.repository.python.module_index import Modules, written
from grader.repository.python.nodes import Call
from grader.repository.python.python_file import PythonFile
from grader.repository.routes.route_apps import Apps, included, loops, made_apps, maker
from grader.repository.routes.route_parts import VERBS
from grader.repository.routes.routes import METRICS_APPS, routes, serving

_INCLUDES = ("include_router", "register_blueprint", "mount")
_ADDERS = ("add_api_route", "add_url_rule", "include_router", "register_blueprint")
#: Addresses that an application is told to serve its own pages under.
_OWN_PAGES = ("docs_url", "redoc_url", "openapi_url")
#: Functions that start, wrap or measure an application that they are given; others may add routes to it.
_HARMLESS = (
    "run",
    "Config",
    "serve",
    "TestClient",
    "Mangum",
    "CORS",
    "expose",
    "isinstance",
    "setattr",
    "print",
)


def first_gap(code: Sequence[PythonFile], modules: Modules) -> Evidence | None:
    """Return the first place that adds routes which are not known: a prefix or router that is computed, another library."""
    files = serving(code)
    apps = Apps(files, modules)
    for file in files:
        for where in _gaps(file, apps):
            return file.evidence(where)
    return next((route.evidence for route in routes(code, modules) if not route.path), None)


def _gaps(file: PythonFile, apps: Apps) -> Iterator[object]:
    seen: dict[str, Call] = {}
    for name, call in made_apps(file, apps.modules):
        # Routers of one name in several functions are kept as one.
        if seen.setdefault(name, call) is not call:
            yield call
    for function in file.functions:
        for node in function.node.decorator_list:
            if isinstance(node, ast.Call) and _is_foreign_route(node, file, apps):
                yield node
    looped = loops(file)
    for call in file.calls():
        if _is_open(call, file, apps, looped):
            yield call


def _is_foreign_route(node: ast.Call, file: PythonFile, apps: Apps) -> bool:
    """Return whether a decorator declares a route on what is no application known here: `@server.get("/x")`."""
    func = node.func
    if not isinstance(func, ast.Attribute) or func.attr not in (*VERBS, "route", "api_route"):
        return False
    first = node.args[0] if node.args else None
    path = apps.modules.text(file, first)
    return path is not None and path.startswith("/") and apps.of(func.value, file) is None


def _is_open(call: Call, file: PythonFile, apps: Apps, looped: dict[str, list[ast.expr]]) -> bool:
    func, last = call.node.func, call.name.rpartition(".")[2]
    made = maker(file, call, apps.modules)
    if made:
        given = call.keywords.get(made[1])
        listed = call.keywords.get("routes")
        own = any(apps.modules.text(file, call.keywords.get(name)) for name in _OWN_PAGES)
        unread = listed is not None and not isinstance(listed, ast.List | ast.Tuple)
        return own or unread or (given is not None and apps.modules.text(file, given) is None)
    if call.name in ("starlette.routing.Mount", "starlette.routing.Host"):
        return True
    if not isinstance(func, ast.Attribute):
        return _takes_app(call, file, apps) and apps.modules.home(func, file) is None
    if last in ("append", "extend", "insert") and isinstance(func.value, ast.Attribute):
        return func.value.attr == "routes"
    owner = apps.of(func.value, file)
    if last in _INCLUDES and owner:
        return not _is_included(call, file, apps, looped)
    return (last in _ADDERS and owner is None) or (owner is None and _takes_app(call, file, apps))


def _is_included(call: Call, file: PythonFile, apps: Apps, looped: dict[str, list[ast.expr]]) -> bool:
    """Return whether the router that a call includes, and the prefix that it gives, are known."""
    prefix = call.keywords.get("prefix") or call.keywords.get("url_prefix")
    if prefix is not None and apps.modules.text(file, prefix) is None:
        return False
    known = [
        apps.of(one, file) is not None
        for node in [*call.args, *call.keywords.values()]
        for one in included(node, file, looped)
        if not (isinstance(node, ast.Name) and looped.get(node.id) and one is node)
    ]
    measures = any(
        file.dotted(node).endswith(METRICS_APPS)
        for node in ast.walk(call.node)
        if isinstance(node, ast.Name | ast.Attribute)
    )
    return any(known) or measures


def _takes_app(call: Call, file: PythonFile, apps: Apps) -> bool:
    """Return whether a function of another package is given an application, and may add routes to it."""
    last = call.name.rpartition(".")[2]
    if last in _HARMLESS or "instrument" in last.lower() or "middleware" in last.lower():
        return False
    place = apps.modules.home(call.node.func, file)
    if place is not None and (place[0] is not file or place[0].functions.get(place[1])):
        return False
    values = [*call.args, *call.keywords.values()]
    return any(written(node) and apps.of(node, file) is not None for node in values)
