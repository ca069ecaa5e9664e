"""The figures of a repository under the names that the course's own overview gives them, so that it can be replaced."""

from __future__ import annotations

from grader.render import claim_summary as standing
from grader.render.findings import grouped
from grader.results import Result

#: A number, a truth value, a text; None is not known.
Figure = float | int | bool | str | None

_MB = 1_000_000


def figures(result: Result) -> dict[str, Figure]:
    """Return the figures of one submission, in the order of FIGURES.

    `num_prs` and `actions_passing` are the forge's where it was asked; else pull requests are those that messages name, and
    whether workflows pass is not known. `repo_size` is in megabytes, message lengths in characters, `latest_commit` in ISO 8601,
    `contributions_per_contributor` the commits and merges of each person, most first. Bots, untouched template files and
    vendored folders are left out. Claims are known where there is an exam report, ticks where there is a checklist.
    """
    history, statistics, forge = result.history, result.statistics, result.forge
    people = [one for one in history.contributors if not one.bot]
    outside = [one for one in result.exam.questions if one.within_limits is False] if result.exam else None
    # Figures of a part of the history are none of the repository.
    whole = history.complete
    asked = forge.pull_requests if forge else None
    claims, ticks = standing.claims(result), standing.ticks(result)
    return {
        "num_contributors": history.people if whole else None,
        "num_prs": (history.pull_requests if whole else None) if asked is None else asked,
        "num_commits_to_main": history.commits_default_branch if whole else None,
        "average_commit_length_to_main": history.average_message_length_default_branch if whole else None,
        "latest_commit": history.last_commit_at.isoformat() if history.last_commit_at else None,
        "average_commit_length": history.average_message_length if whole else None,
        "contributions_per_contributor": " ".join(str(one.commits + one.merges) for one in people)
        if whole
        else None,
        "total_commits": history.commits if whole else None,
        "num_branches": len(history.branches) if whole else None,
        "active_days": history.active_days if whole else None,
        "num_docker_files": statistics.dockerfiles,
        "num_python_files": statistics.python_files,
        "num_workflow_files": statistics.workflow_files,
        "has_requirements_file": bool(statistics.requirements),
        "has_cloudbuild": bool(statistics.cloudbuild),
        "using_dvc": statistics.dvc_used,
        "repo_size": round(statistics.size_bytes / _MB, 2),
        "readme_length": statistics.readme_words,
        "actions_passing": forge.passing if forge else None,
        "num_warnings": None if outside is None else len(outside),
        "committed_secrets": len(grouped(result.findings)),
        "claims_supported": claims.supported if claims else None,
        "claims_contradicted": claims.fallen if claims else None,
        "claims_undetermined": claims.undetermined if claims else None,
        "ticks_supported": ticks.supported if ticks else None,
        "ticks_unsupported": ticks.fallen if ticks else None,
        "ticks_undetermined": ticks.undetermined if ticks else None,
        "ticks_forgotten": len(standing.forgotten_ticks(result)) if ticks else None,
    }


#: The names of the figures, in order.
FIGURES = (
    *("num_contributors", "num_prs", "num_commits_to_main", "average_commit_length_to_main", "latest_commit"),
    *(
        "average_commit_length",
        "contributions_per_contributor",
        "total_commits",
        "num_branches",
        "active_days",
    ),
    *(
        "num_docker_files",
        "num_python_files",
        "num_workflow_files",
        "has_requirements_file",
        "has_cloudbuild",
    ),
    *("using_dvc", "repo_size", "readme_length", "actions_passing", "num_warnings", "committed_secrets"),
    *("claims_supported", "claims_contradicted", "claims_undetermined"),
    *("ticks_supported", "ticks_unsupported", "ticks_undetermined", "ticks_forgotten"),
)
