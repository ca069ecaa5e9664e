"""M10: which image trains and which evaluates, what is mounted where, and where the tables of the exercise lie."""

import posixpath
import re

from ._common import fitting, images

#: The columns of the exercise's tables.
COLUMNS = ("length", "width", "species")
_TRAINS = re.compile(r"(?<![a-z])(?:train|fit|learn)", re.IGNORECASE)
_EVALUATES = re.compile(r"(?<![a-z])(?:eval|predict|infer|test|score|assess)", re.IGNORECASE)
_HERE = re.compile(
    r"^(?:\$\(pwd\)|\$\{?PWD\}?|`pwd`|%cd%|\$\{?(?:pwd|CURDIR)\}?|\{[\w.()]*\})?[/\\]?", re.IGNORECASE
)
_VOLUME = re.compile(r"(?:-v|--volume)[ =]\"?([^\s\"']+)")
_MOUNT = re.compile(r"--mount[ =]\"?([^\s\"']+)")
_DOCUMENTS = (
    "*.md",
    "docs/**/*.md",
    "**/README.md",
    "**/*.sh",
    "Makefile",
    "justfile",
    "tasks.py",
    "**/*.txt",
)


def words_of(dockerfile):
    """What a container runs, as one text."""
    parts = [one for one in (dockerfile.entrypoint, dockerfile.cmd) if one is not None]
    return " ".join(word for one in parts for word in one.words)


def role_of(submission, role):
    """The Dockerfile whose image trains (or evaluates): by what it starts, then by its own name."""
    pattern = {"train": _TRAINS, "evaluate": _EVALUATES}[role]
    other = {"train": _EVALUATES, "evaluate": _TRAINS}[role]
    found = []
    for dockerfile in images(submission):
        started = posixpath.basename(
            next((word for word in words_of(dockerfile).split() if ".py" in word), "")
        )
        text = started or words_of(dockerfile)
        by_start = bool(pattern.search(text)) and not other.search(text)
        by_name = bool(pattern.search(posixpath.basename(dockerfile.path)))
        if words_of(dockerfile) and (by_start or (by_name and not other.search(text))):
            found.append((not by_start, not by_name, dockerfile.path.count("/"), dockerfile.path, dockerfile))
    return min(found, key=lambda one: one[:4])[-1] if found else None


def exercise_folders(submission):
    """The folders that images are built from, best first: those of images that train and evaluate, then those of most images."""
    chosen = {id(role_of(submission, role)) for role in ("train", "evaluate")}
    found = {}
    for dockerfile in submission.dockerfiles():
        context = fitting(submission, dockerfile)[0].context or "."
        found.setdefault(context, []).append(id(dockerfile) in chosen)
    return sorted(found, key=lambda one: (-sum(found[one]), -len(found[one]), one.count("/"), one))


def mounts_of(submission):
    """What the repository says is mounted: pairs of a folder of the repository and the folder in the container."""
    found = []
    for path in submission.files(*_DOCUMENTS)[:60]:
        text = re.sub(r"[\\`^]\n\s*", " ", submission.text(path)[:100_000])
        for line in text.split("\n"):
            if "run" not in line or not re.search(r"\b(?:docker|podman)\b", line[:2_000]):
                continue
            found += [_pair(one) for one in _VOLUME.findall(line[:2_000])]
            for one in _MOUNT.findall(line[:2_000]):
                parts = dict(part.split("=", 1) for part in one.split(",") if "=" in part)
                source = parts.get("source") or parts.get("src") or ""
                target = parts.get("target") or parts.get("dst") or parts.get("destination") or ""
                found.append(_pair(f"{source}:{target}"))
    for path in submission.files("**/*compose*.y*ml", "*compose*.y*ml"):
        services = submission.yaml(path)
        services = services.get("services") if isinstance(services, dict) else {}
        for service in services.values() if isinstance(services, dict) else ():
            volumes = service.get("volumes") if isinstance(service, dict) else None
            found += [
                _pair(one) for one in (volumes if isinstance(volumes, list) else []) if isinstance(one, str)
            ]
    return [one for one in dict.fromkeys(found) if one]


def _pair(text):
    text = re.sub(r"^([A-Za-z]):[\\/]", r"/\1/", text)
    host, _, rest = text.partition(":/")
    place = posixpath.normpath("/" + rest.partition(":")[0])
    relative = posixpath.normpath(_HERE.sub("", host, count=1).replace("\\", "/") or ".")
    if host.startswith(("/", "~")):
        # A folder of one machine: what is mounted is the last of its folders.
        relative = posixpath.basename(host.rstrip("/"))
    inside = not relative.startswith("..") and re.fullmatch(r"[\w./ -]{1,100}", relative)
    return (relative, place) if rest and inside and place != "/" else None


def table_paths(submission):
    """The paths of the exercise's tables to train on and to test with, and the order of their columns."""
    found = {"train": [], "test": [], "heads": list(COLUMNS)}
    for path in submission.files("*.csv", "**/*.csv"):
        heads = [one.strip() for one in submission.text(path)[:200].split("\n")[0].lower().split(",")]
        if sorted(heads) == sorted(COLUMNS):
            name = path.rpartition("/")[2].lower()
            found["test" if _EVALUATES.search(name) else "train"].append(path)
            found["heads"] = heads
    return found
