"""A sample student project with mistakes on purpose: `grader demo` builds and grades it.

Everybody in it is invented. What is wrong with it, so that each part of a report has something to show: the image of
the API starts from an unpinned base, `visualize` in `[project.scripts]` names a function that does not exist, linting
in CI formats instead of checking, one test asserts nothing, one branch was never merged; the report claims 93 %
coverage, a workflow that builds images and an option of the training that it does not take, answers one question too
briefly and one not at all, and lacks figures; a frontend is ticked and not there, logging is there and not ticked.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from grader.authoring.recipe import build_repository
from grader.demo.sample_pictures import architecture, bucket, training

#: What its folder is called, and so its submission.
DEMO_NAME = "corrupt-mnist-project"

_HERE = Path(__file__).resolve().parent

#: Files that would act on this repository under their own names.
_NAMES = {"gitignore": ".gitignore", ".dvc/gitignore": ".dvc/.gitignore"}
_FIGURES = {"training.png": training, "bucket.png": bucket, "architecture.png": architecture}


def build_demo(path: Path) -> Path:
    """Build the sample project as a git repository with a history, and return its path (`path`).

    The same commit ids on every machine and at any time.

    Args:
        path: a folder that does not exist yet, or is empty.

    Raises:
        CourseError: `path` is not empty.
        GradingError: git is missing, or failed.
    """
    with tempfile.TemporaryDirectory(prefix="grader-demo-files-") as temporary:
        folder = Path(temporary)
        _lay_out(folder)
        return build_repository(_HERE / "recipe.toml", folder, path)


def _lay_out(folder: Path) -> None:
    """Write the project as it is in the end, figures included, into `folder`."""
    project = _HERE / "project"
    for source in project.rglob("*"):
        name = source.relative_to(project).as_posix()
        if not source.is_file() or "__pycache__" in source.parts:
            continue
        target = folder / _NAMES.get(name, name)
        target.parent.mkdir(parents=True, exist_ok=True)
        # A checkout on Windows may have changed the line ends, and with them every commit id.
        target.write_bytes(source.read_bytes().replace(b"\r\n", b"\n"))
    figures = folder / "reports" / "figures"
    figures.mkdir()
    for name, draw in _FIGURES.items():
        (figures / name).write_bytes(draw())
