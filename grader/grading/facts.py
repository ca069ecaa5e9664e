"""What suites see of a submission beside its files, and the seed of their hidden inputs."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from grader.course.fingerprints import load_fingerprints
from grader.course.pack import Course
from grader.grading.planned import Planned
from grader.submission.model import Submission


def facts(planned: Planned) -> Mapping[str, Any]:
    """Return what suites see of a submission beside its files: JSON data."""
    submission = planned.submission
    fingerprints = load_fingerprints(planned.course.checks)
    return {
        "profile": planned.profile,
        "commit": submission.commit,
        "branch": submission.branch,
        "dirty": submission.dirty,
        "has_remote": submission.has_remote,
        "commits": submission.commits,
        "branches": submission.branches,
        "history_gaps": list(submission.history.gaps),
        "subfolder": submission.subfolder,
        "above": list(submission.above),
        "top": submission.top,
        "blobs": submission.blobs,
        "skipped": [{"path": item.path, "reason": item.reason} for item in submission.skipped],
        "template_blobs": list(fingerprints.template),
        "sample_figures": list(fingerprints.sample_figures),
        "course_words": planned.course.info.words,
        "report_path": planned.report_path,
        # Claims need it, and only a report makes any.
        "inventory": planned.report_path is not None,
    }


def seed_of(submission: Submission, course: Course) -> str:
    """Return the seed of hidden inputs: the same for the same commit and course pack, and not to be guessed without the pack."""
    return hashlib.sha256(f"{submission.commit}:{course.digest}".encode()).hexdigest()[:16]
