"""Which files there are, which are not the group's own, and which cannot be there."""

from __future__ import annotations

from grader.repository.faults import SubmissionFault
from grader.repository.submission_view import SubmissionView


def every_file(view: SubmissionView) -> list[str]:
    """Every path of the commit, those that were too large to be read, too."""
    return sorted({*view.all_files, *view.skipped})


def template_files(view: SubmissionView) -> list[str]:
    """Untouched files of the course's template, and empty ones."""
    return [path for path in view.all_files if view.is_template(path)]


def sample_figures(view: SubmissionView) -> list[str]:
    """The course's example pictures, untouched."""
    return [path for path in view.all_files if view.is_sample_figure(path)]


def ignored(view: SubmissionView) -> list[str]:
    """Patterns of the `.gitignore` files, written from the root; those that take something back are left out."""
    found: list[str] = []
    for path in view.files("**/.gitignore"):
        folder = path.rpartition("/")[0]
        try:
            lines = view.lines(path)
        except SubmissionFault:
            continue
        for line in lines:
            pattern = line.strip()
            if pattern and not pattern.startswith(("#", "!")):
                found.append(f"{folder}/{pattern.lstrip('/')}" if folder else pattern)
    return found


def tracked(view: SubmissionView) -> list[str]:
    """What DVC keeps instead of git: the outputs of its metafiles and pipelines."""
    return [path for path in view.dvc.tracked if path]


def commits(view: SubmissionView) -> list[str]:
    """The first 12 digits of each commit's id, newest first."""
    return [commit.sha[:12] for commit in view.history.seen]
