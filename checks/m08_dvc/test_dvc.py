"""M8: data has versions, and everybody gets the same one."""

import posixpath
import re
from fnmatch import fnmatchcase

from grader.suite import Evidence, SubmissionFault, check, measure, not_applicable, partial, work

from ..common.messages import show

_LFS_POINTER = b"version https://git-lfs.github.com/spec/v1"
_MAX_POINTER = 1_024
#: Pictures of a report under LFS are no data.
_NO_DATA = ("reports/", "docs/", "figures/", ".github/")
_DATA = (
    *(".csv", ".tsv", ".parquet", ".feather", ".npz", ".npy", ".pt", ".pth", ".pkl", ".h5", ".hdf5", ".zip"),
    *(".jsonl", ".arrow", ".tfrecord", ".ckpt", ".safetensors", ".onnx", ".joblib", ".tar", ".gz"),
)
#: Other tools that keep versions of data; which data they keep is not in the repository.
_OTHERS = ("lakefs", "lakefs_client", "pachyderm_sdk", "quilt3", "oxen", "deltalake", "clearml.Dataset")
_VERSIONING = ("gsutil versioning set", "git annex add", "git-annex add", "oxen add", "lakectl commit")
_SECRET = re.compile(
    r"^\s*(?P<name>access_key_id|secret_access_key|session_token|password|token|account_key|sas_token|connection_string|"
    r"client_secret|gdrive_client_secret|gdrive_service_account_json)\s*=\s*\S",
    re.IGNORECASE,
)
_MODEL = re.compile(
    r"(?:^|[/_.-])(?:models?|checkpoints?|weights)(?:[/_.-]|$)|\.(?:pth?|ckpt|onnx|safetensors)$",
    re.IGNORECASE,
)
_KEPT = (".gitignore", ".gitkeep", ".gitattributes", "README.md", ".dvc", "__init__.py")


@work(
    "DVC (`.dvc/`, `*.dvc`, `dvc.yaml`), Git LFS, or another tool that keeps versions of data",
    above=(".dvc", "dvc.yaml", ".gitattributes"),
)
def find_work(submission):
    dvc = submission.dvc
    if submission.profile != "project":
        # DVC works in the folder that holds `.dvc`; one that was never initialised shows in what is tracked.
        paths = [f"{folder}/x" for folder in dvc.folders] or submission.files("**/*.dvc", "**/dvc.yaml")
        homes = [
            posixpath.dirname(posixpath.dirname(path)) if dvc.folders else posixpath.dirname(path)
            for path in paths
        ]
        return list(dict.fromkeys(home or "." for home in sorted(homes, key=lambda one: one.count("/"))))
    known = dvc.folders or dvc.metafiles or dvc.stages or submission.files("**/*.dvc", "**/dvc.yaml")
    return bool(known or [*_patterns(submission), *_weak(submission)])


def _hashed(submission):
    """Evidence of each file of DVC's that pins data: an output with its hash, or with a list of versioned files."""
    dvc = submission.dvc
    found = [file.evidence for file in dvc.metafiles if any(out.md5 or out.files for out in file.outs)]
    locks = submission.files("**/dvc.lock")
    return found + [
        Evidence(path, None, ", ".join(out.path for out in dvc.locked[:5]))
        for path in locks[:3]
        if dvc.locked
    ]


def _patterns(submission):
    """(pattern, evidence) of what `.gitattributes` gives to Git LFS."""
    for path in submission.files("**/.gitattributes"):
        for number, line in enumerate(submission.lines(path)[:1_000], start=1):
            words = line.split()
            if len(words) > 1 and "filter=lfs" in words[1:] and not words[0].startswith("#"):
                yield words[0], Evidence(path, number, line[:200])


def _pointers(submission):
    """Data that is a pointer of Git LFS; of at most 200 files that a pattern may mean."""
    patterns = [pattern.strip("/") for pattern, _ in _patterns(submission)][:50]
    meant = [
        path
        for path in (submission.files() if patterns else ())
        if not path.startswith(_NO_DATA)
        and any(
            fnmatchcase(posixpath.basename(path), pattern)
            or fnmatchcase(path, pattern)
            or path.startswith(f"{pattern.rstrip('*').rstrip('/')}/")
            for pattern in patterns
        )
    ]
    return [Evidence(path, None, "kept by Git LFS") for path in meant[:200] if _is_pointer(submission, path)]


def _is_pointer(submission, path):
    try:
        data = submission.bytes(path)
    except SubmissionFault:
        return False
    return len(data) < _MAX_POINTER and data.startswith(_LFS_POINTER)


def _weak(submission):
    """What may keep versions of data somewhere else."""
    for file, call in submission.calls("wandb.Artifact", notebooks=True):
        if "data" in str(call.argument("type", 1, "")).lower():
            yield file.evidence(call)
    yield from submission.mentions(*_OTHERS, notebooks=True)
    for command in submission.commands:
        switched = command.runs("gcloud storage buckets") and "--versioning" in command.words
        if switched or command.runs(*_VERSIONING):
            yield command.evidence


def _is_model(path):
    return bool(_MODEL.search(path)) and "data" not in path.lower()


