"""M5: what is in the repository, and what has to stay out of it."""

import re

from grader.suite import SubmissionFault, check, evidence, not_applicable, partial

_MARKER = re.compile(rb"^(?:<{7}|>{7}) \S", re.MULTILINE)
_BINARY = re.compile(
    r"\.(?:png|jpe?g|gif|webp|pdf|zip|gz|tar|npz|npy|pt|pth|ckpt|onnx|pkl|parquet|mp[34]|wav|h5|bin|lock|drawio)$",
    re.I,
)
_FENCED = (".md", ".rst", ".txt", ".html")

# What tools make again by themselves: always by name, or only where it looks as the tool leaves it.
_GENERATED = re.compile(
    r"(?:^|/)(?:__pycache__|\.ipynb_checkpoints|\.pytest_cache|\.mypy_cache|\.ruff_cache|[^/]+\.egg-info|htmlcov"
    r"|node_modules|site-packages)/"
    r"|\.py[cod]$"
    r"|(?:^|/)(?:wandb/(?:offline-|latest-)?run[-/]|lightning_logs/version_|mlruns/[^/]+/(?:meta\.yaml|[^/]+/))"
    r"|(?:^|/)(?:outputs|multirun)/\d{4}-\d\d-\d\d/"
    r"|(?:^|/)(?:\.DS_Store|Thumbs\.db|pyvenv\.cfg|\.coverage)$"
)
_COVERS_CACHES = re.compile(r"^(?:\*\*/|/)?(?:__pycache__(?:/.*)?|\*\.py(?:c|\[\w+\]))$")


def _require_work(submission):
    """Fail in an exercise where no commit behind the first changes a file: what the first one has was handed out."""
    if submission.profile == "exercises" and submission.history.complete:
        own = [commit for commit in submission.history.commits if commit.parents]
        assert any(map(submission.history.changes, own)), "No commit changes a file: nothing was done yet."


@check(
    "No conflict markers are left in a file",
    points=1,
    hint="Search for `<<<<<<<` and `>>>>>>>`, keep what both sides meant, and delete the marker lines.",
)
def test_no_conflict_markers(submission):
    _require_work(submission)
    found = [
        spot for path in submission.files() if not _BINARY.search(path) for spot in _markers(submission, path)
    ]
    assert not found, found


def _markers(submission, path):
    try:
        data = submission.bytes(path)
        if not _MARKER.search(data):
            return []
        lines = submission.lines(path)
    except SubmissionFault:
        return []
    found, fenced = [], False
    for number, line in enumerate(lines, start=1):
        if path.endswith(_FENCED) and line.lstrip().startswith(("```", "~~~")):
            fenced = not fenced
        if not fenced and re.match(r"(?:<{7}|>{7}) \S", line):
            found.append(evidence(path, number, line))
    # One marker in a text may be talk of markers; a conflict leaves both.
    return found if len(found) > 1 or not path.endswith(_FENCED) else []


@check(
    "A .gitignore keeps Python's caches out",
    points=1,
    required="exercises",
    above=(".gitignore",),
    hint="Put a `.gitignore` in the root with `__pycache__/` and `*.pyc`, your environment (`.venv/`) and your data.",
)
def test_gitignore_covers_caches(submission):
    _require_work(submission)
    if not submission.files("**/*.py", "**/*.ipynb"):
        not_applicable("There is no Python in this repository.")
    paths = submission.files(".gitignore", "*/.gitignore")
    assert paths, "There is no .gitignore in this repository."
    for path in paths:
        for number, line in enumerate(submission.lines(path), start=1):
            if _COVERS_CACHES.match(line.strip()):
                evidence(path, number, line.strip())
                return
    raise AssertionError(f"{paths[0]} does not name `__pycache__/` or `*.pyc`.")


@check(
    "Generated files stay out of the repository",
    points=1,
    required="exercises",
    hint="`git rm -r --cached FOLDER` takes it out of git and leaves it on your disk; then name it in `.gitignore`.",
)
def test_generated_files_stay_out(submission):
    _require_work(submission)
    found = [path for path in submission.all_files if _GENERATED.search(path)]
    for path in found[:5]:
        evidence(path, None, "made by a tool, not by you")
    named = ", ".join(f"`{path}`" for path in found[:3])
    if 0 < len(found) <= 2:
        partial(0.5, f"Made by a tool: {named}.")
    assert not found, f"{len(found)} files are made by a tool: {named}, …"


@check(
    "The files of the exercise are in the repository",
    points=1,
    scope="exercises",
    required=False,
    hint="Commit `data.py`, `model.py` and the script that trains (`main.py`), in any folder.",
)
def test_exercise_files_are_tracked(submission):
    _require_work(submission)
    found = {role: _file_of(submission, role, name) for role, name in _WANTED.items()}
    missing = [_WANTED[role] for role, path in found.items() if not path]
    for path in filter(None, found.values()):
        evidence(path)
    assert len(missing) < len(_WANTED), (
        "None of `data.py`, `model.py` and `main.py` is there, nor files that do their work."
    )
    if missing:
        partial(
            0.5, f"Not found: {', '.join(f'`{name}`' for name in missing)}, nor a file that does its work."
        )


_WANTED = {"data": "data.py", "model": "model.py", "train": "main.py"}


def _file_of(submission, role, name):
    paths = [path for path in submission.files(f"**/{name}") if submission.text(path).strip()]
    files = submission.find(role) if not paths else []
    return paths[0] if paths else (files[0].path if files else "")
