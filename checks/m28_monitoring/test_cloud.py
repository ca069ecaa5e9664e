"""M28: the way of metrics to the cloud, and alerts, as far as the repository says."""

# Tables of names read best as words.
# ruff: noqa: SIM905

import re

from grader.suite import Evidence, SubmissionFault, check, not_applicable, partial

from ..common.messages import show
from ..common.words import MONITORING_COMMANDS

_KINDS = tuple(
    "PodMonitoring ClusterPodMonitoring RunMonitoring ServiceMonitor PodMonitor Rules ClusterRules GlobalRules "
    "OperatorConfig".split()
)
_COLLECTORS = re.compile(
    r"run-gmp|prometheus-sidecar|stackdriver|\botel|opentelemetry-collector|ops-agent|prometheus|grafana-agent|\balloy"
)
_LAYOUTS = ("mosaicLayout", "gridLayout", "rowLayout", "columnLayout")
_COMMANDS = (*MONITORING_COMMANDS, "gcloud ai model-monitoring-jobs create")
_ALERT_COMMANDS = (
    *(
        "gcloud monitoring policies create",
        "gcloud alpha monitoring policies create",
        "gcloud beta monitoring policies create",
    ),
    *(
        "gcloud alpha monitoring policies conditions create",
        "gcloud monitoring policies update",
        "gcloud alpha monitoring policies update",
    ),
)
_RESOURCE = re.compile(r'^\s{0,40}resource\s{1,10}"(google_(?:monitoring|logging_metric)\w{0,60})"')
_MAX_FILES = 300


def _documents(submission):
    """Every mapping of the YAML and JSON files, with its path; files of tools that hold much data are left out."""
    paths = [
        path
        for path in submission.files("**/*.yaml", "**/*.yml", "**/*.json")
        if not path.startswith((".github/", ".dvc/"))
    ]
    skipped = re.compile(r"(?:^|/)(?:wandb|outputs|mlruns|node_modules|notebooks|models|data|multirun)/|lock")
    for path in [path for path in paths if not skipped.search(path)][:_MAX_FILES]:
        try:
            documents = [submission.json(path)] if path.endswith(".json") else submission.yaml_documents(path)
        except SubmissionFault:
            continue
        for data in documents:
            items = data if isinstance(data, list) else [data]
            yield from ((path, item) for item in items[:50] if isinstance(item, dict))


def _images(data, depth=0):
    """Every image that a mapping names."""
    if depth > 12:
        return
    if isinstance(data, dict):
        if isinstance(data.get("image"), str):
            yield data["image"], getattr(data, "lines", {}).get("image")
        for value in data.values():
            yield from _images(value, depth + 1)
    elif isinstance(data, list):
        for value in data[:200]:
            yield from _images(value, depth + 1)


def _resources(submission):
    """Resources of Terraform: `(name, evidence)`; comments are left out."""
    found = []
    for path in submission.files("**/*.tf"):
        try:
            lines = submission.lines(path)
        except SubmissionFault:
            continue
        inside = False
        for number, line in enumerate(lines, start=1):
            inside = (inside or line.lstrip().startswith("/*")) and "*/" not in line
            match = None if inside else _RESOURCE.match(line[:300])
            if match:
                found.append((match.group(1), Evidence(path, number, line.strip())))
    return found


def _is_dashboard(data):
    return "displayName" in data and any(isinstance(data.get(name), dict) and data[name] for name in _LAYOUTS)


def _is_cloud(data):
    """Whether a mapping describes something that runs in Cloud Run or Kubernetes."""
    return "apiVersion" in data and "kind" in data and "services" not in data


def _monitoring(submission):
    """Where the repository sends metrics to the cloud, and where it only does so locally."""
    cloud, local = [], []
    for path, data in _documents(submission):
        if str(data.get("kind")) in _KINDS or _is_dashboard(data):
            cloud.append(Evidence(path, None, str(data.get("kind") or "a dashboard")))
        for image, line in _images(data):
            if _COLLECTORS.search(image):
                (cloud if _is_cloud(data) else local).append(Evidence(path, line, image))
        if isinstance(data.get("scrape_configs"), list):
            local.append(Evidence(path, None, "scrape_configs"))
    cloud += [place for name, place in _resources(submission)]
    cloud += [command.evidence for command in submission.running(*_COMMANDS)]
    names = (
        "monitoring_v3.MetricServiceClient",
        "CloudMonitoringMetricsExporter",
        "setup_cloud_monitoring",
        "create_time_series",
    )
    cloud += [file.evidence(call) for file, call in submission.calls(*names)]
    return cloud, local


@check(
    "What the API measures reaches the cloud",
    points=1,
    questions=[26],
    boxes=["w3-05"],
    scope="project",
    required=False,
    hint="A sidecar beside the API in the service's YAML (`run-gmp-sidecar`), or what was set up by hand as code: dashboards as "
    "JSON, `google_monitoring_…` of Terraform.",
)
def test_the_cloud_collects_metrics(submission):
    cloud, local = _monitoring(submission)
    show(cloud[:4])
    if cloud:
        return
    if local:
        partial(
            0,
            "Metrics are collected on the own machine; whether in the cloud, too, cannot be seen.",
            local[:3],
        )
    not_applicable(
        "Nothing in the repository sends metrics to the cloud: what was set up by hand cannot be seen."
    )


def _policies(submission):
    """Alert policies and rules with conditions, and those without."""
    good, empty = [], []
    for path, data in _documents(submission):
        policy = data.get("alertPolicy") if isinstance(data.get("alertPolicy"), dict) else data
        if "conditions" in policy and (
            "combiner" in policy or "notificationChannels" in policy or "displayName" in policy
        ):
            (good if policy["conditions"] else empty).append(Evidence(path, None, "an alert policy"))
        spec = data.get("spec") if isinstance(data.get("spec"), dict) else data
        groups = spec.get("groups") if isinstance(spec.get("groups"), list) else []
        for group in groups[:100]:
            rules = (
                group.get("rules") if isinstance(group, dict) and isinstance(group.get("rules"), list) else []
            )
            alerts = [rule for rule in rules[:500] if isinstance(rule, dict) and rule.get("alert")]
            good += [
                Evidence(path, getattr(rule, "line", None), f"alert: {rule['alert']}")
                for rule in alerts
                if rule.get("expr")
            ]
            empty += [
                Evidence(path, getattr(rule, "line", None), "a rule without expr")
                for rule in alerts
                if not rule.get("expr")
            ]
    return good, empty


@check(
    "Alerts are defined",
    points=1,
    questions=[26],
    boxes=["w3-06"],
    scope="project",
    required=False,
    hint="Keep the policy in the repository: `gcloud alpha monitoring policies create --policy-from-file alert.yaml`, or "
    "`google_monitoring_alert_policy` of Terraform.",
)
def test_alerts_are_defined(submission):
    good, empty = _policies(submission)
    good += [place for name, place in _resources(submission) if name == "google_monitoring_alert_policy"]
    good += [command.evidence for command in submission.running(*_ALERT_COMMANDS)]
    good += [
        file.evidence(call)
        for file, call in submission.calls("AlertPolicyServiceClient", "create_alert_policy")
    ]
    show(good[:4])
    if good:
        return
    if empty:
        partial(0, "An alert without a condition never alerts.", empty[:3])
    not_applicable("No alert is defined in the repository: what was set up by hand cannot be seen.")
