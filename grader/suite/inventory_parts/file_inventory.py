"""The files that exist, those that are not the group's own, and those that are kept out of git."""

from __future__ import annotations

from grader.repository.faults import tolerant
from grader.repository.submission_view import SubmissionView


def every_file(view: SubmissionView) -> list[str]:
    """Return every path of the commit, including those that were too large to be read."""
    return sorted({*view.all_files, *view.skipped})


def template_files(view: SubmissionView) -> list[str]:
    """Return the empty files and the untouched files of the course's template."""
    return [path for path in view.all_files if view.is_template(path)]


def sample_figures(view: SubmissionView) -> list[str]:
    """Return the untouched example pictures of the course."""
    return [path for path in view.all_files if view.is_sample_figure(path)]


def ignored(view: SubmissionView) -> list[str]:
    """Return the patterns of the `.gitignore` files, relative to the root; negated patterns are skipped."""
    found: list[str] = []
    for path in view.files("**/.gitignore"):
        folder = path.rpartition("/")[0]
        for line in tolerant(view.lines, path) or []:
            pattern = line.strip()
            if pattern and not pattern.startswith(("#", "!")):
                found.append(f"{folder}/{pattern.lstrip('/')}" if folder else pattern)
    return found


def tracked(view: SubmissionView) -> list[str]:
    """Return what DVC keeps instead of git: the outputs of its metafiles and pipelines."""
    return [path for path in view.dvc.tracked if path]


def commits(view: SubmissionView) -> list[str]:
    """Return the first 12 digits of each commit's id, newest first."""
    return [commit.sha[:12] for commit in view.history.seen]
