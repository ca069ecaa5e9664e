"""Read git's history: commits as plain data, and the figures of `HistoryFigures`."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any

from grader.repository.history.people import Person, same_people
from grader.results import Contributor, HistoryFigures
from grader.settings import SubmissionLimits
from grader.submission.git import Git, GitFailed

ACTIVITY_DAYS = 120
#: The contributor of commits whose author has no name, neither in git nor in `.mailmap`.
NO_NAME = "(no name)"
_BODY_BYTES = 2 * 1024
#: Maximum number of co-authors looked up in `.mailmap`, and number per command.
_MAPPED, _AT_ONCE = 2000, 100
_NAME = 200
_FIELDS = ("%H", "%T", "%P", "%aN", "%aE", "%aI", "%cN", "%cE", "%cI", "%B")
_FORMAT = "--format=tformat:" + "%x00".join(_FIELDS)
_OUTPUT_BYTES = 64 * 1024**2
_SHALLOW = (
    "The clone is shallow: its older history is not there. `git fetch --unshallow` gets it; in CI, check out with "
    "`fetch-depth: 0`."
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CO_AUTHOR = re.compile(
    r"^co-authored-by:[ \t]*([^<\n]{0,200}?)[ \t]*<([^>\n]{0,200})>", re.IGNORECASE | re.MULTILINE
)
#: How forges write a pull request's number into a history: GitHub (merged, squashed), GitLab, Bitbucket, Azure.
_PULL_REQUESTS = (
    re.compile(r"^Merge pull request #(\d{1,9}) from (\S{0,200})"),
    re.compile(r"\(#(\d{1,9})\)\s{0,9}$"),
    re.compile(r"^See merge request \S{0,200}!(\d{1,9})$", re.MULTILINE),
    re.compile(r"\(pull request #(\d{1,9})\)"),
    re.compile(r"^Merged PR (\d{1,9})\b"),
)
_BOT_BRANCH = re.compile(r"(?:^|/)(?:dependabot|renovate|pre-commit-ci|snyk|copilot)[/-]", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class LoggedCommit:
    """A commit; times have the offset of the author's clock."""

    sha: str
    tree: str
    parents: tuple[str, ...]
    author: Person
    committer: Person
    co_authors: tuple[Person, ...]
    authored_at: datetime
    committed_at: datetime
    message: str
    on_default: bool

    def as_data(self) -> dict[str, Any]:
        """Return plain JSON data, as suites see it in `submission.history`."""
        subject, _, body = self.message.partition("\n")
        return {
            "sha": self.sha,
            "tree": self.tree,
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
) -> tuple[list[LoggedCommit], list[str]]:
    """Return the commits that `revisions` (as for `git log`) reach, newest first, and notes on what is missing.

    `default` is the id of the default branch's tip; the names of authors are those of the repository's
    `.mailmap`.
    """
    gaps: list[str] = []
    if git.attempt("rev-parse", "--is-shallow-repository") == "true":
        gaps.append(_SHALLOW)
    # Read one more than the limit, to know whether there are more.
    most = str(limits.commits + 1)
    reached = _split(git, ("rev-list", "-n", most, default, "--"), b"\n", gaps)
    on_default = {line.decode() for line in reached}
    arguments = ("log", "--date-order", "-z", _FORMAT, "-n", most, "--no-show-signature", *revisions, "--")
    fields = iter(_split(git, arguments, b"\0", gaps))
    commits = []
    while len(record := list(islice(fields, len(_FIELDS)))) == len(_FIELDS):
        commits.append(_commit(record, on_default))
    commits = _with_mailmap(git, commits)
    if len(commits) > limits.commits:
        gaps.append(f"Only the newest {limits.commits} commits were read.")
    return commits[: limits.commits], list(dict.fromkeys(gaps))


def summarize(
    commits: Sequence[LoggedCommit], branches: Iterable[str], gaps: Iterable[str] = ()
) -> HistoryFigures:
    """Return the figures of a history.

    Dates are from the committers' own clocks: they do not prove when work was pushed.
    """
    if not commits:
        return HistoryFigures(branches=tuple(branches), gaps=tuple(gaps))
    merges = sum(len(commit.parents) > 1 for commit in commits)
    authored = sorted(commit.authored_at for commit in commits)
    start, activity = _activity([commit.authored_at for commit in commits])
    contributors = _contributors(commits)
    pulled, pulled_by_bots = _pull_requests(commits)
    by_people = [commit for commit in commits if not commit.author.is_bot]
    return HistoryFigures(
        gaps=tuple(gaps),
        commits=len(commits),
        commits_default_branch=sum(commit.on_default for commit in commits),
        commits_by_bots=len(commits) - len(by_people),
        merges=merges,
        pull_requests=len(pulled),
        pull_requests_by_bots=len(pulled_by_bots),
        branches=tuple(branches),
        contributors=contributors,
        people=sum(not one.bot and one.name != NO_NAME for one in contributors),
        first_commit_at=authored[0].astimezone(UTC),
        last_commit_at=authored[-1].astimezone(UTC),
        active_days=len({commit.authored_at.date() for commit in commits}),
        average_message_length=_average(len(commit.message) for commit in by_people),
        average_message_length_default_branch=_average(
            len(commit.message) for commit in by_people if commit.on_default
        ),
        activity_start=start.isoformat(),
        activity=activity,
    )


