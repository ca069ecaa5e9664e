"""The git history of a submission as the engine read it: commits, branches, merges and authors."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from grader.repository.faults import NotRead
from grader.repository.history.people import Person, same_people

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: The id of no files, by its length: SHA-1 and SHA-256.
_NO_FILES = {
    40: "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
    64: "6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321",
}


@dataclass(frozen=True)
class Commit:
    """One commit. Dates come from the committer's clock, so nothing here proves when work was pushed.

    `tree` is the id of its files, all of them: two commits with one id have the same files. Empty if it is not known.
    """

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
    tree: str = ""

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
    """A person with all names and addresses under which they committed, or were named as co-author.

    `commits` excludes merges and commits of others; both are 0 for a person who is only named.
    """

    name: str
    names: tuple[str, ...]
    emails: tuple[str, ...]
    commits: int
    merges: int

    @property
    def is_bot(self) -> bool:
        """Whether it is a bot: dependabot, github-actions, …"""
        return any(Person(name=text, email=text).is_bot for text in (*self.names, *self.emails))


class History:
    """Commits newest first, branches, merges and authors.

    If a part of the history was not read (`gaps`: a shallow clone), attributes about all commits end the check as not
    applicable, so that a part is not judged as the whole. `seen` has the commits that were read, for a check that
    only searches for something present.
    """

    def __init__(
        self,
        commits: Iterable[Mapping[str, Any]],
        branches: Iterable[Mapping[str, Any]],
        gaps: Iterable[str] = (),
    ) -> None:
        self.seen = tuple(_commit(item) for item in commits)
        self.gaps = tuple(map(str, gaps))
        self.branches = tuple(
            Branch(str(item.get("name", "")), str(item.get("sha", ""))) for item in branches
        )

    @property
    def complete(self) -> bool:
        """Whether every commit was read."""
        return not self.gaps

    def require_complete(self) -> None:
        """End the check as not applicable if a part of the history was not read."""
        if self.gaps:
            raise NotRead(f"It judges the whole history. {' '.join(self.gaps)}")

    @property
    def commits(self) -> tuple[Commit, ...]:
        """Every commit, newest first; ends the check if some were not read."""
        self.require_complete()
        return self.seen

    @property
    def merges(self) -> tuple[Commit, ...]:
        """Commits with more than one parent."""
        return tuple(commit for commit in self.commits if commit.is_merge)

    @property
    def on_default(self) -> tuple[Commit, ...]:
        """Commits on the default branch."""
        return tuple(commit for commit in self.commits if commit.on_default)

    def changes(self, commit: Commit) -> bool:
        """Return whether the files of a commit differ from those of its first parent, or may: what was not read is in doubt.

        Example:
            assert any(map(submission.history.changes, submission.history.commits)), "Every commit is empty."
        """
        before = self._trees.get(commit.parents[0]) if commit.parents else _NO_FILES.get(len(commit.tree))
        return not commit.tree or commit.tree != before

    def joins(self, commit: Commit) -> bool:
        """Return whether a merge has something of each side, or may: its files are those of none of its parents."""
        sides = {self._trees.get(parent) for parent in commit.parents}
        return commit.is_merge and (not commit.tree or commit.tree not in sides)

    @cached_property
    def _trees(self) -> dict[str, str]:
        return {commit.sha: commit.tree for commit in self.seen}

    def with_message(self, pattern: str) -> list[Commit]:
        """Return the commits whose subject or body matches a regular expression, ignoring case."""
        wanted = re.compile(pattern, re.IGNORECASE)
        return [commit for commit in self.commits if wanted.search(commit.message)]

    @property
    def average_message_length(self) -> float:
        """Mean characters of a message (subject and body), without merges; 0 without commits."""
        lengths = [len(commit.message) for commit in self.commits if not commit.is_merge]
        return sum(lengths) / len(lengths) if lengths else 0.0

    @property
    def authors(self) -> tuple[Author, ...]:
        """Authors of commits, most commits first; the identities of one person are merged."""
        return tuple(one for one in self._everybody if one.commits or one.merges)

    @property
    def people(self) -> tuple[Author, ...]:
        """Authors and co-authors, without bots and without commits that have no name."""
        return tuple(one for one in self._everybody if not one.is_bot and any((*one.names, *one.emails)))

    @cached_property
    def _everybody(self) -> tuple[Author, ...]:
        people = {person for commit in self.commits for person in (commit.author, *commit.co_authors)}
        ordered = sorted(people, key=lambda person: (person.name, person.email))
        group = dict(same_people([person for person in ordered if not person.is_bot]))
        group |= same_people([person for person in ordered if person.is_bot])
        members: dict[Person, tuple[list[Commit], dict[Person, None]]] = {}
        for commit in self.commits:
            commits, identities = members.setdefault(group[commit.author], ([], {}))
            commits.append(commit)
            identities[commit.author] = None
        for commit in self.commits:
            for person in commit.co_authors:
                members.setdefault(group[person], ([], {}))[1][person] = None
        authors = [_author(commits, list(identities)) for commits, identities in members.values()]
        return tuple(sorted(authors, key=lambda author: (-author.commits, -author.merges, author.name)))


def _author(commits: list[Commit], identities: list[Person]) -> Author:
    names = tuple(dict.fromkeys(person.name for person in identities))
    emails = tuple(dict.fromkeys(person.email for person in identities))
    merges = sum(commit.is_merge for commit in commits)
    return Author(names[0] if names else "", names, emails, len(commits) - merges, merges)


def _person(data: Any) -> Person:
    data = data if isinstance(data, Mapping) else {}
    return Person(name=str(data.get("name", "")), email=str(data.get("email", "")))


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
        tree=str(data.get("tree", "")),
    )
