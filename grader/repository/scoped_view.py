"""Views of one folder of a submission, and the folder that a file belongs to."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath

from grader.repository.files import inside
from grader.repository.submission_view import SubmissionView

#: Files that mark the folder of a project: what is installed, and what an image is built from.
_MARKS = (
    *("pyproject.toml", "setup.py", "setup.cfg", "requirements.txt", "Pipfile", "environment.yml"),
    *("environment.yaml", "grader.toml"),
)


def below(view: SubmissionView, folder: str) -> SubmissionView:
    """Return the view of a folder of a submission: its files by paths relative to it, and nothing above it."""
    if folder in ("", "."):
        return view
    skipped = inside({item["path"]: item["reason"] for item in view.facts.get("skipped") or ()}, folder)
    facts = {
        **view.facts,
        "blobs": inside(view.facts.get("blobs") or {}, folder),
        "skipped": [{"path": path, "reason": reason} for path, reason in skipped.items()],
        "subfolder": str(PurePosixPath(view.subfolder) / folder),
        "above": (),
    }
    return SubmissionView(view.root / folder, facts, view.noting, folder)


def work_folders(submission: SubmissionView, paths: Iterable[str]) -> list[str]:
    """Return the folders that the files belong to, in the order of the files, each once.

    The folder of a file is the nearest one above it that declares what is installed (`pyproject.toml`, `requirements.txt`, …);
    without one, the folder that holds the outermost package of the file, or its `src`.

    Example:
        @work("an application of FastAPI")
        def find_work(submission):
            return work_folders(submission, [route.file.path for route in submission.routes()])
    """
    return list(dict.fromkeys(_home(submission, path) for path in paths))


def _home(submission: SubmissionView, path: str) -> str:
    above = [str(folder) for folder in PurePosixPath(path).parents]
    for folder in above:
        if any(submission.exists(str(PurePosixPath(folder) / name)) for name in _MARKS):
            return folder
    home = above[0]
    while home != "." and submission.exists(f"{home}/__init__.py"):
        home = str(PurePosixPath(home).parent)
    return str(PurePosixPath(home).parent) if PurePosixPath(home).name in ("src", "tests") else home
