"""Routes of the web applications that a repository serves, for all supported frameworks."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from grader.repository.python.module_index import Modules, written
from grader.repository.python.nodes import Call, Class, Function, literal
from grader.repository.python.python_file import PythonFile
from grader.repository.routes.route_apps import FRAMEWORKS, Apps, Key
from grader.repository.routes.route_parts import VERBS, Handler, Route, class_verbs, each, joined

MAX_ROUTES = 1_000
_ANY = ("route", "api_route", "add_route", "add_api_route", "add_url_rule")
_ADDERS = (*(f"add_{verb}" for verb in VERBS), "add_route", "add_api_route", "add_url_rule")
_WEBSOCKETS = ("websocket", "websocket_route", "add_websocket_route", "add_api_websocket_route")
_STARLETTE = ("starlette.routing.Route", "fastapi.routing.APIRoute", "fastapi.routing.Route")
_AIOHTTP = frozenset(f"aiohttp.web.{verb}" for verb in VERBS)
METRICS_APPS = ("make_asgi_app", "make_wsgi_app", "metrics_app", "handle_metrics")


def routes(code: Sequence[PythonFile], modules: Modules) -> list[Route]:
    """Return the routes of the group's own code, without tests, by file and line."""
    files = serving(code)
    apps = Apps(files, modules)
    found: list[Route] = []
    for file in files:
        for route in _Finder(file, apps).routes():
            found.append(route)
            if len(found) >= MAX_ROUTES:
                return found
    found.sort(key=lambda route: (route.file.path, route.line))
    return list(dict.fromkeys(found))


_RELEVANT = FRAMEWORKS | {"functions_framework", "django", "django.urls", "bentoml", "litserve"}


def serving(code: Sequence[PythonFile]) -> list[PythonFile]:
    """Return the files that may declare routes."""
    return [file for file in code if not file.imports.isdisjoint(_RELEVANT) or _may_serve(file)]


def _may_serve(file: PythonFile) -> bool:
    """Return whether a file without a framework's import may still declare routes, because it imports the application."""
    return any(name.rpartition(".")[2] in (*VERBS, *_ANY) for name in file.names)


