"""M24: load tests."""

# Tables of names read best as words.
# ruff: noqa: SIM905

import ast
import re

from grader.suite import SubmissionFault, check, evidence, measure, not_applicable

from ..common.messages import only_declared, show

_USERS = (
    "HttpUser",
    "FastHttpUser",
    "HttpLocust",
    "User",
    "TaskSet",
    "SequentialTaskSet",
    "ContribFastHttpUser",
)
_LOADERS = (
    "hey",
    "wrk",
    "ab",
    "vegeta",
    "oha",
    "bombardier",
    "autocannon",
    "siege",
    "k6 run",
    "artillery",
    "fortio",
)
_K6 = re.compile(r"(?m)^\s{0,20}import\s[^\n]{0,200}from\s{1,5}['\"]k6(?:/http)?['\"]")
_RESULTS = ("**/*_stats_history.csv",)
_NAMES = re.compile(r"load_?test|stress_?test|perf(?:ormance)?_?test|load_?generator|benchmark_api")
_CLIENTS = ("requests", "httpx", "aiohttp", "urllib.request")
_TOGETHER = ("concurrent.futures", "threading", "multiprocessing", "asyncio", "multiprocessing.pool")
_VERBS = tuple("get post put delete patch request head options".split())


def _locust(submission):
    """Users of locust with something to do, and their files."""
    found = []
    for file in submission.code(tests=True):
        if not file.imports_module("locust"):
            continue
        known = set(_USERS)
        for one in [*file.classes, *file.classes]:
            if one.inherits(*known):
                known.add(one.name)
        found += [(file, one) for one in file.classes if one.inherits(*known) and _has_tasks(file, one)]
    return found


def _has_tasks(file, one):
    """Whether a user has a task that does something, or names a list of tasks."""
    for method in one.methods:
        if (
            any(mark.name in ("locust.task", "task", "locust.tag") for mark in method.decorators)
            and not method.is_stub
        ):
            return True
    return any(
        isinstance(node, ast.Assign)
        and any(isinstance(name, ast.Name) and name.id in ("tasks", "task_set") for name in node.targets)
        for node in one.node.body
    )


def _scripts(submission):
    """Load tests of k6, Artillery and JMeter, and programs of the group's own that send many requests at once."""
    found = [path for path in submission.files("**/*.jmx") if not submission.is_template(path)]
    for path in submission.files("**/*.js", "**/*.ts", "**/*.mjs")[:300]:
        try:
            text = submission.text(path)
        except SubmissionFault:
            continue
        if _K6.search(text[:20_000]) and "default" in text:
            found.append(path)
    for path in submission.files("**/*artillery*.y*ml", "**/*load*.y*ml"):
        try:
            data = submission.yaml(path)
        except SubmissionFault:
            continue
        if isinstance(data, dict) and isinstance(data.get("config"), dict) and data.get("scenarios"):
            found.append(path)
    for file in submission.code(tests=True):
        sends = any(call.name.rpartition(".")[2] in _VERBS for call in file.calls())
        at_once = file.imports_module(*_CLIENTS) and file.imports_module(*_TOGETHER)
        if sends and at_once and _NAMES.search(file.path.lower()):
            found.append(file.path)
    return found


@check(
    "The API is load tested",
    points=1,
    questions=[25],
    boxes=["w2-16"],
    scope="project",
    required=False,
    hint="A `locustfile.py` with a class that derives from `HttpUser` and has methods with `@task` that use `self.client`.",
)
def test_the_api_is_load_tested(submission):
    users, scripts = _locust(submission), _scripts(submission)
    commands = submission.running(*_LOADERS)
    results = submission.files(*_RESULTS)
    for file, one in users[:3]:
        evidence(file.path, one.line, f"class {one.name}")
    for path in [*scripts, *results][:3]:
        evidence(path)
    show(commands[:2])
    measure("n_load_tests", len(users) + len(scripts) + len(commands))
    assert users or scripts or commands or results, _what_is_missing(submission)


def _what_is_missing(submission):
    imported = submission.imports("locust", tests=True)
    if imported:
        return ["Locust is imported, but no user has a task.", *imported[:2]]
    return only_declared(
        submission,
        ("locust", "k6"),
        "There is no load test: no locust file, no script of k6, no command such as hey or wrk.",
        unused="there is no load test",
    )


@check(
    "Load tests ask for routes that exist",
    points=1,
    questions=[25],
    scope="project",
    required=False,
    requires=("the_api_is_load_tested",),
    hint="The paths in `self.client.post('/predict')` are those of the API: a load test of 404 tests nothing.",
)
def test_load_tests_ask_for_routes_that_exist(submission):
    routes = {route.path for route in submission.routes()}
    asked = [
        (file, call, call.argument("url", 0))
        for file, one in _locust(submission)
        for call in file.calls(within=one.node)
        if call.name.startswith("self.client.") and call.name.rpartition(".")[2] in _VERBS
    ]
    known = [
        (file, call, path) for file, call, path in asked if isinstance(path, str) and path.startswith("/")
    ]
    if not known or not routes or "" in routes:
        not_applicable("The paths of the load test, or of the API, cannot be read from the code.")
    wrong = [
        file.evidence(call) for file, call, path in known if not any(_fits(path, route) for route in routes)
    ]
    assert len(wrong) < len(known), ["None of these routes exists.", *wrong[:3]]


def _fits(path, route):
    """Whether a path is one of a route: a parameter stands for one part, or for the rest."""
    parts, wanted = (text.partition("?")[0].strip("/").split("/") for text in (path, route))
    if path.startswith(("/docs", "/openapi.json")):
        return True
    if any(":path" in part for part in wanted):
        return True
    return len(parts) == len(wanted) and all(
        here == there or there[:1] in ("{", "<") for here, there in zip(parts, wanted, strict=True)
    )
