"""The figures of a repository, under names that no course has a part in."""

from __future__ import annotations

from typing import Literal, get_args

from grader.render import claim_summary as standing
from grader.render.findings import grouped
from grader.results import Result

#: A number, a truth value, a text; None is not known.
Figure = float | int | bool | str | None

FigureName = Literal[
    "people", "pull_requests", "commits", "commits_default_branch", "message_length", "message_length_default_branch",
    "latest_commit", "commits_by_person", "branches", "active_days",
    "python_files", "notebooks", "dockerfiles", "workflow_files", "declares_dependencies", "has_cloud_build", "uses_dvc",
    "size_mb", "readme_words", "workflows_pass", "answers_outside_limits", "secrets",
    "claims_supported", "claims_contradicted", "claims_undetermined",
    "ticks_supported", "ticks_unsupported", "ticks_undetermined", "ticks_forgotten",
]  # fmt: skip
NAMES: tuple[FigureName, ...] = get_args(FigureName)

_MB = 1_000_000


def figures(result: Result) -> dict[FigureName, Figure]:
    """Return the figures of one submission by their names.

    `pull_requests` and `workflows_pass` are the forge's where it was asked; else pull requests are those that messages name, and
    whether workflows pass is not known. Message lengths are in characters, `latest_commit` in ISO 8601, `commits_by_person` the
    commits and merges of each person, most first. Bots, untouched template files and vendored folders are left out. Claims are
    known where there is an exam report, ticks where there is a checklist.
    """
    history, statistics, forge = result.history, result.statistics, result.forge
    people = [one for one in history.contributors if not one.bot]
    outside = [one for one in result.exam.questions if one.within_limits is False] if result.exam else None
    # Figures of a part of the history are none of the repository.
    whole = history.complete
    asked = forge.pull_requests if forge else None
    claims, ticks = standing.claims(result), standing.ticks(result)
    return {
        "people": history.people if whole else None,
        "pull_requests": (history.pull_requests if whole else None) if asked is None else asked,
        "commits": history.commits if whole else None,
        "commits_default_branch": history.commits_default_branch if whole else None,
        "message_length": history.average_message_length if whole else None,
        "message_length_default_branch": history.average_message_length_default_branch if whole else None,
        "latest_commit": history.last_commit_at.isoformat() if history.last_commit_at else None,
        "commits_by_person": " ".join(str(one.commits + one.merges) for one in people) if whole else None,
        "branches": len(history.branches) if whole else None,
        "active_days": history.active_days if whole else None,
        "python_files": statistics.python_files,
        "notebooks": statistics.notebooks,
        "dockerfiles": statistics.dockerfiles,
        "workflow_files": statistics.workflow_files,
        "declares_dependencies": bool(statistics.requirements),
        "has_cloud_build": bool(statistics.cloudbuild),
        "uses_dvc": statistics.dvc_used,
        "size_mb": round(statistics.size_bytes / _MB, 2),
        "readme_words": statistics.readme_words,
        "workflows_pass": forge.passing if forge else None,
        "answers_outside_limits": None if outside is None else len(outside),
        "secrets": len(grouped(result.findings)),
        "claims_supported": claims.supported if claims else None,
        "claims_contradicted": claims.fallen if claims else None,
        "claims_undetermined": claims.undetermined if claims else None,
        "ticks_supported": ticks.supported if ticks else None,
        "ticks_unsupported": ticks.fallen if ticks else None,
        "ticks_undetermined": ticks.undetermined if ticks else None,
        "ticks_forgotten": len(standing.forgotten_ticks(result)) if ticks else None,
    }
