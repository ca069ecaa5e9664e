"""M28: metrics of the API, where something can read them."""

# Tables of names read best as words.
# ruff: noqa: SIM905

import ast

from grader.suite import check, measure, not_applicable, work, work_folders

from ..common.applications import folders_of_applications
from ..common.messages import only_declared, show
from ..common.words import MONITORING_COMMANDS
from ._common import WORDS

_LIBRARIES = tuple(
    "prometheus_client prometheus_fastapi_instrumentator starlette_exporter starlette_prometheus prometheus_flask_exporter "
    "aioprometheus opentelemetry statsd datadog google.cloud.monitoring_v3 azure.monitor newrelic elasticapm logfire "
    "opencensus bentoml.metrics litestar.plugins.prometheus litestar.contrib.prometheus".split()
)
_DECLARED = tuple(
    "prometheus-client prometheus-fastapi-instrumentator starlette-exporter prometheus-flask-exporter "
    "opentelemetry-instrumentation-fastapi google-cloud-monitoring statsd".split()
)
#: What makes metrics readable: a page, a port, or somebody that they are sent to. Names of calls, or their ends.
_EXPOSES = tuple(
    "make_asgi_app make_wsgi_app start_http_server start_wsgi_server generate_latest push_to_gateway MetricsHandler "
    "PrometheusMetrics handle_metrics PeriodicExportingMetricReader CloudMonitoringMetricsExporter PrometheusMetricReader "
    "OTLPMetricExporter configure_azure_monitor instrument_fastapi StatsClient create_time_series MetricServiceClient "
    "newrelic.agent.initialize ElasticAPM PrometheusLogger".split()
)
#: What serves metrics where it is given to a route or an application, uncalled.
_HANDLERS = tuple(
    "starlette_exporter.handle_metrics starlette_exporter.handle_openmetrics starlette_prometheus.metrics "
    "starlette_prometheus.view.metrics aioprometheus.asgi.starlette.metrics aioprometheus.asgi.quart.metrics "
    "litestar.plugins.prometheus.PrometheusController litestar.contrib.prometheus.PrometheusController".split()
)
_METRICS = ("Counter", "Gauge", "Histogram", "Summary")
_COMMANDS = ("opentelemetry-instrument", "newrelic-admin run-program", "ddtrace-run")
_CONFIGURATIONS = tuple(
    "**/*prometheus*.y*ml **/*alert*.y*ml **/*alert*.json **/*monitor*.y*ml **/*monitor*.json **/*dashboard*.json **/*.tf "
    "**/*service*.y*ml **/*compose*.y*ml **/*deploy*.y*ml **/*collector*.y*ml **/*polic*.json **/*polic*.y*ml k8s/** "
    "**/*cloudrun*.y*ml **/*cloud-run*.y*ml **/*cloud_run*.y*ml".split()
)


@work("metrics of an API (prometheus_client, OpenTelemetry, …), or a configuration of monitoring or alerts")
def find_work(submission):
    if submission.profile == "exercises":
        return _folders(submission)
    return bool(
        submission.imports(*_LIBRARIES)
        or not submission.dependencies.isdisjoint(_DECLARED)
        or any(_is_own(submission, path) for path in submission.files(*_CONFIGURATIONS))
        or submission.running(*MONITORING_COMMANDS, *_COMMANDS)
        or _exposed(submission)
    )


def _folders(submission):
    """The folders of the exercise: applications beside the starter's words, or beside code that uses a metrics library."""
    measuring = work_folders(submission, [place.path for place in submission.imports(*_LIBRARIES)])
    given = work_folders(submission, submission.files(f"**/{WORDS}"))
    return [folder for folder in folders_of_applications(submission) if folder in (*given, *measuring)]


def _is_own(submission, path):
    return not path.startswith(".github/") and not submission.is_template(path)