@check(
    "Data is under version control",
    points=1,
    scope="project",
    questions=[10, 13],
    boxes=["w1-10"],
    required=False,
    above=(".dvc",),
    hint="`dvc init`, `dvc remote add -d storage gs://…`, `dvc add data`, then commit `.dvc/config`, `data.dvc`, `.gitignore`, "
    "and `dvc push`.",
)
def test_data_is_versioned(submission):
    dvc = submission.dvc
    hashed, pointers = _hashed(submission), _pointers(submission)
    measure("n_dvc_files", len(hashed))
    measure("dvc_remotes", ", ".join(sorted({remote.scheme or "folder" for remote in dvc.remotes})))
    show([*hashed, *(remote.evidence for remote in dvc.remotes), *pointers][:5])
    if hashed and not pointers and all(map(_is_model, dvc.tracked)):
        partial(0, "DVC tracks models, and no data.", hashed[:3])
    if pointers or (hashed and dvc.remotes):
        return
    if hashed:
        partial(
            0.5, "DVC tracks data, but no remote is in the repository: nobody else can get it.", hashed[:3]
        )
    weak = [*(place for _, place in _patterns(submission)), *_weak(submission)]
    if weak:
        partial(0, "Whether data is kept in versions lies outside of the repository.", weak[:3])
    if not hashed and (unread := _unread(submission)):
        not_applicable(f"What DVC tracks cannot be told: {unread[0]}.")
    assert hashed, _what_is_missing(submission)


def _unread(submission):
    """The files of DVC's that the repository has and the snapshot lacks, each with the reason."""
    return [
        f"{path} was not read ({reason})"
        for path, reason in submission.skipped.items()
        if path.endswith((".dvc", "dvc.lock"))
    ]


def _what_is_missing(submission):
    dvc = submission.dvc
    if dvc.stages:
        return [
            Evidence(one.path, one.line, f"{one.name} was never run: no dvc.lock") for one in dvc.stages[:3]
        ]
    empty = [Evidence(path, None, "no output with a hash") for path in submission.files("**/*.dvc")[:3]]
    if empty:
        return empty
    data = [path for path in submission.files() if path.endswith(_DATA) and not path.startswith(_NO_DATA)]
    where = f"; {data[0]} is in git itself" if data else ""
    return f"DVC is set up, but it tracks nothing: there is no `*.dvc` file and no `dvc.lock`{where}."


@check(
    "What is tracked can be had from a shared remote",
    points=1,
    scope="project",
    questions=[10],
    required=False,
    above=(".dvc",),
    hint="`dvc remote add -d storage gs://<bucket>` (or gdrive://<id of the folder>, s3://…, ssh://…): a folder of one laptop is "
    "of no use to the others. Commit `.dvc/config`.",
)
def test_remote_is_shared(submission):
    dvc = submission.dvc
    if not (dvc.metafiles or dvc.locked):
        not_applicable("DVC tracks nothing.")
    assert dvc.remotes, "No remote is configured in .dvc/config."
    wrong = []
    for remote in dvc.remotes:
        if not remote.scheme:
            wrong.append(Evidence(remote.path, remote.line, f"{remote.name} is a folder of one machine"))
        elif remote.scheme in ("http", "https") and "drive.google.com" in remote.url:
            wrong.append(
                Evidence(remote.path, remote.line, f"{remote.name}: DVC wants gdrive://<id of the folder>")
            )
    assert len(wrong) < len(dvc.remotes), wrong


@check(
    "What DVC tracks is not in git as well",
    points=1,
    scope="project",
    questions=[10],
    required=False,
    above=(".dvc",),
    hint="`git rm -r --cached data`, then `dvc add data`: DVC writes the folder into `.gitignore`.",
)
def test_tracked_data_is_not_in_git(submission):
    tracked = submission.dvc.tracked
    if not tracked:
        not_applicable("DVC tracks nothing.")
    outputs = set(tracked)
    twice = [
        Evidence(path, None, "is in git, and in the cache of DVC")
        for path in submission.all_files
        if "/.dvc/cache/" in f"/{path}"
    ]
    for path in submission.all_files:
        parts = path.split("/")
        above = [folder for n in range(len(parts)) if (folder := "/".join(parts[: n + 1])) in outputs]
        if above and not path.endswith(_KEPT):
            twice.append(Evidence(path, None, f"is in git, and in {above[0]} of DVC"))
    assert not twice, twice[:5]


@check(
    "No key of a remote is in the repository",
    points=1,
    questions=[10],
    above=(".dvc",),
    hint="Keys belong into `.dvc/config.local`, which git ignores: `dvc remote modify --local <name> …`. A key that was pushed "
    "has to be replaced.",
)
def test_no_keys_of_remotes(submission):
    found = []
    for path in submission.all_files:
        configures = path.endswith((".dvc/config", ".dvc/config.local"))
        for number, line in enumerate(submission.lines(path)[:1_000] if configures else (), start=1):
            secret = _SECRET.match(line)
            if secret:
                found.append(Evidence(path, number, f"{secret['name']} = …"))
    assert not found, found
