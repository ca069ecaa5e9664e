"""Commits as data, and the figures of a history."""

from __future__ import annotations

import json
import os
import subprocess
from datetime import datetime
from pathlib import Path

import pytest

from grader.settings import SubmissionLimits
from grader.submission import Submission, fetch

ENVIRONMENT = {"PATH": os.environ["PATH"], "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}
ADA = "Ada Byron <ada@uni.dk>"


class Repository:
    """A real repository in which every commit says who, when and what."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self.git("init", "-q", "-b", "main")

    def git(
        self, *args: str, who: str = ADA, when: str = "2026-01-05T10:00:00+01:00", stdin: str | None = None
    ) -> str:
        name, _, email = who.removesuffix(">").partition(" <")
        people = {
            f"GIT_{role}_{key}": value
            for role in ("AUTHOR", "COMMITTER")
            for key, value in (("NAME", name), ("EMAIL", email), ("DATE", when))
        }
        done = subprocess.run(
            ["git", *args],
            cwd=self.folder,
            env=ENVIRONMENT | people,
            input=stdin,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    def commit(self, message: str = "x", **who_and_when: str) -> str:
        self.git("commit", "-q", "--allow-empty", "--allow-empty-message", "-m", message, **who_and_when)
        return self.git("rev-parse", "HEAD")

    def fetch(self, **limits: int) -> Submission:
        target = self.folder.parent / f"out-{len(list(self.folder.parent.iterdir()))}"
        return fetch(str(self.folder), into=target, limits=SubmissionLimits(**limits))


@pytest.fixture
def repo(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "repo")


def contributors(repo: Repository) -> list[tuple[str, int, int, int]]:
    return [(one.name, one.commits, one.merges, one.co_authored) for one in repo.fetch().history.contributors]


def test_a_commit_as_data(repo: Repository) -> None:
    first = repo.commit("start")
    second = repo.commit(
        "Add a thing\n\nWhy: because.\n\nCo-authored-by: Bo <bo@uni.dk>\nco-authored-by: Cy D <CY@uni.dk>",
        who="Bo <bo@uni.dk>",
        when="2026-01-06T23:30:00-05:00",
    )
    data = repo.fetch().commits
    assert [commit["sha"] for commit in data] == [second, first]
    assert data[0] == {
        "sha": second,
        "tree": "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
        "parents": [first],
        "author": {"name": "Bo", "email": "bo@uni.dk"},
        "committer": {"name": "Bo", "email": "bo@uni.dk"},
        "co_authors": [{"name": "Bo", "email": "bo@uni.dk"}, {"name": "Cy D", "email": "CY@uni.dk"}],
        "authored_at": "2026-01-06T23:30:00-05:00",
        "committed_at": "2026-01-06T23:30:00-05:00",
        "subject": "Add a thing",
        "body": "Why: because.\n\nCo-authored-by: Bo <bo@uni.dk>\nco-authored-by: Cy D <CY@uni.dk>",
        "on_default": True,
    }
    assert json.loads(json.dumps(data)) == data


def test_merges_branches_and_the_default_branch(repo: Repository) -> None:
    repo.commit("root")
    repo.git("checkout", "-qb", "feature/a")
    repo.commit("on a", who="Bo <bo@uni.dk>")
    repo.git("checkout", "-q", "main")
    repo.git("merge", "-q", "--no-ff", "-m", "merge a", "feature/a")
    repo.git("checkout", "-qb", "b")
    repo.commit("never merged")
    repo.git("checkout", "-q", "main")
    history = repo.fetch().history
    assert (history.commits, history.commits_default_branch, history.merges) == (4, 3, 1)
    assert history.branches == ("b", "feature/a", "main")
    assert contributors(repo) == [("Ada Byron", 2, 1, 0), ("Bo", 1, 0, 0)]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Ada Byron <ada@uni.dk>", "ada <ADA@uni.dk>"),
        ("Ada Byron <ada@uni.dk>", "ada  byron <laptop@home.dk>"),
        ("Ada Byron <ada@uni.dk>", "AdaByron <laptop@home.dk>"),
        ("Ådá Byron <ada@uni.dk>", "Ada Byron <laptop@home.dk>"),
        ("Countess <123+ada-b@users.noreply.github.com>", "Ada B <ada@uni.dk>"),
        ("Countess <ada-b@users.noreply.github.com>", "Lovelace <ada.b@uni.dk>"),
        ("One <7+ada-b@users.noreply.github.com>", "Two <ada-b@users.noreply.github.com>"),
        ("ada <s123456@student.dtu.dk>", "byron <s123456@win.dtu.dk>"),
        ("s123456 <ada@home.dk>", "Ada B <s123456@dtu.dk>"),
        ("Ada Maria Byron <ada@uni.dk>", "Ada Byron <laptop@home.dk>"),
        ("Søren Łukasz <soren@uni.dk>", "Soeren Lukasz <laptop@home.dk>"),
        ("ab <ada.byron99@mail.dk>", "Ada Byron <s1@dtu.dk>"),
        ("ada <adalovelace7@mail.dk>", "AL <3+AdaLovelace@users.noreply.github.com>"),
    ],
)
def test_one_person_with_two_identities(repo: Repository, first: str, second: str) -> None:
    repo.commit(who=first)
    repo.commit(who=second)
    assert [figures for _, *figures in contributors(repo)] == [[2, 0, 0]]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Ada <ada@uni.dk>", "Bo <bo@uni.dk>"),
        ("Anna A <anna@uni.dk>", "Anna B <anna@gmail.com>"),
        ("root <root@host-1.local>", "root <root@host-2.local>"),
        ("Ada <you@example.com>", "Bo <you@example.com>"),
        ("x <1+anna@users.noreply.github.com>", "y <1+anne@users.noreply.github.com>"),
        ("x <anna1@mail.dk>", "y <1+anna@users.noreply.github.com>"),
        ("Ada B <s123456@dtu.dk>", "Bo C <s123457@dtu.dk>"),
        ("Ada Holm <holm@uni.dk>", "Bo Holm <bo@uni.dk>"),
    ],
)
def test_two_people_are_not_one(repo: Repository, first: str, second: str) -> None:
    repo.commit(who=first)
    repo.commit(who=second)
    assert [figures for _, *figures in contributors(repo)] == [[1, 0, 0], [1, 0, 0]]


def test_a_mailmap_is_honoured(repo: Repository) -> None:
    repo.commit(who="adab <old@laptop>")
    (repo.folder / ".mailmap").write_text("Ada Byron <ada@uni.dk> <old@laptop>\n")
    repo.git("add", ".")
    repo.commit()
    assert contributors(repo) == [("Ada Byron", 2, 0, 0)]


def test_a_mailmap_holds_for_co_authors_too(repo: Repository) -> None:
    (repo.folder / ".mailmap").write_text("Ada Byron <ada@uni.dk> <old@laptop>\n")
    repo.git("add", ".")
    repo.commit(
        "pair\n\nCo-authored-by: --adab <old@laptop>\nCo-authored-by: Bo <bo@uni.dk>", who="Bo <bo@uni.dk>"
    )
    assert contributors(repo) == [("Bo", 1, 0, 0), ("Ada Byron", 0, 0, 1)]


@pytest.mark.parametrize(
    "who",
    [
        "dependabot[bot] <49699333+dependabot[bot]@users.noreply.github.com>",
        "github-actions <action@github.com>",
        "pre-commit-ci[bot] <66853113+pre-commit-ci[bot]@users.noreply.github.com>",
        "Claude <noreply@anthropic.com>",
        "Copilot <198982749+Copilot@users.noreply.github.com>",
    ],
)
def test_bots_stand_apart_and_are_marked(repo: Repository, who: str) -> None:
    for number in range(3):
        repo.commit(f"Bump a thing to {number}\n\n" + "changes " * 50, who=who)
    repo.commit("Add", who="Ada Botham <ada@uni.dk>")
    history = repo.fetch().history
    assert [(one.name, one.commits, one.bot) for one in history.contributors] == [
        ("Ada Botham", 1, False),
        (who.partition(" <")[0], 3, True),
    ]
    assert (history.people, history.commits, history.commits_by_bots) == (1, 4, 3)
    assert history.average_message_length == history.average_message_length_default_branch == 3


def test_a_commit_without_an_author_is_nobodys(repo: Repository) -> None:
    tree = repo.git("write-tree")
    text = f"tree {tree}\nauthor  <> 0 +0000\ncommitter  <> 0 +0000\n\nx\n"
    sha = repo.git("hash-object", "-t", "commit", "-w", "--literally", "--stdin", stdin=text)
    repo.git("update-ref", "refs/heads/main", sha)
    repo.commit("mine")
    assert repo.fetch().history.people == 1


def test_pull_requests_are_told_from_messages(repo: Repository) -> None:
    bot = "dependabot[bot] <49699333+dependabot[bot]@users.noreply.github.com>"
    for message in (
        "Merge pull request #1 from ada/model\n\nA model",
        "Add an API (#2)",
        "Add an API (#2)\n\ncherry-picked",
        'Revert "Add an API (#2)" (#3)',
        "Merge branch 'x' into 'main'\n\nSee merge request group/project!4",
        "Merged PR 5: Docker",
        "See #6, and (#7) is not at the end",
        "Merge pull request #8 from owner/dependabot/pip/torch-2.5",
    ):
        repo.commit(message)
    repo.commit("Bump torch (#9)", who=bot)
    history = repo.fetch().history
    assert (history.pull_requests, history.pull_requests_by_bots) == (5, 2)


def test_figures_of_the_default_branch_are_apart(repo: Repository) -> None:
    repo.commit("four")
    repo.git("checkout", "-qb", "side")
    repo.commit("twelve chars", who="Bo <bo@uni.dk>")
    repo.git("checkout", "-q", "main")
    history = repo.fetch().history
    assert (history.average_message_length, history.average_message_length_default_branch) == (8, 4)
    assert [(one.name, one.commits, one.commits_default_branch) for one in history.contributors] == [
        ("Ada Byron", 1, 1),
        ("Bo", 1, 0),
    ]


def test_co_authors_are_counted_apart(repo: Repository) -> None:
    repo.commit("pair\n\nCo-authored-by: Bo <bo@uni.dk>\nCo-authored-by: Ada Byron <ada@uni.dk>")
    assert contributors(repo) == [("Ada Byron", 1, 0, 0), ("Bo", 0, 0, 1)]


def test_activity_is_by_the_authors_own_clock(repo: Repository) -> None:
    repo.commit(when="2026-01-05T23:30:00+0100")
    repo.commit(when="2026-01-05T23:45:00-0800")
    repo.commit(when="2026-01-08T00:10:00+0900")
    history = repo.fetch().history
    assert history.activity_start == "2026-01-05"
    assert len(history.activity) == 4
    assert all(len(row) == 24 for row in history.activity)
    assert history.activity[0][23] == 2
    assert history.activity[3][0] == 1
    assert sum(map(sum, history.activity)) == 3
    assert history.active_days == 2
    assert history.first_commit_at == datetime.fromisoformat("2026-01-05T22:30:00+00:00")
    assert history.last_commit_at == datetime.fromisoformat("2026-01-07T15:10:00+00:00")


def test_a_wrong_clock_does_not_hide_the_work(repo: Repository) -> None:
    repo.commit(when="1999-01-01T12:00:00+0100")
    for day in (5, 6, 7):
        repo.commit(when=f"2026-01-0{day}T12:00:00+0100")
    history = repo.fetch().history
    assert history.activity_start == "2026-01-05"
    assert sum(map(sum, history.activity)) == 3
    repo.commit(when="2027-01-01T12:00:00+0100")
    assert len(repo.fetch().history.activity) == 120


def test_message_lengths_are_of_whole_messages(repo: Repository) -> None:
    repo.commit("æøå")
    repo.commit("subject\n\nbody!")
    assert repo.fetch().history.average_message_length == 8.5


def test_long_bodies_are_cut_and_say_so(repo: Repository) -> None:
    repo.commit("subject\n\n" + "æ" * 5000)
    submission = repo.fetch()
    body = submission.commits[0]["body"]
    assert len(body.encode()) <= 2048
    assert body.endswith("…")
    assert submission.history.average_message_length == 5009


def test_an_empty_message_and_a_nameless_author(repo: Repository) -> None:
    tree = repo.git("write-tree")
    sha = repo.git(
        "hash-object",
        "-t",
        "commit",
        "-w",
        "--literally",
        "--stdin",
        stdin=f"tree {tree}\nauthor <> 0 +0000\ncommitter <> 0 +0000\n\n",
    )
    repo.git("update-ref", "refs/heads/main", sha)
    submission = repo.fetch()
    assert submission.commits[0]["subject"] == ""
    assert submission.history.contributors[0].commits == 1


def test_only_the_newest_commits_are_read(repo: Repository) -> None:
    for number in range(5):
        repo.commit(str(number), when=f"2026-01-05T10:0{number}:00+0100")
    submission = repo.fetch(commits=3)
    assert [commit["subject"] for commit in submission.commits] == ["4", "3", "2"]
    assert submission.notes == ("Only the newest 3 commits were read.",)


def test_a_message_with_separators_in_it_stays_one_commit(repo: Repository) -> None:
    repo.commit("a\x1eb\x1fc\n\ncommit 0123\n\x01")
    repo.commit("latin", when="2026-01-06T10:00:00+01:00")
    submission = repo.fetch()
    assert [commit["subject"] for commit in submission.commits] == ["latin", "a\x1eb\x1fc"]
