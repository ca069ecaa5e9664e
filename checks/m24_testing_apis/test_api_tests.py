"""M24: tests that ask the API, and whether a workflow collects them."""

# Tables of names read best as words.
# ruff: noqa: SIM905

import ast
import re

from grader.suite import Evidence, box, check, measure, work

from ..common.clients import client_of, is_client
from ..common.messages import show
from ..common.python import FINDABLE
from ._common import folders

_IN_TESTS = re.compile(r"(?:^|/)(?:tests?|\w{0,30}_?tests)/|(?:^|/)conftest\.py$")
_MAKERS = tuple(
    (
        "TestClient AsyncTestClient AsyncClient test_client create_test_client APIClient ASGITransport "
        "django.test.Client SyncHTTPClient AsyncHTTPClient gradio_client.Client httpx.Client"
    ).split()
)
_OVER_HTTP = ("requests", "httpx", "aiohttp", "urllib.request", "urllib3", "http.client")
_VERBS = tuple("get post put delete patch request options head open urlopen websocket_connect".split())
_ADDRESS = re.compile(r"localhost|127\.0\.0\.1|0\.0\.0\.0|run\.app|cloudfunctions|//testserver|//test\b")
_ABOUT_APIS = re.compile(r"api|app|server|endpoint|integration|backend|service|fastapi|route")
_LOAD_NAMES = re.compile(r"load_?test|stress|locust|perf(?:ormance)?_?test")
_LOADERS = tuple("k6 artillery hey wrk vegeta oha bombardier autocannon siege ab locust".split())


@work("a test that talks to an API, or a load test: locust, k6, hey, …")
def find_work(submission):
    if submission.profile == "exercises":
        return folders(submission)
    return bool(
        _named(submission)
        or _files(submission)
        or not submission.dependencies.isdisjoint(("locust", "schemathesis"))
        or submission.running(*_LOADERS)
        or submission.imports("locust", tests=True)
        or submission.files(
            "**/*.jmx", "**/*k6*", "**/k6/*", "**/*load*.js", "**/artillery*.y*ml", "**/*_stats_history.csv"
        )
        or [file for file in submission.code(tests=True) if _LOAD_NAMES.search(file.name)]
    )


def _named(submission):
    """Files that are called tests of an API, empty ones too."""
    paths = [
        path for path in submission.files("**/test_*api*.py", "**/test_app*.py") if FINDABLE.search(path)
    ]
    return [path for path in paths if submission.blob(path)]


def _files(submission):
    """Test files of the group's own that could talk to an API."""
    files = [file for file in submission.code(tests=True) if FINDABLE.search(file.path)]
    return [
        file
        for file in files
        if tests_of(file) and any(_asks(submission, file, node) for _, node in tests_of(file))
    ]


def tests_of(file):
    """The test functions that pytest finds in a file: `(class or None, node)`."""
    found = []
    functions = ast.FunctionDef | ast.AsyncFunctionDef
    for node in file.tree.body:
        if isinstance(node, functions) and node.name.startswith("test"):
            found.append((None, node))
        elif isinstance(node, ast.ClassDef) and (
            node.name.startswith("Test") or file.classes.get(node.name).inherits("TestCase")
        ):
            found += [
                (node, one) for one in node.body if isinstance(one, functions) and one.name.startswith("test")
            ]
    return found


def _pieces(submission, file, node):
    """A test with what it runs of the tests' own code: fixtures, set-up, functions beside it. The API's code is left out."""
    folders = [file.path.rpartition("/")[0].split("/")[:depth] for depth in range(20)]
    homes = {"/".join([*folder, "conftest.py"]).lstrip("/") for folder in folders}
    beside = [one for one in submission.python_files() if one.path in homes] + [file]
    starts = [(file, node)]
    for _ in range(3):
        wanted = {arg.arg for _, one in starts for arg in [*one.args.args, *one.args.kwonlyargs]}
        found = [
            (home, one.node)
            for home in beside
            for one in home.functions
            if _is_fixture(one) and one.name in wanted
        ]
        starts += [pair for pair in found if pair not in starts]
    reached = [piece for home, start in starts for piece in submission.reach(home, start)]
    return [piece for piece in reached if piece.file is file or _IN_TESTS.search(piece.file.path)]


def _is_fixture(function):
    return any(mark.name.rpartition(".")[2] in ("fixture", "pytest_asyncio") for mark in function.decorators)


def _asks(submission, file, node):
    """Whether a test asks an API: by a client, over HTTP, or by calling the function that answers a route."""
    pieces = _pieces(submission, file, node)
    calls = [(piece, call) for piece in pieces for call in piece.calls]
    handlers = {
        (route.home.path, route.function) for route in submission.routes() if route.home and route.function
    }
    client = any(
        any(call.name == name or call.name.endswith(f".{name}") for name in _MAKERS) for _, call in calls
    )
    for piece, call in calls:
        last = call.name.rpartition(".")[2]
        if client and ((last in _VERBS and _is_path(call)) or "HTTPClient" in str(piece.file.imports)):
            return True
        over_http = call.name.partition(".")[0] in _OVER_HTTP or call.name.startswith("urllib.request.")
        over_http = over_http or (last in _VERBS and is_client(client_of(submission, piece.file, call)))
        if over_http and last in _VERBS and _is_about_an_api(file, call):
            return True
        if last == "call_and_validate":
            return True
        place = submission.modules.home(call.node.func, piece.file)
        if place and (place[0].path, place[1]) in handlers:
            return True
    return False


