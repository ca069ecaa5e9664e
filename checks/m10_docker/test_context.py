"""M10: what goes into an image: files that are there on a fresh clone, and nothing that has to stay out."""

import posixpath
import re
from fnmatch import fnmatchcase

from grader.suite import check

from ._common import DATA_FOLDERS, images

_DATA_FILES = (
    ".pt",
    ".pth",
    ".ckpt",
    ".onnx",
    ".pkl",
    ".joblib",
    ".safetensors",
    ".csv",
    ".parquet",
    ".npz",
    ".npy",
)
_SECRET_FILES = (
    *(".env", ".env.*", "*credential*.json", "*service*account*.json", "kaggle.json", ".netrc", "id_rsa"),
    *("id_ed25519", "*.pem", "*.p12"),
)
_EXAMPLES = re.compile(r"example|sample|template|dist$|test", re.IGNORECASE)
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
    questions=[15],
    above=("pyproject.toml", "requirements.txt", "environment.yml", "setup.py", "uv.lock"),
    hint="Paths of COPY start at the build context (the last argument of `docker build`), and what .dockerignore names is not "
    "in it. Try it on a fresh clone. (data/, models/ and what DVC tracks may be missing from git.)",
)
def test_copied_files_exist(submission):
    wrong = []
    for dockerfile in images(submission):
        missing = min((_missing(submission, dockerfile, context) for context in dockerfile.contexts), key=len)
        wrong += [dockerfile.evidence(copy.line, f"{source} {what}") for copy, source, what in missing]
    assert not wrong, wrong


def _missing(submission, dockerfile, context):
    found = []
    for copy, source in dockerfile.sources:
        if source.startswith(".."):
            found.append((copy, source, "lies outside of the build context"))
        elif _is_ignored(source, dockerfile.dockerignore):
            found.append((copy, source, "is kept out of the build by .dockerignore"))
        elif not _is_there(submission, context + source) and not _is_made_later(submission, context + source):
            found.append((copy, source, "is not in the repository"))
    return found


def _is_there(submission, path):
    if path.endswith("."):
        return True
    if any(char in path for char in "*?["):
        return any(
            fnmatchcase(known, path) or fnmatchcase(known, f"{path}/*") for known in submission.all_files
        )
    return submission.exists(path) or any(known.startswith(f"{path}/") for known in submission.all_files)


def _is_made_later(submission, path):
    """Data, models and secrets are not in git on purpose: the builder puts them there."""
    parts = path.split("/")
    tracked = any(submission.exists("/".join(parts[: n + 1]) + ".dvc") for n in range(len(parts)))
    return (
        tracked
        or bool({*DATA_FOLDERS, ".git"} & set(parts))
        or path.endswith(_DATA_FILES)
        or _is_secret_name(path)
    )


def _is_ignored(path, patterns):
    """Whether .dockerignore keeps `path` out; if it lets anything below `path` back in, it does not."""
    ignored = False
    for pattern in patterns if path != "." else ():
        rule = pattern.lstrip("!").strip().strip("/").removeprefix("./")
        hit = any(_matches(path.rsplit("/", n)[0], rule) for n in range(path.count("/") + 1))
        back = pattern.startswith("!") and (hit or rule.startswith(f"{path}/"))
        ignored = not back and (ignored or (hit and not pattern.startswith("!")))
    return ignored


def _matches(path, rule):
    """Whether a rule of .dockerignore means `path`: folder by folder, `**` for any number of them."""
    parts, rules = path.split("/"), rule.split("/")
    reached = {0}
    for number, name in enumerate(rules):
        if name == "**" and reached:
            # `data/**` is what lies in data, not data itself.
            reached = set(range(min(reached) + (number == len(rules) - 1), len(parts) + 1))
        else:
            reached = {at + 1 for at in reached if at < len(parts) and fnmatchcase(parts[at], name)}
    return len(parts) in reached


@check(
    "No image takes in the whole repository unsorted",
    points=1,
    questions=[15],
    required=False,
    above=(".dockerignore",),
    hint="Copy what the image needs by name, or write a `.dockerignore` beside the Dockerfile's context with .git, .venv, data "
    "and models in it.",
)
def test_context_is_sorted(submission):
    wrong = []
    for dockerfile in images(submission):
        for copy, source in dockerfile.sources:
            unwanted = [name for name in (".git", ".venv") if not _is_ignored(name, dockerfile.dockerignore)]
            if source in (".", "*") and not dockerfile.dockerignore:
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
    questions=[15],
    hint="Give keys to the container when it runs (`docker run -e WANDB_API_KEY=…`, `--env-file`), or to the build as "
    "`RUN --mount=type=secret`. Whoever has the image can read its ENV and every file in it.",
)
def test_no_secrets_in_images(submission):
    found = []
    for dockerfile in images(submission):
        for copy, source in dockerfile.sources:
            found += [
                dockerfile.evidence(copy.line, f"{path} goes into the image")
                for path in _secrets(submission, source, dockerfile.dockerignore)
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


def _is_secret_name(path):
    name = posixpath.basename(path).lower()
    return any(fnmatchcase(name, pattern) for pattern in _SECRET_FILES) and not _EXAMPLES.search(name)


def _secrets(submission, source, dockerignore):
    """Paths of secrets that copying `source` would put into an image."""
    if _is_secret_name(source):
        return [source]
    if source.endswith(".json") and submission.exists(source) and '"private_key"' in submission.text(source):
        return [source]
    folder = "" if source in (".", "*") else f"{source}/"
    inside = [path for path in submission.files() if path.startswith(folder) and _is_secret_name(path)]
    return [path for path in inside if not _is_ignored(path, dockerignore)]
