"""What git's history says: commits as plain data, and the figures of `History`."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any

from grader.results import Contributor, History
from grader.settings import SubmissionLimits
from grader.submission.git import Git, GitFailed

ACTIVITY_DAYS = 120
_BODY_BYTES = 2 * 1024
_NAME = 200
_FIELDS = ("%H", "%P", "%aN", "%aE", "%aI", "%cN", "%cE", "%cI", "%B")
_FORMAT = "--format=tformat:" + "%x00".join(_FIELDS)
_OUTPUT_BYTES = 64 * 1024**2
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CO_AUTHOR = re.compile(
    r"^co-authored-by:[ \t]*([^<\n]{0,200}?)[ \t]*<([^>\n]{0,200})>", re.IGNORECASE | re.MULTILINE
)
_NOREPLY = re.compile(r"(?:\d+\+)?([a-z0-9-]+(?:\[bot\])?)@users\.noreply\.github\.com", re.IGNORECASE)
#: Addresses and names that are everybody's.
_SHARED_HOSTS = ("@localhost", "@localhost.localdomain", "@example.com", ".local")
_SHARED_NAMES = {"root", "user", "admin", "student", "unknown", "yourname", "ubuntu", "vscode"}


@dataclass(frozen=True, kw_only=True)
class Person:
    """A name and an address, as a commit gives them."""

    name: str
    email: str

    def as_data(self) -> dict[str, str]:
        """As plain JSON data."""
        return {"name": self.name, "email": self.email}


@dataclass(frozen=True, kw_only=True)
class Commit:
    """One commit; times carry the offset of their author's own clock."""

    sha: str
    parents: tuple[str, ...]
    author: Person
    committer: Person
    co_authors: tuple[Person, ...]
    authored_at: datetime
    committed_at: datetime
    message: str
    on_default: bool

    def as_data(self) -> dict[str, Any]:
        """As plain JSON data: what suites see as `submission.history`."""
        subject, _, body = self.message.partition("\n")
        return {
            "sha": self.sha,
            "parents": list(self.parents),
            "author": self.author.as_data(),
            "committer": self.committer.as_data(),
            "co_authors": [person.as_data() for person in self.co_authors],
            "authored_at": self.authored_at.isoformat(),
            "committed_at": self.committed_at.isoformat(),
            "subject": _cut(subject, _BODY_BYTES),
            "body": _cut(body.strip("\n"), _BODY_BYTES),
            "on_default": self.on_default,
        }


def read_commits(
    git: Git, *, revisions: Sequence[str], default: str, limits: SubmissionLimits
) -> tuple[list[Commit], list[str]]:
    """The commits that `revisions` (as `git log` takes them) reach, newest first, and what a reader should
    know of gaps.

    `default` is the id of the default branch's tip; the names of authors are those of the repository's
    `.mailmap`.
    """
    notes: list[str] = []
    reached = _split(git, ("rev-list", "-n", str(limits.commits), default, "--"), b"\n", notes)
    on_default = {line.decode() for line in reached}
    arguments = (
        "log",
        "--date-order",
        "-z",
        _FORMAT,
        "-n",
        str(limits.commits),
        "--no-show-signature",
        *revisions,
        "--",
    )
    fields = iter(_split(git, arguments, b"\0", notes))
    commits = []
    while len(record := list(islice(fields, len(_FIELDS)))) == len(_FIELDS):
        commits.append(_commit(record, on_default))
    if len(commits) >= limits.commits:
        notes.append(f"Only the newest {limits.commits} commits were read.")
    return commits, list(dict.fromkeys(notes))


def summarize(commits: Sequence[Commit], branches: Iterable[str]) -> History:
    """The figures of a history. Dates are the committers' own clocks: nothing here proves when work was
    pushed.
    """
    if not commits:
        return History(branches=tuple(branches))
    merges = sum(len(commit.parents) > 1 for commit in commits)
    authored = sorted(commit.authored_at for commit in commits)
    start, activity = _activity([commit.authored_at for commit in commits])
    return History(
        commits=len(commits),
        commits_default_branch=sum(commit.on_default for commit in commits),
        merges=merges,
        branches=tuple(branches),
        contributors=_contributors(commits),
        first_commit_at=authored[0].astimezone(UTC),
        last_commit_at=authored[-1].astimezone(UTC),
        active_days=len({commit.authored_at.date() for commit in commits}),
        average_message_length=round(sum(len(commit.message) for commit in commits) / len(commits), 2),
        activity_start=start.isoformat(),
        activity=activity,
    )


def _split(git: Git, arguments: tuple[str, ...], separator: bytes, notes: list[str]) -> list[bytes]:
    with git.start(*arguments) as running:
        output = running.stdout.read(_OUTPUT_BYTES)
        if len(output) == _OUTPUT_BYTES:
            notes.append("The history is too large to be read whole.")
        else:
            try:
                running.finish()
            except GitFailed as problem:
                notes.append(f"The history is damaged: {problem.detail}.")
    return output.split(separator)[:-1]


