"""Whose names a submission holds: members of the group list, people of the history, authors that its files declare."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from grader.exam.claims.study_numbers import number_pattern
from grader.exam.report_data import NO_REPORT_DATA, ReportData, StudyNumber
from grader.parsing.plain_data import DataError, parse_toml
from grader.parsing.plain_shapes import records
from grader.repository.history.people import Person, letters, same_people
from grader.results import Result
from grader.submission.model import Submission
from grader.submission.trees.safe_files import Below

#: Words that are names, too, and of which a small one is taken for the word.
WORDS = frozenset(Path(__file__).with_name("names_that_are_words.txt").read_text(encoding="utf-8").split())
#: What stands before the `@` of an address, or is the name of an account, of nobody in particular.
NOBODY = WORDS | frozenset(
    (
        "noreply",
        "contact",
        "support",
        "root",
        "hello",
        "dev",
        "office",
        "ubuntu",
        "vscode",
        "project",
    )
)
#: A pseudonym: of somebody who is hidden already.
LABEL = re.compile(r"student(?:-\d+)?|somebody|[A-Za-z]{0,5}0\d{2,19}")
_FILE_BYTES = 256 * 1024
_PEOPLE = 500
_OWNER_AND_NAME = re.compile(r"([A-Za-z0-9][\w.-]*)/[\w.-]+")
_SCP = re.compile(r"[\w.-]+@[\w.-]+:(.+)")
_MERGED_FROM = re.compile(r"^Merge pull request #\d{1,9} from ([\w-]{1,100})/", re.MULTILINE)
_MAILMAP = re.compile(r"([^<>\n#]*)<([^<>\n]*)>")
_LOGIN = re.compile(r"(?:\d+\+)?([^@]+)@users\.noreply\.", re.IGNORECASE)


@dataclass(kw_only=True)
class Identity:
    """One person: names as they are written, and words that are one: e-mail addresses, user names, study numbers."""

    names: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    @property
    def plain(self) -> set[str]:
        """All of it in plain letters, to find the same person elsewhere."""
        found = {letters(text) for text in (*self.names, *self.words)}
        found |= {letters(word.partition("@")[0]) for word in self.words if "@" in word}
        return {one for one in found if len(one) > 2}


def identities(
    *,
    members: Sequence[str] = (),
    submission: Submission | None = None,
    source: str = "",
    result: Result | None = None,
    about: ReportData = NO_REPORT_DATA,
) -> list[Identity]:
    """Return the people in a stable order: the group list's, then those of the history, the oldest commit first.

    Args:
        members: as the group list names them: addresses, user names, study numbers, names.
        submission: what was fetched.
        source: its address, whose owner is mostly one of them.
        result: for what only the exam report names.
        about: what the course says of study numbers, and of names that are nobody's.
    """
    listed = result.submission.group.members if result is not None and result.submission.group else ()
    found: list[Identity] = []
    for text in (*members, *listed):
        _add(found, _member(text))
    for people in _grouped(_people(submission)) if submission is not None else ():
        _add(found, people)
    for login in _logins(submission, source):
        if login.casefold() not in about.nobody:
            _add(found, Identity(words=[login]))
    if result is not None:
        for one in result.history.contributors:
            if not one.bot:
                _add(found, Identity(names=[one.name]))
        form = about.study_number
        for number in _numbers(result, form) if form else ():
            _add(found, Identity(words=[form.prefix + number if form else number]))
    return found[:_PEOPLE]


def _member(text: str) -> Identity:
    return Identity(names=[text]) if " " in text else Identity(words=[text])


def _add(found: list[Identity], new: Identity) -> None:
    """Add a person, to the one who is there already if it is the same."""
    if any(LABEL.fullmatch(text) for text in (*new.names, *new.words)):
        return
    plain = new.plain
    known = next((one for one in found if one.plain & plain), None)
    if known is None:
        found.append(new)
        return
    known.names += [name for name in new.names if name not in known.names]
    known.words += [word for word in new.words if word not in known.words]


def _people(submission: Submission) -> Iterable[Person]:
    for commit in reversed(submission.commits):
        for data in (commit["author"], commit["committer"], *commit["co_authors"]):
            yield Person(name=data["name"], email=data["email"])
    yield from _declared(submission.root)


def _grouped(people: Iterable[Person]) -> list[Identity]:
    known = list(
        dict.fromkeys(one for one in people if one.is_known and not one.is_bot and one.name != "GitHub")
    )
    groups: dict[Person, Identity] = {}
    roots = same_people(known[:5000])
    for person, root in roots.items():
        one = groups.setdefault(root, Identity())
        if person.name.strip():
            one.names.append(person.name.strip())
        if person.email.strip():
            one.words.append(person.email.strip())
        if login := _LOGIN.match(person.email.strip()):
            one.words.append(login[1])
    return list(groups.values())


def _declared(root: Path) -> Iterable[Person]:
    """Yield the authors that `pyproject.toml` and `.mailmap` name."""
    with Below(root) as files:
        try:
            project = parse_toml(files.read("pyproject.toml", _FILE_BYTES).decode("utf-8", "replace"))
        except (OSError, DataError):
            project = {}
        try:
            mailmap = files.read(".mailmap", _FILE_BYTES).decode("utf-8", "replace")
        except OSError:
            mailmap = ""
    for key in ("authors", "maintainers"):
        for one in records(project, "project", key):
            yield Person(name=str(one.get("name", "")), email=str(one.get("email", "")))
    for name, email in _MAILMAP.findall(mailmap):
        yield Person(name=name.strip(), email=email.strip())


def _logins(submission: Submission | None, source: str) -> Iterable[str]:
    """Yield names of accounts: the owner of the address, and those whose branches were merged."""
    text = source or (submission.source if submission is not None else "")
    yield from _owners(text)
    for commit in submission.commits if submission is not None else ():
        if found := _MERGED_FROM.match(commit["subject"]):
            yield found[1]


def _owners(source: str) -> list[str]:
    """Return the names of accounts in an address: all folders of its path; none of a path on this machine."""
    if found := _OWNER_AND_NAME.fullmatch(source):
        return [found[1]]
    if found := _SCP.fullmatch(source):
        path = found[1]
    elif "://" in source:
        try:
            path = urlsplit(source).path
        except ValueError:
            return []
    else:
        return []
    return [part for part in path.strip("/").split("/")[:-1] if part.casefold() not in NOBODY]


def _numbers(result: Result, form: StudyNumber) -> Iterable[str]:
    """Yield the study numbers of the exam report: those with letters, and in an answer about members those without."""
    for question in result.exam.questions if result.exam else ():
        bare = any(claim.kind == "study_numbers" for claim in question.claims)
        for found in number_pattern(form).finditer(question.answer):
            if bare or found[0] != found[1]:
                yield found[1]
