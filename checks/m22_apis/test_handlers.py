"""M22: how handlers treat the model and what they are sent."""

import ast

from grader.suite import check, not_applicable

_LOADS = (
    *("torch.load", "joblib.load", "pickle.load", "load_from_checkpoint", "from_pretrained", "load_model"),
    "InferenceSession",
)
_PLAIN = ("Request", "BackgroundTasks", "Response", "WebSocket")


def _handlers(submission):
    """The routes whose handler is a function of the repository."""
    functions = ast.FunctionDef | ast.AsyncFunctionDef
    return [route for route in submission.routes() if isinstance(route.handler, functions)]


@check(
    "The model is loaded once, not for each request",
    points=1,
    questions=[23],
    scope="project",
    required=False,
    requires=("the_api_does_inference",),
    hint="Load it in a `lifespan` function, at the top level, or in a function with `@functools.cache`.",
)
def test_the_model_is_loaded_once(submission):
    routes = _handlers(submission)
    if not routes:
        not_applicable("No function of the repository answers requests.")
    wrong = []
    for route in routes:
        if _is_guarded(route.handler):
            continue
        wrong += [route.home.evidence(call) for call in _loads_in(route.home, route.handler)]
        for call in route.home.calls(within=route.handler):
            place = submission.modules.home(call.node.func, route.home)
            function = place[0].functions.get(place[1]) if place else None
            if function and not _remembers(function) and "." not in function.qualname:
                wrong += [place[0].evidence(load) for load in _loads_in(place[0], function.node)]
    assert not wrong, ["A handler loads the model.", *wrong[:3]]


def _loads_in(file, function):
    if _is_guarded(function):
        return []
    return [call for name in _LOADS for call in file.calls(name, within=function)]


def _is_guarded(function):
    """Whether it keeps what it loads: `if model is None`, or a global."""
    nodes = list(ast.walk(function))
    compares = [node for node in nodes if isinstance(node, ast.Compare)]
    return any(isinstance(node, ast.Global) for node in nodes) or any(
        isinstance(one, ast.Constant) and one.value is None for node in compares for one in node.comparators
    )


def _remembers(function):
    return any("cache" in mark.name.rpartition(".")[2] for mark in function.decorators)


@check(
    "Routes that are sent something declare what",
    points=1,
    questions=[23],
    scope="project",
    required=False,
    requires=("the_api_does_inference",),
    hint="Give the handler typed parameters (a pydantic model, `UploadFile`, `str`): FastAPI then refuses wrong input itself.",
)
def test_routes_declare_their_input(submission):
    routes = [
        route
        for route in _handlers(submission)
        if route.framework in ("fastapi", "litestar") and route.method in ("POST", "PUT", "PATCH")
    ]
    if not routes:
        not_applicable("No route of FastAPI or Litestar is sent anything.")
    bare = [route for route in routes if not _takes_input(route)]
    assert len(bare) < len(routes), [route.evidence for route in bare[:3]]


def _takes_input(route):
    spec = route.handler.args
    typed = [arg for arg in [*spec.posonlyargs, *spec.args, *spec.kwonlyargs] if arg.annotation is not None]
    return any(route.home.dotted(arg.annotation).rpartition(".")[2] not in _PLAIN for arg in typed)
