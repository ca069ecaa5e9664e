"""The git history of a submission as the engine read it: commits, branches, merges and who wrote them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Person:
    """A name and an e-mail address, as a commit gives them."""

    name: str
    email: str


@dataclass(frozen=True)
class Commit:
    """One commit. Dates are the committer's own clock: nothing here proves when work was pushed."""

    sha: str
    parents: tuple[str, ...]
    author: Person
    committer: Person
    co_authors: tuple[Person, ...]
    authored_at: datetime
    committed_at: datetime
    subject: str
    body: str
    on_default: bool

    @property
    def is_merge(self) -> bool:
        """Whether it has more than one parent."""
        return len(self.parents) > 1

    @property
    def message(self) -> str:
        """Subject and body."""
        return f"{self.subject}\n\n{self.body}".strip()


@dataclass(frozen=True)
class Branch:
    """A branch and the commit at its tip."""

    name: str
    sha: str


@dataclass(frozen=True)
class Author:
    """A person with all names and addresses under which they committed; `commits` leaves merges out."""

    name: str
    names: tuple[str, ...]
    emails: tuple[str, ...]
    commits: int
    merges: int

    @property
    def is_bot(self) -> bool:
        """Whether it is a program: dependabot, github-actions, …"""
        return any("[bot]" in text for text in (*self.names, *self.emails))


class History:
    """Commits newest first, branches, merges and authors."""

    def __init__(self, commits: Iterable[Mapping[str, Any]], branches: Iterable[Mapping[str, Any]]) -> None:
        self.commits = tuple(_commit(item) for item in commits)
        self.branches = tuple(
            Branch(str(item.get("name", "")), str(item.get("sha", ""))) for item in branches
        )

    @property
    def merges(self) -> tuple[Commit, ...]:
        """Commits with more than one parent."""
        return tuple(commit for commit in self.commits if commit.is_merge)

    @property
    def on_default(self) -> tuple[Commit, ...]:
        """Commits that the default branch holds."""
        return tuple(commit for commit in self.commits if commit.on_default)

    def with_message(self, pattern: str) -> list[Commit]:
        """Commits whose subject or body holds a regular expression, whatever its case."""
        wanted = re.compile(pattern, re.IGNORECASE)
        return [commit for commit in self.commits if wanted.search(commit.message)]

    @property
    def average_message_length(self) -> float:
        """Characters of a message (subject and body), merges apart; 0 without commits."""
        lengths = [len(commit.message) for commit in self.commits if not commit.is_merge]
        return sum(lengths) / len(lengths) if lengths else 0.0

    @cached_property
    def authors(self) -> tuple[Author, ...]:
        """Authors, most commits first: two of the same address, or of the same name, are one."""
        group: dict[str, str] = {}

        def root(key: str) -> str:
            while group.setdefault(key, key) != key:
                group[key] = group[group[key]]
                key = group[key]
            return key

        for commit in self.commits:
            first, second = _keys(commit.author)
            group[root(second)] = root(first)
        members: dict[str, list[Commit]] = {}
        for commit in self.commits:
            members.setdefault(root(_keys(commit.author)[0]), []).append(commit)
        authors = [_author(commits) for commits in members.values()]
        return tuple(sorted(authors, key=lambda author: (-author.commits, -author.merges, author.name)))


def _keys(person: Person) -> tuple[str, str]:
    email, name = person.email.strip().casefold(), " ".join(person.name.split()).casefold()
    by_email, by_name = f"e:{email}", f"n:{name}"
    return by_email if email else by_name, by_name if name else by_email


def _author(commits: list[Commit]) -> Author:
    names = tuple(dict.fromkeys(commit.author.name for commit in commits))
    emails = tuple(dict.fromkeys(commit.author.email for commit in commits))
    merges = sum(commit.is_merge for commit in commits)
    return Author(names[0] if names else "", names, emails, len(commits) - merges, merges)


def _person(data: Any) -> Person:
    data = data if isinstance(data, Mapping) else {}
    return Person(str(data.get("name", "")), str(data.get("email", "")))


def _time(text: Any) -> datetime:
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return _EPOCH
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _commit(data: Mapping[str, Any]) -> Commit:
    return Commit(
        sha=str(data.get("sha", "")),
        parents=tuple(map(str, data.get("parents") or ())),
        author=_person(data.get("author")),
        committer=_person(data.get("committer")),
        co_authors=tuple(_person(item) for item in data.get("co_authors") or ()),
        authored_at=_time(data.get("authored_at")),
        committed_at=_time(data.get("committed_at")),
        subject=str(data.get("subject", "")),
        body=str(data.get("body", "")),
        on_default=bool(data.get("on_default", True)),
    )