def _is_about_an_api(file, call):
    """A request over HTTP may also fetch data: the name of the file or the address says that it does not."""
    return bool(_ABOUT_APIS.search(file.name.lower()) or _ADDRESS.search(ast.unparse(call.node)[:2_000]))


def _is_path(call):
    """Whether the first argument can be a path: `data.get("key")` is no request."""
    node = call.keywords.get("url") or (call.args[0] if call.args else None)
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and (node.value.startswith(("/", "http")) or not node.value)
    return node is not None


def _checks_something(pieces):
    for piece in pieces:
        for node in ast.walk(piece.node):
            if isinstance(node, ast.Assert) and not isinstance(node.test, ast.Constant | ast.Tuple):
                return True
        names = [call.name.rpartition(".")[2] for call in piece.calls]
        if any(
            name.startswith("assert") or name in ("raise_for_status", "raises", "call_and_validate")
            for name in names
        ):
            return True
    return False


def _is_skipped(file, cls, node):
    """Whether a test is skipped whatever happens."""
    marks = [*node.decorator_list, *(cls.decorator_list if cls else [])]
    for item in file.tree.body:
        value = item.value if isinstance(item, ast.Assign | ast.Expr) else None
        if isinstance(item, ast.Assign) and any(ast.unparse(name) == "pytestmark" for name in item.targets):
            marks += value.elts if isinstance(value, ast.List | ast.Tuple) else [value]
        elif isinstance(value, ast.Call) and file.dotted(value.func) == "pytest.skip":
            return True
    for mark in marks:
        name = file.dotted(mark.func if isinstance(mark, ast.Call) else mark).rpartition(".")[2]
        always = name == "skipif" and isinstance(mark, ast.Call) and mark.args and _is_true(mark.args[0])
        if name == "skip" or always:
            return True
    return bool(node.body) and _skips_first(file, node)


def _is_true(node):
    return isinstance(node, ast.Constant) and bool(node.value)


def _skips_first(file, node):
    first = next(
        (one for one in node.body if not (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))),
        None,
    )
    call = first.value if isinstance(first, ast.Expr) else None
    return isinstance(call, ast.Call) and file.dotted(call.func) == "pytest.skip"


def _api_tests(submission):
    """The tests that ask an API, run, and check the answer; and those that do not, with why."""
    good, bad = [], []
    for file in submission.code(tests=True):
        for cls, node in tests_of(file) if FINDABLE.search(file.path) else ():
            if not _asks(submission, file, node):
                continue
            if _is_skipped(file, cls, node):
                bad.append(file.evidence(node, f"{node.name} is always skipped"))
            elif not _checks_something(_pieces(submission, file, node)):
                bad.append(file.evidence(node, f"{node.name} checks nothing"))
            else:
                good.append((file, node))
    return good, bad


@check(
    "Tests ask the API and check its answers",
    points=1,
    questions=[7, 25],
    boxes=["w2-15"],
    scope="project",
    required=False,
    hint="`client = TestClient(app)`, `response = client.post('/predict', json=…)`, `assert response.status_code == 200`.",
)
def test_the_api_is_tested(submission):
    good, bad = _api_tests(submission)
    show(file.evidence(node) for file, node in good[:3])
    measure("n_api_tests", len(good))
    measure("n_api_test_files", len({file.path for file, _ in good}))
    empty = [
        Evidence(path, None, "is empty") for path in _named(submission) if not submission.text(path).strip()
    ]
    assert good, [
        *bad[:3],
        *empty[:2],
    ] or "No test talks to the API: no TestClient, httpx or requests in the tests."


@check(
    "A workflow runs the tests of the API",
    points=1,
    questions=[11, 25],
    boxes=["w2-15"],
    scope="project",
    required=False,
    requires=("the_api_is_tested",),
    above=(".github",),
    hint="A step `run: pytest tests/` in a workflow; with paths, the folder of the API's tests among them.",
)
def test_a_workflow_runs_the_api_tests(submission):
    paths = {file.path for file, _ in _api_tests(submission)[0]}
    runs = submission.ci_test_runs()
    for run in runs:
        if any(run.collects(path) for path in paths):
            show([run.command.evidence])
            return
    if any(run.collects(path) for run in submission.ci_test_runs(refused=True) for path in paths):
        box("w2-15", None, "Only a workflow runs them that GitHub refuses at this commit.")
    assert not runs, ["No run of pytest collects them.", *(run.command.evidence for run in runs[:3])]
    raise AssertionError("No workflow runs pytest.")
