"""The questions to GitHub's API, and what becomes of the answers."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from grader.forge.client import Access, Client, Unanswered
from grader.repository.history.people import Person
from grader.results import Forge, WorkflowRun

#: Seconds for all questions about one repository.
DEADLINE_S = 60.0
_PAGE = 100
_PAGES = 10
#: Pull requests whose reviews are asked for, one request each, newest first.
_REVIEWED = 100
_RUNS = 50
_TEXT = 200

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}/[A-Za-z0-9._-]{1,100}")
_SCP = re.compile(r"(?:[\w.-]+@)?(?P<host>[A-Za-z0-9.-]+):(?P<path>[^\s:]+)")
_PASSED = {"success", "skipped", "neutral"}


def ask_forge(
    access: Access, source: str, commit: str, *, repository: str = "", deadline_s: float = DEADLINE_S
) -> Forge:
    """Ask the forge about a repository, as far as it answers; never raise.

    Args:
        access: where and with what.
        source: what was graded: an address on that forge, or `owner/name`.
        commit: whose workflow runs are wanted.
        repository: `owner/name`, where the source is a folder.
        deadline_s: wall seconds for everything.
    """
    asked_at = datetime.now(UTC)
    name = repository or repository_of(source, access.url)
    if not _NAME.fullmatch(name) or ".." in name:
        note = (
            "The forge was not asked: the source names no repository on it. Name it with --forge-repository."
        )
        return Forge(url=access.url, asked_at=asked_at, notes=(note,))
    found: dict[str, Any] = {}
    notes: list[str] = []
    until = time.monotonic() + deadline_s
    # A server that sends a byte now and then outlasts every other limit.
    asking = threading.Thread(target=_ask, args=(access, name, commit, until, found, notes), daemon=True)
    asking.start()
    asking.join(deadline_s)
    if asking.is_alive():
        notes = [*notes, f"The forge took longer than {deadline_s:g} s: the rest was not asked."]
    return Forge(url=access.url, repository=name, asked_at=asked_at, notes=tuple(notes), **dict(found))


def repository_of(source: str, api: str) -> str:
    """Return `owner/name` of a source on the forge whose API is at `api`, or nothing where it lies elsewhere."""
    if _NAME.fullmatch(source):
        return source.removesuffix(".git")
    try:
        host, path = urlsplit(source).hostname or "", urlsplit(source).path
    except ValueError:
        return ""
    if "://" not in source and (found := _SCP.fullmatch(source)):
        host, path = found["host"], found["path"]
    theirs = urlsplit(api).hostname or ""
    if host.lower() not in {theirs, theirs.removeprefix("api.")}:
        return ""
    return path.strip("/").removesuffix(".git")


def _ask(
    access: Access, name: str, commit: str, until: float, found: dict[str, Any], notes: list[str]
) -> None:
    with Client(access, until=until) as client:
        questions = _Questions(client, f"/repos/{name}", commit)
        for about, question in (
            ("Workflow runs", questions.runs),
            ("Contributors", questions.contributors),
            ("Pull requests", questions.pull_requests),
            ("Reviews", questions.reviews),
        ):
            try:
                found.update(question())
            except Unanswered as problem:
                notes.append(f"{about} of the forge are not known: {problem.why}.")
                if problem.final:
                    return


class _Questions:
    """The questions about one repository; each answer is fields of `Forge`, or raises Unanswered."""

    def __init__(self, client: Client, path: str, commit: str) -> None:
        self._client = client
        self._path = path
        self._commit = commit
        self._pulls: list[dict[str, Any]] = []

    def runs(self) -> dict[str, Any]:
        """Return the newest run of each workflow at the commit."""
        if not re.fullmatch(r"[0-9a-f]{40}(?:[0-9a-f]{24})?", self._commit):
            raise Unanswered("there is no commit")
        answer = self._client.get(f"{self._path}/actions/runs", head_sha=self._commit, per_page=_PAGE)
        newest: dict[tuple[str, str], dict[str, Any]] = {}
        for run in _objects(answer.get("workflow_runs") if isinstance(answer, dict) else None):
            key = (str(run.get("workflow_id")), str(run.get("event")))
            if key not in newest or _number(run, "run_number") > _number(newest[key], "run_number"):
                newest[key] = run
        runs = [
            WorkflowRun(
                name=_text(run, "name"),
                event=_text(run, "event"),
                conclusion=_text(run, "conclusion") if run.get("status") == "completed" else "",
            )
            for run in newest.values()
        ]
        runs.sort(key=lambda run: (run.name, run.event))
        return {"runs": tuple(runs[:_RUNS]), "passing": _passing(runs)}

    def contributors(self) -> dict[str, Any]:
        """Return how many accounts have commits on the default branch."""
        people = [one for one in _pages(self._client, f"{self._path}/contributors") if not _is_bot(one)]
        return {"contributors": len(people)}

    def pull_requests(self) -> dict[str, Any]:
        """Count the pull requests of people and of bots, and the merged ones."""
        pulls = list(_pages(self._client, f"{self._path}/pulls", state="all"))
        self._pulls = [pull for pull in pulls if not _is_bot(pull.get("user"))]
        return {
            "pull_requests": len(self._pulls),
            "pull_requests_by_bots": len(pulls) - len(self._pulls),
            "merged": sum(bool(pull.get("merged_at")) for pull in self._pulls),
        }

    def reviews(self) -> dict[str, Any]:
        """Return how many pull requests somebody else than their author, and no bot, has reviewed."""
        if len(self._pulls) > _REVIEWED:
            raise Unanswered(f"there are more than {_REVIEWED} pull requests, and each takes a question")
        return {"reviewed": sum(self._is_reviewed(pull) for pull in self._pulls)}

    def _is_reviewed(self, pull: dict[str, Any]) -> bool:
        author = _login(pull.get("user"))
        path = f"{self._path}/pulls/{_number(pull, 'number')}/reviews"
        reviewers = [review.get("user") for review in _objects(self._client.get(path, per_page=_PAGE))]
        return any(not _is_bot(user) and _login(user) not in {"", author} for user in reviewers)


def _passing(runs: Sequence[WorkflowRun]) -> bool | None:
    """Return whether all runs passed, or None if there is none or one is under way: no run is no success."""
    if any(run.conclusion not in {*_PASSED, ""} for run in runs):
        return False
    if not any(run.conclusion == "success" for run in runs) or any(not run.conclusion for run in runs):
        return None
    return True


def _pages(client: Client, path: str, **query: str) -> Iterator[dict[str, Any]]:
    for page in range(1, _PAGES + 1):
        answer = client.get(path, per_page=_PAGE, page=page, **query)
        yield from _objects(answer)
        if not isinstance(answer, list) or len(answer) < _PAGE:
            return


def _objects(answer: Any) -> list[dict[str, Any]]:
    if not isinstance(answer, list):
        raise Unanswered("its answer has another form than expected")
    return [item for item in answer if isinstance(item, dict)]


def _is_bot(user: Any) -> bool:
    login = _login(user)
    return isinstance(user, dict) and (user.get("type") == "Bot" or Person(name=login, email="").is_bot)


def _login(user: Any) -> str:
    return _text(user, "login") if isinstance(user, dict) else ""


def _text(data: dict[str, Any], key: str) -> str:
    value = data.get(key)
    return value[:_TEXT] if isinstance(value, str) else ""


def _number(data: dict[str, Any], key: str) -> int:
    value = data.get(key)
    return value if isinstance(value, int) and 0 <= value < 10**9 else 0
