"""M10: whether a project has images of its own, and whether they can be built at all."""

from grader.suite import check, evidence, measure, not_applicable

from ..common.messages import show
from ._common import DATA_FOLDERS, fitting, missing

_BUILDERS = (
    "docker build",
    "docker buildx",
    "docker compose",
    "docker-compose",
    "gcloud builds submit",
    "podman build",
)
_BUILD_ACTIONS = ("docker/build-push-action", "docker/bake-action")
#: What is not in git on purpose: the builder, or the one who builds, puts it there.
_MADE_LATER = (*DATA_FOLDERS, "outputs", "dist", "build")
_NOT_TRACKED = (
    ".env",
    ".json",
    ".pt",
    ".pth",
    ".ckpt",
    ".onnx",
    ".pkl",
    ".joblib",
    ".csv",
    ".parquet",
    ".whl",
    ".txt.key",
)


def _images(submission):
    """The images of the project: development containers apart."""
    return [one for one in submission.dockerfiles() if not one.path.startswith((".devcontainer/", "dev/"))]


@check(
    "A Dockerfile packages the project",
    points=1,
    scope="project",
    required=False,
    questions=[15],
    boxes=["w1-12"],
    hint="An image for training, one for the application: `FROM python:3.12-slim`, copy the code, install what it needs, and "
    "say what it starts.",
)
def test_a_dockerfile_packages_the_project(submission):
    images = _images(submission)
    own = [one for one in images if not submission.is_template(one.path)]
    working = [one for one in own if one.copies or one.runs or one.entrypoint or one.cmd]
    measure("n_images", len(working))
    for one in working[:5]:
        evidence(one.path, one.stages[0].line, one.evidence(one.stages[0].line).text)
    assert working, [
        one.evidence("FROM", "as the template made it, or without any step") for one in images
    ] or [
        "None of the Dockerfiles can be read.",
        *(item for fault in submission.broken_dockerfiles for item in fault.evidence),
    ]


@check(
    "At least one image can be built from a fresh clone",
    points=1,
    scope="project",
    required=False,
    questions=[15, 24],
    boxes=["w1-13"],
    hint="`git clone` into an empty folder and `docker build -f <file> .`: what COPY names has to be there.",
)
def test_an_image_can_be_built(submission):
    images = _images(submission)
    if not images:
        not_applicable("No Dockerfile can be read.")
    missing = {one.path: _missing(submission, one) for one in images}
    broken = [
        one.evidence(line, f"{source} is not in the repository")
        for one in images
        for line, source in missing[one.path]
    ]
    assert not all(missing.values()), broken
    built = [command.evidence for command in submission.running(*_BUILDERS)]
    built += [
        workflow.evidence(step)
        for workflow in submission.workflows()
        for step in workflow.steps
        if step.action in _BUILD_ACTIONS
    ]
    show(built[:3])
    if not built:
        not_applicable(
            "Nothing in the repository builds the images: whether they were built on a machine, nobody can tell."
        )


def _missing(submission, dockerfile):
    """What the image copies and nobody can find, with the lines: from whatever folder is the build context."""
    return [
        (copy.line, source)
        for copy, source, _ in missing(submission, fitting(submission, dockerfile)[0])
        if not _may_be_there(submission, dockerfile, source)
    ]


def _may_be_there(submission, dockerfile, source):
    """Whether it is made by the one who builds."""
    return bool(set(source.split("/")) & set(_MADE_LATER)) or source.endswith(_NOT_TRACKED)
