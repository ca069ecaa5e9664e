"""M23: whether the application is deployed, as far as a repository tells."""

import re

from grader.suite import Evidence, SubmissionFault, check, measure, not_applicable, partial, work

from ..common.messages import show

_COMMANDS = (
    *(
        "gcloud run deploy",
        "gcloud run services replace",
        "gcloud beta run deploy",
        "gcloud alpha run deploy",
    ),
    *("gcloud beta run services replace", "gcloud run services update", "gcloud run services update-traffic"),
    *(
        "gcloud run compose up",
        "gcloud deploy releases create",
        "gcloud functions deploy",
        "gcloud beta functions deploy",
    ),
)
_ACTIONS = (
    "google-github-actions/deploy-cloudrun",
    "google-github-actions/deploy-cloud-functions",
    "google-github-actions/cloud-functions-deploy",
)
#: Google's other ways to serve, and services of others.
_OTHER_COMMANDS = (
    *("gcloud app deploy", "gcloud ai endpoints deploy-model", "gcloud container clusters create"),
    *("gke-deploy run", "kubectl apply", "helm install", "helm upgrade", "skaffold run"),
)
_ELSEWHERE = (
    *(
        "bentoml deploy",
        "bentoml cloud",
        "flyctl deploy",
        "fly deploy",
        "railway up",
        "vercel deploy",
        "vercel",
    ),
    *("az webapp", "az containerapp", "aws ecs", "eb deploy", "heroku container:release", "modal deploy"),
)
_CLIENTS = ("google.cloud.run_v2", "google.cloud.functions_v1", "google.cloud.functions_v2")
_TERRAFORM = re.compile(
    r'^\s{0,20}resource\s{1,5}"google_(?:cloud_run_service|cloud_run_v2_service|cloudfunctions2?_function)"',
    re.MULTILINE,
)
#: An address as Cloud Run and Cloud Functions give them: a hash or a project's number, and a region.
_ADDRESS = re.compile(
    r"https?://(?:[a-z0-9][a-z0-9-]{0,80}-[a-z0-9]{8,12}-[a-z]{2,4}\.a\.run\.app"
    r"|[a-z0-9][a-z0-9-]{0,80}-\d{6,15}\.[a-z]{2,20}-[a-z]{2,20}\d{1,2}\.run\.app"
    r"|[a-z]{2,20}-[a-z]{2,20}\d{1,2}-[a-z][a-z0-9-]{3,60}\.cloudfunctions\.net)\b",
    re.IGNORECASE,
)
_ANY_ADDRESS = re.compile(r"https?://[^\s\"'`]{0,200}?\.(?:run\.app|cloudfunctions\.net)\b", re.IGNORECASE)
_MADE_UP = re.compile(
    r"([a-z])\1{3}|(\d)\2{5}|your-|my-project\.|example|placeholder|project-?id|abc(?:123|def)|12345678",
    re.IGNORECASE,
)
_WRITTEN = (
    *(
        "**/*.md",
        "**/*.rst",
        "**/*.py",
        "**/*.js",
        "**/*.ts",
        "**/*.jsx",
        "**/*.tsx",
        "**/*.vue",
        "**/*.html",
    ),
    *(
        "**/*.toml",
        "**/*.yaml",
        "**/*.yml",
        "**/*.json",
        "**/*.sh",
        "**/.env*",
        "**/*dockerfile*",
        "**/Makefile",
    ),
)
_SERVERS = ("uvicorn", "gunicorn", "fastapi run", "streamlit run", "hypercorn", "flask run")
_FRONTEND = re.compile(r"front|streamlit|gradio|\bui\b", re.IGNORECASE)


def _run(submission, *programs):
    """Commands that run: those of workflows only where their job and step are not switched off."""
    live = set(submission.ci_commands())
    return [one.evidence for one in submission.running(*programs) if one.source != "workflow" or one in live]


def _steps(submission):
    """Steps of workflows that deploy by Google's actions, with whether they are switched off."""
    off = re.compile(r"^[${}\s]*false[${}\s]*$", re.IGNORECASE)
    return [
        (
            flow.evidence(step, f"uses: {step.uses}"),
            bool(off.match(job.condition) or off.match(step.condition)),
        )
        for flow in submission.workflows()
        for job in flow.jobs
        for step in job.steps
        if step.action in _ACTIONS
    ]


def _services(submission):
    """Knative services (what `gcloud run services replace` takes) and Terraform's resources."""
    places = []
    for path in submission.files("**/*.yaml", "**/*.yml"):
        if path.startswith(".github/"):
            continue
        try:
            documents = submission.yaml_documents(path)
        except SubmissionFault:
            continue
        places += [
            Evidence(path, getattr(data, "lines", {}).get("apiVersion"), "a service of Cloud Run")
            for data in documents
            if isinstance(data, dict) and _is_cloud_run(data)
        ]
    for path in submission.files("**/*.tf"):
        text = submission.text(path)[:200_000]
        match = _TERRAFORM.search(text)
        if match:
            places.append(Evidence(path, text[: match.start()].count("\n") + 1, match.group().strip()))
    return places


