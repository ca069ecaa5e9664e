"""What is to be said of where a report and its checklist were found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from grader.results import Box

_MOST_NAMED = 5


def on_place(reports: Sequence[str], boxes: Iterable[Box], expected: str) -> tuple[str, ...]:
    """Return sentences on a report in another place, a second report, and boxes that another file claims.

    Args:
        reports: the paths of all reports, the one that was read first.
        boxes: the checklist as judged.
        expected: where the course asks for the report.
    """
    said = []
    if reports and reports[0] != expected:
        said.append(f"The report is {reports[0]}; the course asks for {expected}.")
    if len(reports) > 1:
        said.append(f"Only {reports[0]} was read. Other files with the questions: {_named(reports[1:])}.")
    elsewhere: dict[str, list[str]] = {}
    for box in boxes:
        if box.claimed_in:
            elsewhere.setdefault(box.claimed_in, []).append(box.id)
    for path, ids in elsewhere.items():
        what = "which the list in the report lacks" if reports else "as there is no report"
        said.append(f"{len(ids)} boxes were read from {path}, {what}: {_named(ids)}.")
    return tuple(said)


def without_report(branch: str, others: int, expected: str) -> str:
    """Return what to say of a project where no report was found.

    Args:
        branch: what was graded; empty where it has no name.
        others: how many other branches there are.
        expected: where the course asks for the report.
    """
    where = f"on the branch {branch}" if branch else "in what was graded"
    unread = f" The other {others} branches were not looked into." if others > 1 else ""
    unread = unread or (" The other branch was not looked into." if others else "")
    return f"No exam report was found {where}: neither {expected} nor a Markdown file with its questions.{unread}"


def _named(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
