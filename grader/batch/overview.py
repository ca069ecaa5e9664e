"""The overview of an output folder: every submission of its journal, whatever run graded it."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from grader import render
from grader.batch.journal import Journal, JournalRow
from grader.batch.reuse import kept_result
from grader.render.classwide.class_page import with_similar
from grader.results import Result
from grader.user_cache import exclusive

INDEX, SUMMARY, SIMILAR = "index.html", "summary.json", "similar.html"
_BRIGHTSPACE = "brightspace.csv"
#: The files of the overview.
FILES = (INDEX, "grades.csv", _BRIGHTSPACE, SUMMARY)
_LOCK = ".overview.lock"


def overview_lock(out: Path) -> AbstractContextManager[None]:
    """Keep others from writing the overview for the block: what is read in it stands until it is written."""
    return exclusive(out / _LOCK)


def folder_of(out: Path, name: str) -> Path:
    """Return the folder of a submission's reports."""
    return out / "submissions" / name


def write_overview(journal: Journal, out: Path, reports: Path) -> dict[str, Result | str]:
    """Write the overview's files; return each row's result, or why there is none, by its key.

    One run after the other: what is read of the journal is written before another one reads it, so the last has all.
    """
    with overview_lock(out):
        entries = journal.entries()
        found = {entry.key: _outcome(entry, out) for entry in entries}
        results = [outcome for outcome in found.values() if isinstance(outcome, Result)]
        ungraded = [
            render.Ungraded(id=entry.id, source=entry.source, reason=why)
            for entry in entries
            if isinstance(why := found[entry.key], str)
        ]
        write_files(out, results, ungraded, reports)
    return found


def write_files(
    out: Path,
    results: Sequence[Result],
    ungraded: Sequence[render.Ungraded],
    reports: Path,
    *,
    strangers: Sequence[str] = (),
) -> None:
    """Write the files of the overview, `brightspace.csv` only where accounts are known. Hold `overview_lock`.

    `strangers` are overrides of groups that are not here.
    """
    page = render.render_index(
        results,
        reports=reports,
        ungraded=ungraded,
        strangers=strangers,
        remarks=same_commits(results),
        similar=(out / SIMILAR).is_file(),
    )
    render.write_text(out / INDEX, page)
    render.write_text(out / "grades.csv", render.render_csv(results, reports=reports, ungraded=ungraded))
    imported = render.render_brightspace(results)
    if imported:
        render.write_text(out / _BRIGHTSPACE, imported)
    else:
        # One of an earlier run, with names or without a group list, is not of this class.
        with contextlib.suppress(OSError):
            (out / _BRIGHTSPACE).unlink(missing_ok=True)
    render.write_text(out / SUMMARY, render.render_summary(results, ungraded))


def link_similar(out: Path) -> None:
    """Let an overview that was written before `similar.html` lead there, as it will when it is written again."""
    with overview_lock(out):
        written = (out / INDEX).read_text(encoding="utf-8")
        render.write_text(out / INDEX, with_similar(written))


def same_commits(results: Sequence[Result]) -> list[str]:
    """Name the submissions that are one commit: one repository in two rows, under two addresses, or a copy."""
    by_commit: dict[str, list[str]] = {}
    for result in results:
        by_commit.setdefault(result.submission.commit, []).append(result.submission.id)
    return [
        f"{', '.join(names[:-1])} and {names[-1]} are one commit, {commit[:10]}."
        for commit, names in by_commit.items()
        if commit and len(names) > 1
    ]


def _outcome(entry: JournalRow, out: Path) -> Result | str:
    if entry.status == "ungraded":
        return entry.reason
    if entry.status == "planned":
        return (
            "It is being graded." if entry.run is not None else "It was not graded yet: the run was stopped."
        )
    result = kept_result(entry.made, folder_of(out, entry.id))
    if result is None:
        return "Its result is gone, or was changed since: grade it again."
    # No overview reads the inventory, and those of a class would fill the memory.
    return result.model_copy(update={"inventory": None})
