"""Choose the commit that a deadline leaves: the last one of the default branch at or before a moment.

git knows no push: a commit has the date that its committer's clock, or the committer, gave it. What was fetched before the
deadline was there before it, by our own clock; what the forge saw pushed, by the forge's. All else is a claim, and says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from grader.errors import SourceError, UsageError
from grader.results import DeadlineInfo
from grader.submission.git import Git

#: Maximum commits looked at, along the first parents and after the deadline.
_COMMITS = 50_000
_BYTES = 64 * 1024**2
_HOUR = re.compile(r"[T ]\d{1,2}:\d{2}")
_EXAMPLE = "Write it as 2026-01-23T23:59+01:00."


@dataclass(frozen=True, kw_only=True)
class PushedTip:
    """What the forge says of the default branch at a deadline: the commit that it had then, and when that was pushed."""

    sha: str
    at: datetime


def read_deadline(text: str) -> datetime:
    """Return the moment that an option names.

    Raises:
        UsageError: it is no date with a time of day and a zone.
    """
    try:
        found = datetime.fromisoformat(text.strip())
        found.astimezone(UTC)
    except (ValueError, OverflowError):
        raise UsageError(f"--deadline: {text!r} is no date and time.", _EXAMPLE) from None
    if not _HOUR.search(text):
        raise UsageError(f"--deadline: {text!r} has no time of day.", _EXAMPLE)
    if found.tzinfo is None:
        why = "the same clock time is another moment elsewhere"
        raise UsageError(f"--deadline: {text!r} has no time zone, and {why}.", _EXAMPLE)
    return found


@dataclass(frozen=True, kw_only=True)
class LeftCommit:
    """The commit that a deadline left, and how it was found."""

    commit: str
    info: DeadlineInfo


def commit_at(
    git: Git,
    text: str,
    tip: str,
    deadline: datetime,
    *,
    branch: str,
    fetched_at: datetime,
    pushed: PushedTip | None = None,
) -> LeftCommit:
    """Return the last commit of a branch at or before a deadline, along its first parents: what the branch itself was.

    Args:
        git: has the repository.
        text: its name, for messages.
        tip: what the branch is now.
        deadline: the moment, with its zone.
        branch: the name of the branch.
        fetched_at: when it was fetched: a fetch at or before the deadline proves more than any date.
        pushed: what the forge says that the branch was then.

    Raises:
        SourceError: no commit is at or before the deadline.
    """
    line = _first_parents(git, tip)
    said = _moment(deadline)
    if fetched_at <= deadline:
        why = f"It was fetched before the deadline ({said}), by our clock."
        info = DeadlineInfo(at=_utc(deadline), decided_by="fetched", why=why, branch=branch)
        return LeftCommit(commit=tip, info=info)
    doubts = _doubts(line, fetched_at)
    if pushed is not None:
        if git.attempt("cat-file", "-t", pushed.sha) == "commit":
            why = f"The forge saw it pushed at {_moment(pushed.at)}, the last push until {said}."
            return _left(git, pushed.sha, tip, deadline, branch, "pushed", why, doubts)
        doubts = [
            f"The forge says that commit {pushed.sha[:10]} was the last one pushed in time, and it is gone: "
            "the history was rewritten since.",
            *doubts,
        ]
    chosen = next((sha for sha, when in line if when <= deadline), None)
    if chosen is None:
        first = f"the first is of {_moment(line[-1][1])}" if line else "its commits cannot be read"
        raise SourceError(
            f"{text} has no commit on {branch or 'its default branch'!r} at or before the deadline, {said}: {first}.",
            "If a date is wrong, name the commit in the group list, or grade without --deadline.",
        )
    why = f"By the date that its committer gave it, the last one until {said}. Nobody vouches for that date."
    return _left(git, chosen, tip, deadline, branch, "committer", why, doubts)


def _left(
    git: Git,
    chosen: str,
    tip: str,
    deadline: datetime,
    branch: str,
    decided_by: str,
    why: str,
    doubts: list[str],
) -> LeftCommit:
    dates = [when for _, when in _log(git, f"{chosen}..{tip}")]
    after = [when for when in dates if when > deadline]
    early = len(dates) - len(after)
    if early:
        doubts = [
            f"{_commits(early)} not in what was graded {'claims' if early == 1 else 'claim'} a date before the "
            "deadline: merged or pushed after it, or dated back.",
            *doubts,
        ]
    shown = after or dates
    return LeftCommit(
        commit=chosen,
        info=DeadlineInfo.model_validate(
            {
                "at": _utc(deadline),
                "decided_by": decided_by,
                "why": why,
                "branch": branch,
                "later": len(dates),
                "later_from": _utc(min(shown)) if shown else None,
                "later_until": _utc(max(shown)) if shown else None,
                "notes": tuple(doubts),
            }
        ),
    )


def _doubts(line: list[tuple[str, datetime]], fetched_at: datetime) -> list[str]:
    """Name dates that cannot be: a commit that is older than its parent, or that is of the future."""
    doubts = []
    back = [(parent[1] - child[1], child[0]) for child, parent in pairwise(line) if child[1] < parent[1]]
    if back:
        most, sha = max(back)
        doubts.append(
            f"Committer dates go back along the branch, {_times(len(back))}: commit {sha[:10]} claims to be "
            f"{_span(most)} older than its parent. A clock was wrong, or dates were rewritten."
        )
    future = [sha for sha, when in line if when > fetched_at + timedelta(minutes=5)]
    if future:
        doubts.append(
            f"{_commits(len(future))} {'claims' if len(future) == 1 else 'claim'} a date after the fetch, {future[0][:10]} "
            "the newest: a clock was wrong, or dates were rewritten."
        )
    return doubts


def _first_parents(git: Git, tip: str) -> list[tuple[str, datetime]]:
    return _log(git, "--first-parent", tip)


def _log(git: Git, *revisions: str) -> list[tuple[str, datetime]]:
    """Return commits and their committers' dates, newest first."""
    output = git.run("log", "-n", str(_COMMITS), "--format=%H %ct", *revisions, "--", max_bytes=_BYTES)
    found = []
    for line in output.decode("ascii", "replace").splitlines():
        sha, _, seconds = line.partition(" ")
        found.append((sha, _at(seconds)))
    return found


def _at(seconds: str) -> datetime:
    """Return a moment; a date that no calendar has is the first one."""
    try:
        return datetime.fromtimestamp(int(seconds), UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(0, UTC)


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


def _moment(moment: datetime) -> str:
    return moment.isoformat(sep=" ", timespec="minutes")


def _commits(number: int) -> str:
    return "1 commit" if number == 1 else f"{number} commits"


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number} times"


def _span(span: timedelta) -> str:
    seconds = int(span.total_seconds())
    for size, word in ((86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second")):
        if seconds >= size:
            number = seconds // size
            return f"{number} {word}{'' if number == 1 else 's'}"
    return "0 seconds"