def _is_cloud_run(data):
    """Whether a document is a service of Cloud Run (or of Knative, which Cloud Run takes)."""
    version = str(data.get("apiVersion", ""))
    return version.startswith(("serving.knative.dev", "run.googleapis.com")) and data.get("kind") == "Service"


def _functions(submission):
    """Cloud Functions in code: what `functions_framework` decorates."""
    return [
        file.evidence(one)
        for file in submission.code()
        if file.imports_module("functions_framework")
        for one in file.functions
        for mark in one.decorators
        if mark.name.startswith("functions_framework.") or mark.name in ("http", "cloud_event")
    ]


def _addresses(submission):
    """Addresses of services in what the group wrote: code, READMEs, the report; those that answer, and made-up ones."""
    found, made_up = [], []
    for path in submission.files(*_WRITTEN)[:2_000]:
        if submission.is_template(path) or len(found) >= 10:
            continue
        try:
            lines = submission.lines(path)
        except SubmissionFault:
            continue
        for number, line in enumerate(lines[:5_000], 1):
            match = _ADDRESS.search(line) or _ANY_ADDRESS.search(line)
            if match is None:
                continue
            if match.re is _ADDRESS and not _MADE_UP.search(match.group()):
                found.append(Evidence(path, number, match.group()))
                break
            made_up.append(Evidence(path, number, match.group()))
    return found, made_up[:10]


@work("a step that deploys, a service's definition, or its address", above=(".github", "cloudbuild.yaml"))
def find_work(submission):
    return bool(
        submission.running(*_COMMANDS, *_OTHER_COMMANDS, *_ELSEWHERE)
        or _steps(submission)
        or _services(submission)
        or submission.imports("functions_framework", *_CLIENTS)
        or any(_addresses(submission))
    )


@check(
    "The application is deployed to the cloud",
    points=1,
    required=False,
    questions=[17, 24],
    boxes=["w2-14"],
    above=(".github", "cloudbuild.yaml"),
    hint="Let a workflow or `cloudbuild.yaml` run `gcloud run deploy`, and name the service's address in the README.",
)
def test_application_is_deployed(submission):
    steps = _steps(submission)
    run = [*_run(submission, *_COMMANDS), *(place for place, off in steps if not off)]
    defined, (addresses, made_up) = _services(submission), _addresses(submission)
    measure("n_deploy_steps", len(run))
    show([*run, *defined, *addresses][:4])
    if defined or any(not _FRONTEND.search(place.text[:80]) for place in run):
        return
    if run:
        partial(0.5, "What deploys is a frontend's step; the model's own service has none.", run[:3])
    if addresses:
        partial(0.5, "No step deploys it, but the address of a service is written down.", addresses[:3])
    functions = _functions(submission)
    if functions:
        partial(0.5, "There is the code of a cloud function; no step deploys it.", functions[:3])
    off = [*(one.evidence for one in submission.running(*_COMMANDS)), *(place for place, _ in steps)]
    if off:
        partial(0, "The step that deploys is switched off.", off[:3])
    weak = [*submission.imports(*_CLIENTS), *_run(submission, *_OTHER_COMMANDS, *_ELSEWHERE)]
    if weak:
        partial(0, "Something is deployed or asked for, but not on Cloud Run or Cloud Functions.", weak[:3])
    if made_up:
        partial(0, "No step deploys it, and the address that is written down looks made up.", made_up[:3])
    not_applicable("Nothing here deploys or names a service: one that was set up by hand leaves no trace.")


@check(
    "The service listens where Cloud Run asks it to",
    points=1,
    required=False,
    questions=[24],
    requires=["application_is_deployed"],
    above=(".github", "cloudbuild.yaml"),
    hint="`CMD exec uvicorn api:app --host 0.0.0.0 --port $PORT`: Cloud Run says in `PORT` where it will ask.",
)
def test_service_listens_on_the_port(submission):
    found = [one for one in submission.running(*_SERVERS) if one.source == "dockerfile"]
    local = re.compile(
        r"--host[ =](?:127\.0\.0\.1|localhost)|-b[ =](?:127\.|localhost)|server\.address[ =]localhost"
    )
    deaf = [
        one.evidence
        for one in found
        if local.search(one.text)
        or (one.runs("uvicorn") and "--host" not in one.text and "UVICORN_HOST" not in one.text)
    ]
    assert not deaf, deaf
    if not found:
        not_applicable("No image starts a server by a command that can be read.")
