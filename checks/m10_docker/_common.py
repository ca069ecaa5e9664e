"""M10: the Dockerfiles, what goes into their images, and what of a build context is seldom in git."""

# Tables of names read best as words.
# ruff: noqa: SIM905

import posixpath
import re
from fnmatch import fnmatchcase

from grader.suite import not_applicable

#: Folders that data and trained models are kept in.
DATA_FOLDERS = (
    "data",
    "datasets",
    "dataset",
    "models",
    "model",
    "weights",
    "checkpoints",
    "artifacts",
)


def images(submission):
    """The Dockerfiles; fails the check where none can be read."""
    found = submission.dockerfiles()
    assert found, "None of the Dockerfiles can be read: mend them first."
    return found


def readable_images(submission):
    """The Dockerfiles that can be read, for what is required of a project: one that is broken is told of once."""
    if submission.profile == "project" and not submission.dockerfiles():
        not_applicable("None of the Dockerfiles can be read: that is a check of its own.")
    return images(submission)


def kept(dockerfile):
    """The stages that end up in the final image: what the others leave behind is thrown away."""
    stages = {dockerfile.stages[-1].index}
    for stage in reversed(dockerfile.stages):
        if stage.index in stages and stage.of is not None:
            stages.add(stage.of)
    return stages


_DATA_FILES = tuple(".pt .pth .ckpt .onnx .pkl .joblib .safetensors .csv .parquet .npz .npy".split())
_SECRET_FILES = (
    *(".env", ".env.*", "*credential*.json", "*service*account*.json", "kaggle.json", ".netrc", "id_rsa"),
    *("id_ed25519", "*.pem", "*.p12"),
)
#: What a builder keeps beside the code and out of git: folders of keys, and a key of Google's as it is downloaded.
_SECRET_FOLDERS = {"keys", "creds", "credentials", "secrets", ".secrets"}
_DOWNLOADED_KEY = re.compile(r"[a-z][a-z0-9-]{4,40}-[0-9a-f]{12}\.json")
_EXAMPLES = re.compile(r"example|sample|template|dist$|test", re.IGNORECASE)


def fitting(submission, dockerfile):
    """The image of a Dockerfile for each build context in which it finds most of what it copies."""
    found = submission.images(dockerfile)
    counted = [len(missing(submission, image)) for image in found]
    return [image for image, count in zip(found, counted, strict=True) if count == min(counted)]


def missing(submission, image):
    """What the image copies and the build does not find: the COPY, the path, and why."""
    found = []
    for copy, source in image.sources:
        path = image.in_repository(source)
        where = f" of {image.context}" if image.place and image.context else ""
        if image.keeps_out(source):
            found.append((copy, source, "is kept out of the build by .dockerignore"))
        elif not is_there(submission, path) and not is_made_later(submission, path):
            # What has a `*` may name nothing, beside something that is there.
            optional = any(char in source for char in "*?[") and len(copy.sources) > 1
            if not optional:
                what = f"is not in the build context{where}" if where else "is not in the repository"
                found.append((copy, source, what))
    return found


def is_there(submission, path):
    """Whether a path, in these very letters, is a file or a folder of the repository; `*` stands for a part of one name."""
    if not any(char in path for char in "*?["):
        below = f"{path}/"
        return path == "." or any(one == path or one.startswith(below) for one in submission.all_files)
    depth = path.count("/") + 1
    names = {"/".join(known.split("/")[:depth]) for known in submission.all_files}
    return any(name.count("/") == depth - 1 and fnmatchcase(name, path) for name in names)


def is_made_later(submission, path):
    """Data, models, secrets and wheels are not in git on purpose: the builder puts them there."""
    parts = path.split("/")
    if path.endswith(".whl") or (path == "dist" and _can_be_built(submission)):
        return True
    tracked = any(submission.exists("/".join(parts[: n + 1]) + ".dvc") for n in range(len(parts)))
    return (
        tracked
        or bool({*DATA_FOLDERS, *_SECRET_FOLDERS, ".git"} & set(parts))
        or bool(_DOWNLOADED_KEY.fullmatch(parts[-1]))
        or path.endswith(_DATA_FILES)
        or is_secret_name(path)
    )


def _can_be_built(submission):
    """Whether `python -m build`, `uv build` and their like have something to make a wheel of."""
    return any(submission.exists(name) for name in ("pyproject.toml", "setup.py"))


def is_secret_name(path):
    """Whether a file is called as keys and settings with keys are."""
    name = posixpath.basename(path).lower()
    return any(fnmatchcase(name, pattern) for pattern in _SECRET_FILES) and not _EXAMPLES.search(name)
