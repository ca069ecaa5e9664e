"""M10: what goes into an image: files that are there on a fresh clone, and nothing that has to stay out."""

import re

from grader.suite import check

from ._common import fitting, images, is_secret_name, missing, readable_images

_SECRET_NAME = re.compile(
    r"(?:^|_)(?:API_?KEY|TOKEN|SECRET|SECRET_KEY|PASSWORD|PASSWD|ACCESS_KEY|ACCESS_KEY_ID|PRIVATE_KEY)$",
    re.IGNORECASE,
)
_PLACEHOLDER = re.compile(
    r"^(?:<.*>|your.*|change_?me|xxx*|none|null|dummy.*|true|false|[./~].*)$", re.IGNORECASE
)
_KEY = re.compile(
    r"\b(?:ghp_\w{30,}|hf_\w{30,}|AKIA[A-Z0-9]{16}|AIza[\w-]{35})|wandb\s+login\s+[0-9a-f]{40}\b"
)
_SETTING = re.compile(r"""([A-Za-z_]\w*)=("[^"]*"|'[^']*'|\S*)""")


@check(
    "Everything that an image copies is in the repository",
    points=1,
    scope="project",
    questions=[15],
    above=("pyproject.toml", "requirements.txt", "environment.yml", "setup.py", "uv.lock"),
    hint="Paths of COPY start at the build context (the last argument of `docker build`), and what .dockerignore names is not "
    "in it. Try it on a fresh clone. (data/, models/ and what DVC tracks may be missing from git.)",
)
def test_copied_files_exist(submission):
    wrong = []
    for dockerfile in readable_images(submission):
        image = fitting(submission, dockerfile)[0]
        wrong += [
            dockerfile.evidence(copy.line, f"{source} {what}")
            for copy, source, what in missing(submission, image)
        ]
    assert not wrong, wrong


@check(
    "No image takes in the whole repository unsorted",
    points=1,
    scope="project",
    questions=[15],
    required=False,
    above=(".dockerignore",),
    hint="Copy what the image needs by name, or write a `.dockerignore` beside the Dockerfile's context with .git, .venv, data "
    "and models in it.",
)
def test_context_is_sorted(submission):
    wrong = []
    for dockerfile in images(submission):
        image = fitting(submission, dockerfile)[0]
        unwanted = [name for name in (".git", ".venv") if not image.keeps_out(name)]
        for copy, source in image.sources:
            if source in (".", "*") and not image.ignored:
                wrong.append(
                    dockerfile.evidence(copy.line, "the whole repository is copied, without a .dockerignore")
                )
            elif source in (".", "*") and len(unwanted) == 2:
                wrong.append(
                    dockerfile.evidence(copy.line, ".dockerignore lets .git and .venv into the image")
                )
    assert not wrong, wrong


@check(
    "No image holds a secret",
    points=1,
    scope="project",
    questions=[15],
    hint="Give keys to the container when it runs (`docker run -e WANDB_API_KEY=…`, `--env-file`), or to the build as "
    "`RUN --mount=type=secret`. Whoever has the image can read its ENV and every file in it.",
)
def test_no_secrets_in_images(submission):
    found = []
    for dockerfile in readable_images(submission):
        image = fitting(submission, dockerfile)[0]
        for copy, source in image.sources:
            found += [
                dockerfile.evidence(copy.line, f"{path} goes into the image")
                for path in _secrets(submission, image, source)
            ]
        for item in dockerfile.instructions:
            if item.name in ("ENV", "ARG"):
                found += [
                    dockerfile.evidence(item.line, f"{item.name} {name}=… stays readable in the image")
                    for name, value in _settings(item.rest)
                    if _SECRET_NAME.search(name) and value and not _PLACEHOLDER.match(value)
                ]
            elif item.name == "RUN" and _KEY.search(item.command.text):
                found.append(
                    dockerfile.evidence(item.line, "RUN with a key in it stays readable in the image")
                )
    assert not found, found


def _settings(text):
    words = text.split(None, 1)
    pairs = (
        _SETTING.findall(text[:4_000])
        if words and "=" in words[0]
        else [tuple(words)]
        if len(words) == 2
        else []
    )
    return [(name, value.strip("\"'")) for name, value in pairs]


def _secrets(submission, image, source):
    """Paths of secrets that copying `source` would put into an image."""
    path = image.in_repository(source)
    if is_secret_name(path):
        return [path]
    if path.endswith(".json") and submission.exists(path) and '"private_key"' in submission.text(path):
        return [path]
    folder = "" if path in (".", "*") else f"{path.removesuffix('*').rstrip('/')}/"
    inside = [one for one in submission.files() if one.startswith(folder) and is_secret_name(one)]
    return [one for one in inside if not image.keeps_out(one.removeprefix(f"{image.context}/"))]
