"""Figures of a repository: people and commits, files, and what its forge says."""

from __future__ import annotations

from datetime import datetime

from grader.results.verdicts import Model


class Contributor(Model):
    """One identity of the history; commits are counted over all branches, merges apart.

    `co_authored` counts other people's commits that name this one in a `Co-authored-by` line; `commits_default_branch`
    counts merges too. `bot` marks a program (dependabot, an assistant that signs its commits).
    """

    name: str
    commits: int
    merges: int = 0
    co_authored: int = 0
    commits_default_branch: int = 0
    bot: bool = False


class HistoryFigures(Model):
    """What git's history says. `activity` is one row of 24 counts (hours of the author's clock) a day.

    Contributors are people first, then bots; `people` counts the former where they have a name. `pull_requests` are those
    that messages name (merged ones, not those of bots): a rebase leaves no trace, so there may be more. Message lengths are
    characters of whole messages, bots apart. Dates are the committers' own clocks: nothing here proves when work was pushed.
    `gaps` say what of the history could not be read (a shallow clone), and how to mend it: the figures are then of the rest.
    """

    gaps: tuple[str, ...] = ()
    commits: int = 0
    commits_default_branch: int = 0
    commits_by_bots: int = 0
    merges: int = 0
    pull_requests: int = 0
    pull_requests_by_bots: int = 0
    branches: tuple[str, ...] = ()
    contributors: tuple[Contributor, ...] = ()
    people: int = 0
    first_commit_at: datetime | None = None
    last_commit_at: datetime | None = None
    active_days: int = 0
    average_message_length: float = 0.0
    average_message_length_default_branch: float = 0.0
    activity_start: str = ""
    activity: tuple[tuple[int, ...], ...] = ()

    @property
    def complete(self) -> bool:
        """Whether every commit was read."""
        return not self.gaps


class LargeFile(Model):
    """A file of the commit and its size."""

    path: str
    size_bytes: int


class Statistics(Model):
    """What kinds of files the commit holds, and how large they are.

    `files` and `size_bytes` count everything at the commit, also what was too large to read; `largest` are the twenty largest
    files. All other figures are of the group's own work: untouched template files, and vendored or generated folders, are left
    out. `requirements` are the files that declare dependencies, whatever the tool; `dvc_used` is True where DVC keeps track
    of something, `dvc_initialised` where it was set up; `readme_words` are words of prose of the README in the root.
    `unreadable` are files that these figures would have been read from, but that are too large or not what their name says.
    """

    files: int = 0
    size_bytes: int = 0
    largest: tuple[LargeFile, ...] = ()
    template_files: int = 0
    dockerfiles: int = 0
    python_files: int = 0
    notebooks: int = 0
    workflow_files: int = 0
    requirements: tuple[str, ...] = ()
    cloudbuild: tuple[str, ...] = ()
    dvc_initialised: bool = False
    dvc_used: bool = False
    readme_words: int = 0
    unreadable: tuple[str, ...] = ()


class WorkflowRun(Model):
    """The newest run of a workflow at the commit; `conclusion` is the forge's word, empty while it is under way."""

    name: str
    event: str = ""
    conclusion: str = ""


class Forge(Model):
    """What the forge's API said, where it was asked: it may say something else tomorrow, for the same commit.

    None is not known. Pull requests are those of people, in any state; `reviewed` counts those that another person reviewed.
    `passing` is about the workflow runs of the commit: no run is no success. `notes` say what was not answered, and why.
    """

    url: str
    repository: str = ""
    asked_at: datetime
    pull_requests: int | None = None
    pull_requests_by_bots: int | None = None
    merged: int | None = None
    reviewed: int | None = None
    contributors: int | None = None
    runs: tuple[WorkflowRun, ...] = ()
    passing: bool | None = None
    notes: tuple[str, ...] = ()