class _Finder:
    """The routes of one file."""

    def __init__(self, file: PythonFile, apps: Apps) -> None:
        self.file, self.apps = file, apps
        self.modules: Modules = apps.modules

    def routes(self) -> Iterator[Route]:
        for function in self.file.functions:
            yield from self._decorated(function)
        for cls in self.file.classes:
            yield from self._class(cls)
        for call in self.file.calls():
            yield from self._called(call)
        urls = self.modules.assigned(self.file).get("urlpatterns")
        if isinstance(urls, ast.List | ast.Tuple):
            yield from self._django(urls.elts)

    def _decorated(self, function: Function) -> Iterator[Route]:
        for decorator, node in zip(function.decorators, function.node.decorator_list, strict=True):
            if decorator.name == "functions_framework.http":
                yield self._route("ANY", "/", "functions_framework", function.line, function.node)
            elif decorator.call is None:
                continue
            elif decorator.name.rpartition(".")[0] in ("litestar", "litestar.handlers", "starlite"):
                verb = decorator.name.rpartition(".")[2]
                if verb in (*VERBS, "route", "websocket"):
                    above = self._controller(function)
                    yield from self._declared(decorator.call, verb, "litestar", [above], function.node)
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                owner = self._owner(node.func.value, decorator.call)
                if owner:
                    verb = "post" if owner[0] == "bentoml" and node.func.attr == "api" else node.func.attr
                    yield from self._declared(decorator.call, verb, *owner, function.node)

    def _controller(self, function: Function) -> str:
        """Return the path of the Litestar controller that a method belongs to."""
        cls = self.file.classes.get(function.qualname.rpartition(".")[0])
        assigned = [node for node in cls.node.body if isinstance(node, ast.Assign)] if cls else []
        named = [node.value for node in assigned if any(written(one) == "path" for one in node.targets)]
        return (self.modules.text(self.file, named[0]) or "") if named else ""

    def _owner(self, node: ast.expr, call: Call) -> tuple[str, list[str]] | None:
        """Return the framework and the prefixes of the object that a route is declared on."""
        known = self.apps.of(node, self.file)
        if known:
            return known[1].framework, self.apps.prefixes(known[0])
        # The creation of the application is not visible: in a file that imports a framework, a path is enough for a route.
        framework = next((name for name in sorted(FRAMEWORKS) if self.file.imports_module(name)), "")
        path = literal(call.args[0]) if call.args else None
        if framework and isinstance(path, str) and path.startswith("/") and written(node):
            return framework, [""]
        return None

    def _declared(
        self,
        call: Call,
        verb: str,
        framework: str,
        prefixes: list[str],
        handler: Handler | None,
        home: PythonFile | None = None,
    ) -> Iterator[Route]:
        """Yield the routes of a call such as `app.get("/x")` or `app.add_api_route("/x", f, methods=["GET"])`."""
        plain = verb.removeprefix("add_")
        words = call.keywords
        if plain not in (*VERBS, *_WEBSOCKETS) and verb not in _ANY:
            return
        path_node = words.get("path") or words.get("rule") or words.get("uri") or words.get("route")
        if path_node is None:
            at = 1 if verb == "add_route" and framework == "aiohttp" else 0
            path_node = call.args[at] if len(call.args) > at else None
        texts = [self.modules.text(self.file, node) for node in each(path_node)]
        if framework == "bentoml" and path_node is None and handler is not None:
            texts = [f"/{handler.name}"]
        if framework == "litestar" and path_node is None:
            texts = [""]
        methods = self._methods(call, plain, framework, handler)
        for text in texts[:20]:
            for prefix in prefixes:
                path = "" if text is None else joined(prefix, text)
                for method in methods:
                    yield self._route(method, path, framework, call.line, handler, home)

    def _methods(
        self,
        call: Call,
        verb: str,
        framework: str,
        handler: Handler | None,
    ) -> list[str]:
        if verb in VERBS:
            return [verb.upper()]
        if "websocket" in verb:
            return ["WEBSOCKET"]
        named = literal(call.keywords.get("methods") or call.keywords.get("http_method"))
        if framework == "aiohttp" and call.args:
            named = self.modules.text(self.file, call.args[0])
        given = [named] if isinstance(named, str) else named if isinstance(named, list | tuple | set) else []
        methods = sorted({str(item).upper()[:20] for item in given})
        if not methods and isinstance(handler, ast.ClassDef):
            methods = class_verbs(handler)
        return methods[:10] or ["GET"]

    def _class(self, cls: Class) -> Iterator[Route]:
        if any(name.name in ("bentoml.service", "bentoml.Service") for name in cls.decorators):
            for method in cls.methods:
                for decorator in method.decorators:
                    if decorator.name in ("bentoml.api", "bentoml.task"):
                        given = decorator.call.keywords.get("route") if decorator.call else None
                        path = self.modules.text(self.file, given) or f"/{method.name}"
                        yield self._route("POST", joined("", path), "bentoml", method.line, method.node)
        for decorator, node in zip(cls.decorators, cls.node.decorator_list, strict=True):
            if decorator.call and isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                owner = self._owner(node.func.value, decorator.call)
                if owner:
                    yield from self._declared(decorator.call, node.func.attr, *owner, cls.node)

    def _called(self, call: Call) -> Iterator[Route]:
        func, last = call.node.func, call.name.rpartition(".")[2]
        if call.name in _STARLETTE and len(call.args) + len(call.keywords) >= 2:
            handler, home = self._handler(call)
            yield from self._declared(call, "route", "starlette", [""], handler, home)
        elif call.name in _AIOHTTP:
            handler, home = self._handler(call)
            yield from self._declared(call, last, "aiohttp", [""], handler, home)
        elif call.name == "litserve.LitServer":
            path = self.modules.text(self.file, call.keywords.get("api_path")) or "/predict"
            yield self._route("POST", joined("", path), "litserve", call.line, *self._handler(call))
        elif last == "expose" and self._is_instrumentator(func):
            given = call.keywords.get("endpoint")
            shown = (self.modules.text(self.file, given) or "") if given else "/metrics"
            yield self._route("GET", shown, "prometheus", call.line, None)
        elif call.name == "prometheus_flask_exporter.PrometheusMetrics":
            yield self._route("GET", "/metrics", "prometheus", call.line, None)
        elif isinstance(func, ast.Call) and isinstance(func.func, ast.Attribute):
            # `app.get("/x")(predict)`
            known = self.apps.of(func.func.value, self.file)
            if known:
                inner = Call(self.file.dotted(func.func), func.lineno, func)
                handler, home = self._handler(call)
                prefixes = self.apps.prefixes(known[0])
                yield from self._declared(inner, func.func.attr, known[1].framework, prefixes, handler, home)
        elif isinstance(func, ast.Attribute) and last in (*_ADDERS, *_WEBSOCKETS, "add_resource", "mount"):
            yield from self._added(call, func)

    def _added(self, call: Call, func: ast.Attribute) -> Iterator[Route]:
        base = func.value
        if isinstance(base, ast.Attribute) and base.attr == "router":
            base = base.value  # aiohttp: app.router.add_get(…)
        known = self.apps.of(base, self.file)
        if known is None:
            return
        framework, prefixes = known[1].framework, self.apps.prefixes(known[0])
        if func.attr == "mount":
            yield from self._mounted(call, known[0])
            return
        handler, home = self._handler(call)
        if func.attr == "add_resource":
            for node in call.args[1:10]:
                shown = joined(prefixes[0], self.modules.text(self.file, node) or "")
                for method in class_verbs(handler) if isinstance(handler, ast.ClassDef) else ["GET"]:
                    yield self._route(method, shown, framework, call.line, handler, home)
        else:
            yield from self._declared(call, func.attr, framework, prefixes, handler, home)

    def _mounted(self, call: Call, key: Key) -> Iterator[Route]:
        """Yield the routes of `app.mount("/metrics", make_asgi_app())`, also if the second argument is a variable."""
        if len(call.args) < 2 and "app" not in call.keywords:
            return
        target = call.keywords.get("app") or call.args[1]
        if isinstance(target, ast.Name):
            target = self.modules.assigned(self.file).get(target.id, target)
        made = target.func if isinstance(target, ast.Call) else target
        if self.file.dotted(made).rpartition(".")[2] in METRICS_APPS:
            path = self.modules.text(self.file, call.keywords.get("path") or call.args[0])
            for prefix in self.apps.prefixes(key):
                yield self._route(
                    "GET", joined(prefix, path) if path is not None else "", "prometheus", call.line, None
                )

    def _is_instrumentator(self, func: ast.expr) -> bool:
        if not isinstance(func, ast.Attribute):
            return False
        name = self.file.dotted(func)
        owner = self.modules.assigned(self.file).get(written(func.value))
        made = self.file.dotted(owner) if owner is not None else ""
        return "Instrumentator" in name or "Instrumentator" in made

    def _handler(self, call: Call) -> tuple[Handler | None, PythonFile | None]:
        """Return the function or class that a call names as its handler, and its file."""
        words = call.keywords
        named = [words[key] for key in ("endpoint", "handler", "view_func", "view", "app") if key in words]
        for node in [*named, *call.args[:4]]:
            inner = node
            if isinstance(inner, ast.Call):
                # `Predict.as_view("predict")`, `SimpleAPI()`
                inner = inner.func.value if isinstance(inner.func, ast.Attribute) else inner.func
            place = self.modules.home(inner, self.file)
            if place is None:
                continue
            name = place[1].removeprefix("self.")
            found = place[0].functions.get(name) or place[0].classes.get(name)
            if found:
                return found.node, place[0]
        return None, None

    def _django(self, items: list[ast.expr]) -> Iterator[Route]:
        for item in items[:200]:
            if not isinstance(item, ast.Call) or not self.file.dotted(item.func).startswith("django."):
                continue
            call = Call(self.file.dotted(item.func), item.lineno, item)
            if len(call.args) > 1 and "include" in self.file.dotted(call.args[1]):
                continue
            path = self.modules.text(self.file, call.args[0]) if call.args else None
            handler, home = self._handler(call)
            shown = "" if path is None else joined("", path.strip("^$"))
            yield self._route("ANY", shown, "django", call.line, handler, home)

    def _route(
        self,
        method: str,
        path: str,
        framework: str,
        line: int,
        handler: Handler | None,
        home: PythonFile | None = None,
    ) -> Route:
        name = handler.name if handler is not None else ""
        return Route(method, path[:500], framework, name, self.file, line, handler, home or self.file)