def _exposed(submission):
    """Where metrics become readable."""
    places = [route.evidence for route in submission.routes() if route.framework == "prometheus"]
    for file in submission.code():
        if not file.imports_module(*_LIBRARIES, "bentoml"):
            continue
        for call in file.calls():
            given = [*call.args, *call.keywords.values()]
            named = [one for node in given for one in [node, *getattr(node, "elts", ())]]
            if any(file.dotted(one) in _HANDLERS for one in named):
                places.append(file.evidence(call))
            # BentoML serves whatever is made with its metrics.
            bento = call.name.startswith("bentoml.metrics.")
            if bento or any(call.name == name or call.name.endswith(f".{name}") for name in _EXPOSES):
                places.append(file.evidence(call))
    for route in submission.routes():
        if route.handler is not None and _is_own_metrics(submission, route):
            places.append(route.evidence)
    places += [command.evidence for command in submission.running(*_COMMANDS)]
    return list(dict.fromkeys(places))


def _is_own_metrics(submission, route):
    """A route that measures the machine, or is called metrics and answers with more than constants."""
    reached = submission.reach(route.home, route.handler)
    if any(call.name.startswith("psutil.") for piece in reached for call in piece.calls):
        return True
    returned = [
        node.value
        for node in ast.walk(route.handler)
        if isinstance(node, ast.Return) and node.value is not None
    ]
    named = any(isinstance(node, ast.Name) for value in returned for node in ast.walk(value))
    return route.path.rstrip("/").endswith("/metrics") and named


@check(
    "The API exposes metrics of itself",
    points=1,
    questions=[26],
    boxes=["w3-04"],
    scope="project",
    required=False,
    hint="Count requests with `prometheus_client.Counter`, and `app.mount('/metrics', make_asgi_app())`; or "
    "`Instrumentator().instrument(app).expose(app)`.",
)
def test_metrics_are_exposed(submission):
    exposed = _exposed(submission)
    show(exposed[:4])
    made = [pair for pair in submission.calls(*_METRICS) if pair[1].name.startswith(_LIBRARIES)]
    measure("n_metrics", len(made))
    assert exposed, _what_is_missing(submission)


def _what_is_missing(submission):
    imported = submission.imports(*_LIBRARIES)
    if imported:
        return ["Metrics are made, and nothing can read them: no route or port serves them.", *imported[:2]]
    return only_declared(submission, _DECLARED, "No code measures the API.")


def _made(submission):
    found = [
        pair
        for pair in submission.calls(*_METRICS)
        if pair[1].name.startswith(("prometheus_client.", "aioprometheus."))
    ]
    if not found:
        not_applicable("No metrics are made with prometheus_client.")
    return found


@check(
    "Requests are counted and timed",
    points=1,
    questions=[26],
    scope="project",
    required=False,
    requires=("metrics_are_exposed",),
    hint="A `Counter` for requests (another for errors), a `Histogram` for how long they took.",
)
def test_requests_are_counted_and_timed(submission):
    kinds = {call.name.rpartition(".")[2] for _, call in _made(submission)}
    assert "Counter" in kinds, "Nothing is counted: there is no Counter."
    assert kinds & {"Histogram", "Summary"}, "Nothing is timed: there is no Histogram and no Summary."


@check(
    "Metrics are made once, and used",
    points=1,
    questions=[26],
    scope="project",
    required=False,
    requires=("metrics_are_exposed",),
    hint="Make them at the top level, and call `.inc()`, `.observe(…)` or `.time()` in the handler: a metric made in a handler "
    "is registered again with the second request, which fails.",
)
def test_metrics_are_made_once(submission):
    made = _made(submission)
    handlers = [(route.home, route.handler) for route in submission.routes() if route.handler is not None]
    twice = [
        file.evidence(call, "a metric made for each request")
        for file, call in made
        for home, handler in handlers
        if home is file and any(node is call.node for node in ast.walk(handler))
    ]
    assert not twice, twice[:3]
    uses = submission.calls("inc", "observe", "time", "set", "labels", "count_exceptions", "track_inprogress")
    assert uses, [file.evidence(call, "made, and never changed") for file, call in made[:3]]
