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
    """Return what stands for the seeds of a run in its result: the same for the same commit and course pack, and no seed."""
    return hashlib.sha256(f"{submission.commit}:{course.digest}".encode()).hexdigest()[:16]


def seeds_of(submission: Submission, course: Course) -> dict[str, str]:
    """Return the seeds of hidden inputs, by module: the same for the same commit, suite and shared code, whatever other suites
    are like, and not to be guessed without the pack.
    """
    return {
        module: hashlib.sha256(
            f"{submission.commit}:{module}:{course.shared_digest}:{digest}".encode()
        ).hexdigest()[:16]
        for module, digest in course.suite_digests.items()
    }
