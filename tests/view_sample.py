"""A submission's view of files that a test names."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from grader.course.pack import course_info
from grader.repository.submission_view import SubmissionView
from tests.places import CHECKS


def view(root: Path, files: Mapping[str, str | bytes], **facts: object) -> SubmissionView:
    """Write `files` below `root`, and look at them; `facts` are what the engine knows beside the words of the bundled course."""
    for path, content in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)
    return SubmissionView(root, {"course_words": course_info(CHECKS).words, **facts})
