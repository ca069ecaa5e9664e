"""Decide whether a result may be used again: same grader, course, sandbox and options, and the same state of the repository."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from grader.batch.journal import Made
from grader.errors import ResultError
from grader.grading.engine_digest import engine_digest
from grader.pipeline import Setup
from grader.results import MAX_RESULT_BYTES, Result, read_result
from grader.settings import SubmissionLimits
from grader.submission import Submission

RESULT = "result.json"


def settings_digest(setup: Setup, *, pseudonymous: bool = False) -> str:
    """Return a digest of all that decides a result beside the repository.

    The version of the grader is one: so is every file of it, since a checkout changes and its version does not. What the
    package index offers is none: versions are those of the day of the commit.
    """
    options, place = setup.options, setup.sandbox
    return _digest(
        {
            "grader": engine_digest(),
            "course": setup.course.digest,
            "sandbox": [place.name, place.isolated, place.image_digest, place.python, list(place.notes)],
            "options": {
                "modules": list(options.modules),
                "session": options.session,
                "only": None if options.only is None else sorted(options.only),
                "profile": options.profile,
                "provenance": options.provenance,
                # The token is nobody's business.
                "forge": options.forge.url if options.forge else None,
                "forge_repository": options.forge_repository,
            },
            "pseudonymous": pseudonymous,
            "limits": [options.limits.model_dump(), SubmissionLimits().model_dump()],
        }
    )


def state_digest(submission: Submission) -> str:
    """Return a digest of what was fetched: commits stand for files and history, branches for what else history tells."""
    return _digest(
        {
            "source": submission.source,
            "commit": [submission.commit, submission.branch, submission.default_branch, submission.subfolder],
            "branches": [[one.get("name"), one.get("sha")] for one in submission.branches],
            "gaps": list(submission.history.gaps),
            "notes": list(submission.notes),
            "remote": submission.has_remote,
            "until": submission.deadline.at.isoformat() if submission.deadline else "",
        }
    )


def file_digest(path: Path) -> str:
    """Return the digest of a result's file; empty if there is none, or none of ours."""
    try:
        if not path.is_file() or path.stat().st_size > MAX_RESULT_BYTES:
            return ""
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def kept_result(made: Made | None, folder: Path, *, settings: str = "", state: str = "") -> Result | None:
    """Return the result that a journal says is in `folder`, if it is there unchanged.

    Args:
        settings, state: what it has to be made of; anything by default.

    A result with an `error` is returned, and is never used again: the fault was ours, and may be gone.
    """
    if made is None or (settings and made.settings != settings) or (state and made.state != state):
        return None
    path = folder / RESULT
    if not made.digest or file_digest(path) != made.digest:
        return None
    try:
        return read_result(path)
    except ResultError:
        return None


def _digest(data: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()