def _split(git: Git, arguments: tuple[str, ...], separator: bytes, gaps: list[str]) -> list[bytes]:
    with git.start(*arguments) as running:
        output = running.stdout.read(_OUTPUT_BYTES)
        if len(output) == _OUTPUT_BYTES:
            gaps.append("The history is too large to be read whole.")
        else:
            try:
                running.finish()
            except GitFailed as problem:
                gaps.append(f"The history is damaged: {problem.detail}. A new clone may have it whole.")
    return output.split(separator)[:-1]


def _commit(record: list[bytes], on_default: set[str]) -> LoggedCommit:
    sha, tree, parents, name, email, authored, committer, committer_email, committed, message = (
        value.decode("utf-8", "replace") for value in record
    )
    committed_at = _time(committed) or _time(authored) or _EPOCH
    message = message.strip("\n")
    return LoggedCommit(
        sha=sha,
        tree=tree,
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
        # A date near year 1 or 9999 cannot be converted to UTC.
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
        # Choose the range of days with the most commits, so that one commit with a wrong clock does not hide the rest.
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


def _average(lengths: Iterable[int]) -> float:
    found = list(lengths)
    return round(sum(found) / len(found), 2) if found else 0.0


def _with_mailmap(git: Git, commits: Sequence[LoggedCommit]) -> list[LoggedCommit]:
    """Return the commits with co-authors mapped by `.mailmap`; git maps authors by itself."""
    people = sorted(
        {person for commit in commits for person in commit.co_authors}, key=lambda one: (one.name, one.email)
    )
    if not people or git.attempt("rev-parse", "-q", "--verify", "HEAD:.mailmap") is None:
        return list(commits)
    mapped: dict[Person, Person] = {}
    for start in range(0, min(len(people), _MAPPED), _AT_ONCE):
        some = people[start : start + _AT_ONCE]
        told = git.attempt("check-mailmap", "--", *(f"{one.name} <{one.email}>" for one in some))
        lines = (told or "").split("\n")
        if len(lines) == len(some):
            mapped |= {one: _contact(line) or one for one, line in zip(some, lines, strict=True)}
    return [
        replace(commit, co_authors=tuple(mapped.get(one, one) for one in commit.co_authors))
        for commit in commits
    ]


def _contact(line: str) -> Person | None:
    name, bracket, email = line.removesuffix(">").rpartition("<")
    return Person(name=name.strip()[:_NAME], email=email[:_NAME]) if bracket else None


def _pull_requests(commits: Sequence[LoggedCommit]) -> tuple[set[int], set[int]]:
    """Return the numbers of the pull requests that messages name: those of people, and those of bots."""
    people, bots = set[int](), set[int]()
    for commit in commits:
        message = commit.message[:_BODY_BYTES]
        subject, _, body = message.partition("\n")
        for pattern in _PULL_REQUESTS:
            if found := pattern.search(subject) or pattern.search(body):
                branch = found[2] if found.re.groups > 1 else ""
                by_bot = commit.author.is_bot or _BOT_BRANCH.search(branch)
                (bots if by_bot else people).add(int(found[1]))
                break
    return people - bots, bots


def _contributors(commits: Sequence[LoggedCommit]) -> tuple[Contributor, ...]:
    """Return the identities with their figures: people first, most commits first; then bots."""
    everybody = {person for commit in commits for person in (commit.author, *commit.co_authors)}
    ordered = sorted(everybody, key=lambda person: (person.name, person.email))
    # Never merge a bot with a person, even if their identities overlap.
    group = dict(same_people([person for person in ordered if not person.is_bot]))
    group |= same_people([person for person in ordered if person.is_bot])
    written, merged, helped, on_default = (Counter[Person]() for _ in range(4))
    names: dict[Person, Counter[str]] = {}
    for commit in commits:
        author = group[commit.author]
        (merged if len(commit.parents) > 1 else written)[author] += 1
        on_default[author] += commit.on_default
        names.setdefault(author, Counter())[commit.author.name] += 1
        for person in {group[person] for person in commit.co_authors} - {author}:
            helped[person] += 1
        for person in commit.co_authors:
            names.setdefault(group[person], Counter())[person.name] += 0
    found = [
        Contributor(
            name=_best_name(counts) or NO_NAME,
            commits=written[person],
            commits_default_branch=on_default[person],
            merges=merged[person],
            co_authored=helped[person],
            bot=person.is_bot,
        )
        for person, counts in names.items()
    ]
    return tuple(
        sorted(found, key=lambda one: (one.bot, -one.commits, -one.merges, -one.co_authored, one.name))
    )


def _best_name(counts: Counter[str]) -> str:
    return min(counts, key=lambda name: (-counts[name], -len(name.split()), name))
