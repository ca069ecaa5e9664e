"""The commit that a deadline leaves: real repositories, with dates as students' clocks give them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from grader.errors import SourceError, UsageError
from grader.submission import Submission, fetch
from grader.submission.revisions.deadline import PushedTip, read_deadline
from tests.git_command import git

DEADLINE = datetime.fromisoformat("2026-01-23T23:59+01:00")


def commit(repo: Path, when: str, name: str) -> str:
    (repo / name).write_text(f"{name}\n")
    git(repo, "add", ".")
    git(repo, "commit", "-qm", name, GIT_AUTHOR_DATE=when, GIT_COMMITTER_DATE=when)
    return git(repo, "rev-parse", "HEAD")


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    """Three commits: a day before, a minute before, an hour after, in zones of their own."""
    folder = tmp_path / "work"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    commit(folder, "2026-01-22T12:00:00+0100", "one")
    # 23:58 in Copenhagen, and the next day in Athens.
    commit(folder, "2026-01-24T00:58:00+0200", "two")
    commit(folder, "2026-01-24T00:59:00+0100", "late")
    return folder


def at_deadline(repo: Path, tmp_path: Path, deadline: datetime = DEADLINE, **options: object) -> Submission:
    return fetch(str(repo), into=tmp_path / "out", deadline=deadline, **options)  # type: ignore[arg-type]


def test_the_last_commit_in_time_is_read_and_what_came_after_is_counted(repo: Path, tmp_path: Path) -> None:
    found = at_deadline(repo, tmp_path)
    assert found.commit == git(repo, "rev-parse", "HEAD~1")
    assert found.files() == ["one", "two"]
    assert [one["subject"] for one in found.commits] == ["two", "one"]
    assert (found.history.commits, found.history.commits_default_branch) == (2, 2)
    assert found.branches == [{"name": "main", "sha": found.commit}]
    told = found.deadline
    assert told is not None
    assert (told.decided_by, told.branch, told.later) == ("committer", "main", 1)
    assert told.later_from == told.later_until == datetime(2026, 1, 23, 23, 59, tzinfo=UTC)
    assert told.notes == ()
    assert "Nobody vouches" in told.why


def test_a_commit_of_the_very_moment_is_in_time(repo: Path, tmp_path: Path) -> None:
    git(repo, "reset", "-q", "--hard", "HEAD~2")
    here = commit(repo, "2026-01-23T22:59:00+0000", "in time")
    commit(repo, "2026-01-23T22:59:01+0000", "too late")
    assert at_deadline(repo, tmp_path).commit == here


def test_without_a_commit_in_time_there_is_nothing_to_grade(repo: Path, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"no commit on 'main' at or before .*2026-01-01 12:00.*2026-01-22"):
        at_deadline(repo, tmp_path, datetime.fromisoformat("2026-01-01T12:00+01:00"))


def test_what_was_fetched_before_the_deadline_needs_no_claim(repo: Path, tmp_path: Path) -> None:
    commit(repo, "2099-01-01T00:00:00+0000", "a clock that is wrong")
    found = at_deadline(repo, tmp_path, datetime.now(UTC) + timedelta(days=1))
    assert found.commit == git(repo, "rev-parse", "HEAD")
    assert found.deadline is not None
    assert (found.deadline.decided_by, found.deadline.later) == ("fetched", 0)
    assert found.deadline.notes == ()


def test_dates_that_go_back_are_named(repo: Path, tmp_path: Path) -> None:
    back = commit(repo, "2026-01-23T20:00:00+0100", "dated back")
    found = at_deadline(repo, tmp_path)
    assert found.commit == back
    assert found.deadline is not None
    (note,) = found.deadline.notes
    assert back[:10] in note
    assert "go back along the branch, once" in note
    assert "4 hours older" in note


def test_dates_of_the_future_are_named(repo: Path, tmp_path: Path) -> None:
    commit(repo, "2099-01-01T00:00:00+0000", "tomorrow")
    found = at_deadline(repo, tmp_path)
    assert found.deadline is not None
    assert any("a date after the fetch" in note for note in found.deadline.notes)


def test_the_branch_counts_and_not_what_was_merged_into_it_later(repo: Path, tmp_path: Path) -> None:
    git(repo, "reset", "-q", "--hard", "HEAD~1")
    main = git(repo, "rev-parse", "HEAD")
    git(repo, "checkout", "-qb", "feature")
    commit(repo, "2026-01-23T23:00:00+0100", "feature")
    git(repo, "checkout", "-q", "main")
    late = "2026-01-25T10:00:00+0100"
    git(
        repo,
        "merge",
        "-q",
        "--no-ff",
        "-m",
        "merge",
        "feature",
        GIT_AUTHOR_DATE=late,
        GIT_COMMITTER_DATE=late,
    )
    found = at_deadline(repo, tmp_path)
    assert found.commit == main
    assert found.deadline is not None
    assert found.deadline.later == 2
    assert any("merged or pushed after it, or dated back" in note for note in found.deadline.notes)
    # Another branch that claims to be in time is history all the same.
    assert [branch["name"] for branch in found.branches] == ["feature", "main"]


def test_a_branch_that_began_later_is_not_there(repo: Path, tmp_path: Path) -> None:
    git(repo, "checkout", "-qb", "later")
    commit(repo, "2026-01-26T10:00:00+0100", "later work")
    git(repo, "checkout", "-q", "--orphan", "other")
    commit(repo, "2026-01-26T10:00:00+0100", "no root of then")
    git(repo, "checkout", "-q", "main")
    found = at_deadline(repo, tmp_path)
    # The tip of a branch is what it was then; one without any commit of then was not there.
    assert found.branches == [{"name": "later", "sha": found.commit}, {"name": "main", "sha": found.commit}]


def test_the_default_branch_is_read_whatever_is_checked_out(repo: Path, tmp_path: Path) -> None:
    main = git(repo, "rev-parse", "HEAD~1")
    git(repo, "checkout", "-qb", "mine")
    commit(repo, "2026-01-23T01:00:00+0100", "mine")
    found = at_deadline(repo, tmp_path)
    assert (found.commit, found.branch) == (main, "main")


def test_the_default_branch_of_a_bare_repository_is_the_one_of_its_head(repo: Path, tmp_path: Path) -> None:
    git(repo, "branch", "-m", "main", "trunk")
    git(repo, "branch", "main", "trunk~2")
    bare = tmp_path / "bare.git"
    git(tmp_path, "clone", "-q", "--bare", str(repo), str(bare))
    found = at_deadline(bare, tmp_path)
    assert (found.default_branch, found.commit) == ("trunk", git(repo, "rev-parse", "trunk~1"))


def test_what_the_forge_saw_pushed_goes_before_what_commits_claim(repo: Path, tmp_path: Path) -> None:
    first = git(repo, "rev-parse", "HEAD~2")
    tip = PushedTip(sha=first, at=datetime(2026, 1, 22, 12, 0, tzinfo=UTC))
    found = at_deadline(repo, tmp_path, pushed=lambda branch: tip if branch == "main" else None)
    assert found.commit == first
    assert found.deadline is not None
    assert (found.deadline.decided_by, found.deadline.later) == ("pushed", 2)


def test_a_pushed_commit_that_is_gone_is_named(repo: Path, tmp_path: Path) -> None:
    gone = PushedTip(sha="ab" * 20, at=datetime(2026, 1, 22, 12, 0, tzinfo=UTC))
    found = at_deadline(repo, tmp_path, pushed=lambda branch: gone)
    assert found.commit == git(repo, "rev-parse", "HEAD~1")
    assert found.deadline is not None
    assert found.deadline.decided_by == "committer"
    assert any("rewritten" in note and "ababababab" in note for note in found.deadline.notes)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("2026-01-23T23:59", "no time zone"),
        ("2026-01-23", "no time of day"),
        ("2026-01-23T25:59+01:00", "no date and time"),
        ("tomorrow", "no date and time"),
        ("", "no date and time"),
    ],
)
def test_a_deadline_is_a_moment(text: str, why: str) -> None:
    with pytest.raises(UsageError, match=why) as caught:
        read_deadline(text)
    assert "2026-01-23T23:59+01:00" in caught.value.advice


def test_a_deadline_may_be_written_in_any_zone() -> None:
    assert read_deadline("2026-01-23T22:59Z") == read_deadline(" 2026-01-23T23:59+01:00 ") == DEADLINE
