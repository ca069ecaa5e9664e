"""M21: images that are built without anybody asking for it."""

import re

from grader.suite import Evidence, SubmissionFault, check, measure, not_applicable, partial

from ..common.messages import show
from ..common.workflows import live_steps

_COMMANDS = (
    *(
        "docker build",
        "docker buildx build",
        "docker buildx bake",
        "docker image build",
        "docker compose build",
    ),
    *("docker-compose build", "compose build", "gcloud builds submit", "gcloud beta builds submit"),
    *("podman build", "buildah", "executor", "pack build", "bentoml containerize", "cog build", "cog push"),
    *("gcloud builds triggers create", "gcloud beta builds triggers create"),
)
#: What builds an image if an option asks for it.
_WITH = {
    "docker compose up": "--build",
    "docker-compose up": "--build",
    "gcloud run deploy": "--source",
}
_ACTION = re.compile(
    r"^docker/(?:build-push-action|bake-action)$|push-to-gcr|kaniko|buildah"
    r"|docker[^/]{0,20}(?:build|publish|push)|(?:build|publish|push)[^/]{0,20}docker",
    re.IGNORECASE,
)
_BY_HAND = {"workflow_dispatch", "workflow_call"}
_TRIGGER = re.compile(r'^\s{0,20}resource\s{1,5}"google_cloudbuild_trigger"', re.MULTILINE)


def _builds(command):
    """Whether a command builds an image, or has one built."""
    return command.runs(*_COMMANDS) or any(
        command.runs(program) and any(word.partition("=")[0] == option for word in command.words)
        for program, option in _WITH.items()
    )


def _is_automatic(submission, workflow, depth=0):
    """Whether a workflow starts by itself, or is called by one that does."""
    if set(workflow.triggers) - _BY_HAND:
        return True
    return depth < 3 and any(
        any(job.local == workflow.path and not job.is_off for job in other.jobs)
        and _is_automatic(submission, other, depth + 1)
        for other in submission.workflows()
        if other is not workflow
    )


def _of_actions(submission):
    """What published actions and workflows build: the workflow, and where."""
    for flow in submission.workflows():
        for job in flow.jobs:
            called = job.uses.rpartition("/")[2]
            outside = job.uses and not job.local
            if outside and not job.is_off and re.search(r"docker|image|container", called, re.IGNORECASE):
                yield flow, flow.evidence(job, f"uses: {job.uses}")
        for _, step in live_steps(flow):
            source = step.action == "google-github-actions/deploy-cloudrun" and step.with_.get("source")
            if source or _ACTION.search(step.action):
                yield flow, flow.evidence(step, f"uses: {step.uses}")


def _of_commands(submission):
    """What workflows run, directly or through make, tasks, scripts and the repository's own actions."""
    for run in submission.ci_runs():
        if run.workflow and _builds(run.command):
            yield run.workflow, run.command.evidence


def _of_composites(submission):
    """What the repository's own actions build by published ones, for each workflow that uses them."""
    for flow in submission.workflows():
        for _, step in live_steps(flow):
            for path in (
                submission.files(f"{step.local}/action.yml", f"{step.local}/action.yaml")
                if step.local
                else ()
            ):
                yield from ((flow, place) for place in _published(submission, path))


def _published(submission, path):
    try:
        data = submission.yaml(path)
    except SubmissionFault:
        return []
    runs = data.get("runs") if isinstance(data, dict) else None
    steps = runs.get("steps") if isinstance(runs, dict) else None
    names = [
        (getattr(step, "line", None), str(step.get("uses", "")))
        for step in (steps if isinstance(steps, list) else ())
        if isinstance(step, dict)
    ]
    return [
        Evidence(path, line, f"uses: {name[:100]}")
        for line, name in names
        if _ACTION.search(name.partition("@")[0][:200])
    ]


def _triggers(submission):
    """Triggers of Cloud Build that Terraform makes."""
    found = []
    for path in submission.files("**/*.tf"):
        text = submission.text(path)[:200_000]
        match = _TRIGGER.search(text)
        if match:
            line = text[: match.start()].count("\n") + 1
            found.append(Evidence(path, line, match.group().strip()))
    return found


@check(
    "Images are built automatically",
    points=1,
    required=False,
    questions=[11, 17, 20, 21],
    boxes=["w2-11"],
    above=(".github", "cloudbuild.yaml"),
    hint="A `cloudbuild.yaml` with a trigger on pushes, or a workflow that builds and pushes the images.",
)
def test_images_are_built_automatically(submission):
    in_cloud = [one.evidence for one in submission.commands if one.source == "cloudbuild" and _builds(one)]
    in_cloud += _triggers(submission)
    places = [*_of_commands(submission), *_of_actions(submission), *_of_composites(submission)]
    by_itself = list(dict.fromkeys(place for flow, place in places if _is_automatic(submission, flow)))
    measure("n_automatic_builds", len(in_cloud) + len(by_itself))
    show([*by_itself, *in_cloud][:4])
    if in_cloud or by_itself:
        return
    if places:
        said = "A workflow builds images, but only when somebody starts it."
        partial(0, said, [place for _, place in places[:3]])
    not_applicable(
        "No build file and no workflow builds images: a trigger of the cloud's own would leave no trace here."
    )
