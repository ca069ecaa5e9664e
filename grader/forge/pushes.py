"""When a branch was pushed: what the forge saw, which no committer can date back."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from datetime import datetime

from grader.forge.client import Access, Client, Unanswered
from grader.forge.github import repository_of

#: Seconds for the question, and how many of the newest pushes to a branch are looked through.
_ASK_S, _PUSHES = 30.0, 100
_SHA = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


@dataclass(frozen=True, kw_only=True)
class Push:
    """What a branch became, and when the forge saw it."""

    sha: str
    at: datetime


def pushed_until(
    access: Access, source: str, branch: str, deadline: datetime, *, repository: str = ""
) -> Push | None:
    """Return the last push to a branch at or before a deadline; None where the forge does not say."""
    name = repository or repository_of(source, access.url)
    if not name or not branch:
        return None
    try:
        with Client(access, until=time.monotonic() + _ASK_S) as client:
            # https://docs.github.com/en/rest/repos/repos#list-repository-activities: newest first.
            answer = client.get(f"/repos/{name}/activity", ref=f"refs/heads/{branch}", per_page=_PUSHES)
    except Unanswered:
        return None
    for one in answer if isinstance(answer, list) else ():
        if not isinstance(one, dict) or one.get("ref") != f"refs/heads/{branch}":
            continue
        sha, moment = one.get("after"), _moment(one.get("timestamp"))
        if moment is None or moment > deadline:
            continue
        # The branch was gone then, where there are only zeros.
        there = isinstance(sha, str) and _SHA.fullmatch(sha) and sha.strip("0")
        return Push(sha=str(sha), at=moment) if there else None
    return None


def _moment(text: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None
