"""The traps of M28: metrics that something can read, monitoring and alerts as code."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from grader.results import CheckResult
from grader.testing import run_check
from tests.places import CHECKS

SUITE = CHECKS / "m28_monitoring"
HEAD = "from fastapi import FastAPI\napp = FastAPI()\n"


def judge(check: str, files: str | Mapping[str, str | bytes]) -> CheckResult:
    files = {"src/pkg/api.py": files} if isinstance(files, str) else files
    return run_check(SUITE, check, files, profile="project")


@pytest.mark.parametrize(
    "code",
    [
        f"{HEAD}from prometheus_client import make_asgi_app\napp.mount('/metrics', make_asgi_app())\n",
        f"{HEAD}from prometheus_fastapi_instrumentator import Instrumentator\nInstrumentator().instrument(app).expose(app)\n",
        f"{HEAD}from prometheus_client import start_http_server\nstart_http_server(8001)\n",
        f"{HEAD}import prometheus_client\n\n\n@app.get('/metrics')\ndef metrics():\n    return Response(prometheus_client.generate_latest())\n",
        f"{HEAD}import psutil\n\n\n@app.get('/system')\ndef system():\n    return {{'cpu': psutil.cpu_percent()}}\n",
        f"{HEAD}count = 0\n\n\n@app.get('/metrics')\ndef metrics():\n    return {{'requests': count}}\n",
        f"{HEAD}from opentelemetry.exporter.cloud_monitoring import CloudMonitoringMetricsExporter\nCloudMonitoringMetricsExporter()\n",
        "import bentoml\nc = bentoml.metrics.Counter(name='a')\n",
    ],
)
def test_ways_to_expose_metrics(code: str) -> None:
    assert judge("metrics_are_exposed", code).verdict == "passed"


@pytest.mark.parametrize(
    ("files", "verdict"),
    [
        (
            {"api.py": f"{HEAD}from prometheus_client import Counter\nc = Counter('a', 'b')\nc.inc()\n"},
            "failed",
        ),
        ({"api.py": f"{HEAD}from prometheus_client import make_asgi_app\n"}, "failed"),
        (
            {
                "api.py": f"{HEAD}from prometheus_fastapi_instrumentator import Instrumentator\nInstrumentator().instrument(app)\n"
            },
            "failed",
        ),
        (
            {"api.py": f"{HEAD}# Instrumentator().expose(app)\n", "requirements.txt": "prometheus-client\n"},
            "failed",
        ),
        ({"train.py": "import psutil\nprint(psutil.cpu_percent())\n"}, "blocked"),
        (
            {"api.py": f"{HEAD}\n\n@app.get('/metrics')\ndef metrics():\n    return {{'status': 'ok'}}\n"},
            "blocked",
        ),
    ],
)
def test_metrics_that_nothing_can_read(files: dict[str, str], verdict: str) -> None:
    assert judge("metrics_are_exposed", files).verdict == verdict


SERVICE = "apiVersion: serving.knative.dev/v1\nkind: Service\nspec:\n  template:\n    spec:\n      containers:\n      - image: {}\n"


@pytest.mark.parametrize(
    ("files", "verdict"),
    [
        ({"service.yaml": SERVICE.format("x/cloud-run-gmp-sidecar:1")}, "passed"),
        ({"service.yaml": SERVICE.format("x/hotel-api:1")}, "not_applicable"),
        (
            {
                "k8s/monitor.yml": "apiVersion: v1\nkind: Pod\n---\napiVersion: monitoring.googleapis.com/v1\nkind: PodMonitoring\n"
            },
            "passed",
        ),
        ({"main.tf": 'resource "google_monitoring_dashboard" "a" {\n}\n'}, "passed"),
        (
            {
                "main.tf": '# resource "google_monitoring_dashboard" "a" {\nresource "google_storage_bucket" "b" {}\n'
            },
            "not_applicable",
        ),
        ({"main.tf": '/*\nresource "google_monitoring_dashboard" "a" {}\n*/\n'}, "not_applicable"),
        ({"dashboard.json": json.dumps({"displayName": "a", "gridLayout": {"widgets": [1]}})}, "passed"),
        (
            {"setup_monitoring.sh": "gcloud monitoring dashboards create --config-from-file=d.json\n"},
            "passed",
        ),
        ({"docker-compose.yml": "services:\n  p:\n    image: prom/prometheus\n"}, "partial"),
        ({"prometheus.yml": "scrape_configs:\n- job_name: a\n"}, "partial"),
        ({"prometheus.yml": "broken: [\n"}, "not_applicable"),
    ],
)
def test_the_way_to_the_cloud(files: dict[str, Any], verdict: str) -> None:
    assert judge("the_cloud_collects_metrics", files).verdict == verdict


POLICY = {"displayName": "a", "combiner": "OR", "conditions": [{"displayName": "b"}]}


@pytest.mark.parametrize(
    ("files", "verdict"),
    [
        ({"alert.json": json.dumps(POLICY)}, "passed"),
        ({"alert.json": json.dumps({"alertPolicy": POLICY})}, "passed"),
        ({"alert.json": json.dumps({**POLICY, "conditions": []})}, "partial"),
        ({"alert.json": json.dumps([1, {"a": 2}, "b"])}, "not_applicable"),
        ({"alerts.yml": "groups:\n- name: a\n  rules:\n  - alert: Down\n    expr: up == 0\n"}, "passed"),
        (
            {
                "alerts.yml": "kind: Rules\nspec:\n  groups:\n  - rules:\n    - alert: Down\n      expr: up == 0\n"
            },
            "passed",
        ),
        ({"alerts.yml": "groups:\n- rules:\n  - record: a\n    expr: b\n"}, "not_applicable"),
        ({"infra/main.tf": 'resource "google_monitoring_alert_policy" "a" {\n}\n'}, "passed"),
        (
            {"scripts/alert.sh": "gcloud alpha monitoring policies create --policy-from-file a.yaml\n"},
            "passed",
        ),
        ({"prometheus.yml": "scrape_configs: []\n"}, "not_applicable"),
    ],
)
def test_alerts(files: dict[str, Any], verdict: str) -> None:
    assert judge("alerts_are_defined", files).verdict == verdict


MADE = f"{HEAD}from prometheus_client import Counter, Histogram, make_asgi_app\napp.mount('/metrics', make_asgi_app())\n"


@pytest.mark.parametrize(
    ("code", "check", "verdict"),
    [
        (
            f"{MADE}c = Counter('a', 'b')\nh = Histogram('c', 'd')\n",
            "requests_are_counted_and_timed",
            "passed",
        ),
        (f"{MADE}c = Counter('a', 'b')\n", "requests_are_counted_and_timed", "failed"),
        (MADE, "requests_are_counted_and_timed", "not_applicable"),
        (
            f"{MADE}from collections import Counter\nc = Counter()\n",
            "requests_are_counted_and_timed",
            "not_applicable",
        ),
        (f"{MADE}c = Counter('a', 'b')\nc.inc()\n", "metrics_are_made_once", "passed"),
        (f"{MADE}c = Counter('a', 'b')\n", "metrics_are_made_once", "failed"),
        (
            f"{MADE}\n\n@app.get('/')\ndef root():\n    Counter('a', 'b').inc()\n",
            "metrics_are_made_once",
            "failed",
        ),
    ],
)
def test_quality_of_metrics(code: str, check: str, verdict: str) -> None:
    assert judge(check, code).verdict == verdict