def _commit(record: list[bytes], on_default: set[str]) -> Commit:
    sha, parents, name, email, authored, committer, committer_email, committed, message = (
        value.decode("utf-8", "replace") for value in record
    )
    committed_at = _time(committed) or _time(authored) or _EPOCH
    message = message.strip("\n")
    return Commit(
        sha=sha,
        parents=tuple(parents.split()),
        author=Person(name=name[:_NAME], email=email[:_NAME]),
        committer=Person(name=committer[:_NAME], email=committer_email[:_NAME]),
        co_authors=tuple(Person(name=found[0], email=found[1]) for found in _CO_AUTHOR.findall(message)[:20]),
        authored_at=_time(authored) or committed_at,
        committed_at=committed_at,
        message=message,
        on_default=sha in on_default,
    )


def _time(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
        # A clock close to year 1 or 9999 cannot be told in UTC.
        found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return found if found.tzinfo else None


def _cut(text: str, max_bytes: int) -> str:
    data = text.encode("utf-8", "replace")
    return text if len(data) <= max_bytes else data[: max_bytes - 3].decode("utf-8", "ignore") + "…"


def _activity(times: Sequence[datetime]) -> tuple[date, tuple[tuple[int, ...], ...]]:
    days = sorted(moment.date() for moment in times)
    start = days[0]
    if (days[-1] - start).days >= ACTIVITY_DAYS:
        # One commit with a wrong clock must not hide the rest: the days that hold the most commits.
        start = max(sorted(set(days)), key=lambda day: _within(days, day))
    shown = min((days[-1] - start).days + 1, ACTIVITY_DAYS)
    rows = [[0] * 24 for _ in range(shown)]
    for moment in times:
        row = (moment.date() - start).days
        if 0 <= row < shown:
            rows[row][moment.hour] += 1
    return start, tuple(tuple(row) for row in rows)


def _within(days: Sequence[date], start: date) -> int:
    try:
        end = start + timedelta(days=ACTIVITY_DAYS - 1)
    except OverflowError:
        end = date.max
    return bisect_right(days, end) - bisect_left(days, start)


def _contributors(commits: Sequence[Commit]) -> tuple[Contributor, ...]:
    people = sorted(
        {person for commit in commits for person in (commit.author, *commit.co_authors)},
        key=lambda person: (person.name, person.email),
    )
    group = _same_people(people)
    written, merged, helped = Counter[Person](), Counter[Person](), Counter[Person]()
    names: dict[Person, Counter[str]] = {}
    for commit in commits:
        author = group[commit.author]
        (merged if len(commit.parents) > 1 else written)[author] += 1
        names.setdefault(author, Counter())[commit.author.name] += 1
        for person in {group[person] for person in commit.co_authors} - {author}:
            helped[person] += 1
        for person in commit.co_authors:
            names.setdefault(group[person], Counter())[person.name] += 0
    found = [
        Contributor(
            name=_best_name(counts) or "(no name)",
            commits=written[person],
            merges=merged[person],
            co_authored=helped[person],
        )
        for person, counts in names.items()
    ]
    return tuple(sorted(found, key=lambda one: (-one.commits, -one.merges, -one.co_authored, one.name)))


def _best_name(counts: Counter[str]) -> str:
    return min(counts, key=lambda name: (-counts[name], -len(name.split()), name))


def _same_people(people: Sequence[Person]) -> dict[Person, Person]:
    """Each identity's representative: those that share a key are one person."""
    logins = {login for person in people if (login := _login(person))}
    parent = {person: person for person in people}

    def root(person: Person) -> Person:
        while parent[person] != person:
            parent[person] = parent[parent[person]]
            person = parent[person]
        return person

    first: dict[str, Person] = {}
    for person in people:
        for key in _keys(person, logins):
            parent[root(person)] = root(first.setdefault(key, person))
    return {person: root(person) for person in people}


def _keys(person: Person, logins: set[str]) -> Iterable[str]:
    email, name = person.email.strip().lower(), _letters(person.name)
    if "@" in email and not email.endswith(_SHARED_HOSTS):
        yield f"email:{email}"
    if len(name) > 2 and name not in _SHARED_NAMES:
        yield f"name:{name}"
    if login := _login(person):
        yield f"name:{login}"
        yield f"login:{login}"
    elif (local := _letters(email.partition("@")[0])) in logins:
        # The same word before the `@` of two other addresses proves nothing.
        yield f"login:{local}"


def _login(person: Person) -> str:
    found = _NOREPLY.fullmatch(person.email.strip())
    return _letters(found[1]) if found else ""


def _letters(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(letter for letter in plain if letter.isalnum())
