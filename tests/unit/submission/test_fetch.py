"""Fetch from folders: ordinary repositories, and odd ones."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from grader.errors import GradingError, SourceError
from grader.settings import SubmissionLimits
from grader.submission import Submission, fetch

ENVIRONMENT = {
    "PATH": os.environ["PATH"],
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@uni.dk",
    "GIT_AUTHOR_DATE": "2026-01-05T10:00:00+0100",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@uni.dk",
    "GIT_COMMITTER_DATE": "2026-01-05T10:00:00+0100",
}


def git(folder: Path, *args: str, stdin: str | None = None, **environment: str) -> str:
    done = subprocess.run(
        ["git", *args],
        cwd=folder,
        env=ENVIRONMENT | environment,
        input=stdin,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    """A repository with one commit: README.md and an executable run.sh."""
    folder = tmp_path / "My Project"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    (folder / "README.md").write_bytes(b"hello\n")
    (folder / "run.sh").write_bytes(b"#!/bin/sh\n")
    (folder / "run.sh").chmod(0o755)
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "first")
    return folder


@pytest.fixture
def into(tmp_path: Path) -> Path:
    return tmp_path / "out" / "files"


def contents(submission: Submission) -> dict[str, bytes]:
    return {path: (submission.root / path).read_bytes() for path in submission.files()}


def test_the_committed_state_of_a_folder(repo: Path, into: Path) -> None:
    (repo / "README.md").write_text("changed and not committed")
    (repo / "new.txt").write_text("not committed")
    submission = fetch(str(repo), into=into)
    assert contents(submission) == {"README.md": b"hello\n", "run.sh": b"#!/bin/sh\n"}
    assert submission.commit == git(repo, "rev-parse", "HEAD")
    assert (submission.branch, submission.default_branch) == ("main", "main")
    assert submission.id == "my-project"
    assert submission.source == str(repo)
    assert not submission.dirty
    assert submission.blobs["README.md"] == git(repo, "rev-parse", "HEAD:README.md")
    assert submission.size_bytes == 16
    assert submission.committed_at is not None
    assert submission.committed_at.isoformat() == "2026-01-05T09:00:00+00:00"
    assert submission.notes == ()
    assert submission.skipped == ()


def test_modes_are_0644_and_0755(repo: Path, into: Path) -> None:
    submission = fetch(str(repo), into=into)
    assert (submission.root / "README.md").stat().st_mode & 0o7777 == 0o644
    assert (submission.root / "run.sh").stat().st_mode & 0o7777 == 0o755


def test_folders_are_readable_whatever_the_umask(repo: Path, into: Path) -> None:
    (repo / "a" / "b").mkdir(parents=True)
    (repo / "a" / "b" / "c").touch()
    git(repo, "add", ".")
    git(repo, "commit", "-qm", "deep")
    before = os.umask(0o077)
    try:
        submission = fetch(str(repo), into=into)
    finally:
        os.umask(before)
    assert {path.stat().st_mode & 0o777 for path in (into, into / "a", into / "a" / "b")} == {0o755}
    assert (submission.root / "a" / "b" / "c").stat().st_mode & 0o777 == 0o644


def test_nothing_of_ours_is_left_beside_the_files(repo: Path, into: Path) -> None:
    fetch(str(repo), into=into)
    assert [path.name for path in into.parent.iterdir()] == ["files"]
    with pytest.raises(SourceError):
        fetch(str(repo), into=into.parent / "second", commit="0" * 40)
    assert {path.name for path in into.parent.iterdir()} == {"files", "second"}


def test_the_source_is_left_untouched(repo: Path, into: Path) -> None:
    def state() -> dict[str, tuple[int, int]]:
        return {
            str(path): (path.lstat().st_mtime_ns, path.lstat().st_size)
            for path in repo.rglob("*")
            if path.is_file()
        }

    before = state()
    fetch(str(repo), into=into)
    assert state() == before


def test_another_commit(repo: Path, into: Path) -> None:
    first = git(repo, "rev-parse", "HEAD")
    (repo / "README.md").write_text("later\n")
    git(repo, "commit", "-qam", "second", GIT_COMMITTER_DATE="2026-01-06T10:00:00+0100")
    submission = fetch(str(repo), into=into, commit=first[:10])
    assert submission.commit == first
    assert contents(submission)["README.md"] == b"hello\n"
    assert [commit["subject"] for commit in submission.commits] == ["first"]
    assert any("1 commits are newer" in note for note in submission.notes)


@pytest.mark.parametrize(
    "commit", ["0" * 40, "no-such-branch", "--upload-pack=x", "HEAD..main", "", "@{u}", "a\nb"]
)
def test_an_unknown_commit_is_named(repo: Path, into: Path, commit: str) -> None:
    with pytest.raises(SourceError, match="has no commit") as caught:
        fetch(str(repo), into=into, commit=commit)
    assert caught.value.exit_code == 2


def test_a_branch_a_tag_and_a_branch_of_origin_name_commits(repo: Path, into: Path, tmp_path: Path) -> None:
    git(repo, "tag", "-a", "v1", "-m", "one")
    git(repo, "branch", "other")
    for number, name in enumerate(["v1", "other"]):
        assert fetch(str(repo), into=into / str(number), commit=name).commit == git(repo, "rev-parse", "HEAD")
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "-q", str(repo), str(clone))
    assert fetch(str(clone), into=into / "2", commit="other").commit == git(repo, "rev-parse", "HEAD")


def test_a_repository_without_commits(tmp_path: Path, into: Path) -> None:
    git(tmp_path, "init", "-q", "empty")
    with pytest.raises(SourceError, match="has no commits yet"):
        fetch(str(tmp_path / "empty"), into=into)


def test_a_bare_repository(repo: Path, into: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", "--bare", str(repo), "bare.git")
    submission = fetch(str(tmp_path / "bare.git"), into=into)
    assert submission.id == "bare"
    assert submission.files() == ["README.md", "run.sh"]


def test_the_git_folder_itself(repo: Path, into: Path) -> None:
    submission = fetch(str(repo / ".git"), into=into)
    assert submission.id == "my-project"
    assert submission.files() == ["README.md", "run.sh"]


def test_a_shallow_clone_says_so(repo: Path, into: Path, tmp_path: Path) -> None:
    (repo / "README.md").write_text("later\n")
    git(repo, "commit", "-qam", "second")
    git(tmp_path, "clone", "-q", "--depth=1", f"file://{repo}", "shallow")
    submission = fetch(str(tmp_path / "shallow"), into=into)
    assert [commit["subject"] for commit in submission.commits] == ["second"]
    assert any("shallow" in note for note in submission.notes)


def test_a_detached_head_is_read_and_noted(repo: Path, into: Path) -> None:
    first = git(repo, "rev-parse", "HEAD")
    (repo / "README.md").write_text("later\n")
    git(repo, "commit", "-qam", "second")
    git(repo, "checkout", "-q", first)
    submission = fetch(str(repo), into=into)
    assert (submission.commit, submission.branch, submission.default_branch) == (first, "", "main")
    assert any("detached" in note for note in submission.notes)


@pytest.mark.parametrize(
    ("branches", "read"), [(["main", "b"], "main"), (["master", "b"], "master"), (["b"], "b")]
)
def test_a_head_that_names_a_missing_branch(repo: Path, into: Path, branches: list[str], read: str) -> None:
    git(repo, "branch", "-m", "main", "to-be-renamed")
    for name in branches:
        git(repo, "branch", name, "to-be-renamed")
    git(repo, "symbolic-ref", "HEAD", "refs/heads/gone")
    git(repo, "branch", "-D", "to-be-renamed")
    submission = fetch(str(repo), into=into)
    assert submission.branch == read
    assert any("does not exist" in note for note in submission.notes)


def test_a_missing_branch_and_nothing_to_choose_by(repo: Path, into: Path) -> None:
    git(repo, "branch", "one")
    git(repo, "branch", "two")
    git(repo, "symbolic-ref", "HEAD", "refs/heads/gone")
    git(repo, "branch", "-D", "main")
    with pytest.raises(SourceError, match="'gone', which does not exist"):
        fetch(str(repo), into=into)


def test_the_default_branch_is_not_the_one_that_is_checked_out(repo: Path, into: Path) -> None:
    git(repo, "checkout", "-qb", "feature")
    (repo / "README.md").write_text("feature\n")
    git(repo, "commit", "-qam", "on a feature")
    submission = fetch(str(repo), into=into)
    assert (submission.branch, submission.default_branch) == ("feature", "main")
    assert [commit["on_default"] for commit in submission.commits] == [False, True]


def test_a_worktree_is_read_because_its_repository_knows_it(repo: Path, into: Path, tmp_path: Path) -> None:
    git(repo, "worktree", "add", "-q", "-b", "side", str(tmp_path / "side"))
    (tmp_path / "side" / "side.txt").write_text("x")
    git(tmp_path / "side", "add", ".")
    git(tmp_path / "side", "commit", "-qm", "side")
    submission = fetch(str(tmp_path / "side"), into=into)
    assert submission.branch == "side"
    assert "side.txt" in submission.files()


def test_a_sha256_repository(tmp_path: Path, into: Path) -> None:
    git(tmp_path, "init", "-q", "--object-format=sha256", "new")
    (tmp_path / "new" / "a").write_text("a")
    git(tmp_path / "new", "add", ".")
    git(tmp_path / "new", "commit", "-qm", "x")
    submission = fetch(str(tmp_path / "new"), into=into)
    assert len(submission.commit) == 64
    assert submission.blobs == {"a": git(tmp_path / "new", "rev-parse", "HEAD:a")}


def test_what_is_no_repository(tmp_path: Path, into: Path, repo: Path) -> None:
    (tmp_path / "plain").mkdir()
    with pytest.raises(SourceError, match=r"not a git repository.*git init"):
        fetch(str(tmp_path / "plain"), into=into)
    with pytest.raises(SourceError, match="There is nothing at"):
        fetch(str(tmp_path / "nowhere"), into=into)
    with pytest.raises(SourceError, match="is a file, not a folder"):
        fetch(str(repo / "README.md"), into=into)


def test_a_folder_inside_another_repository_is_not_taken_for_it(repo: Path, into: Path) -> None:
    (repo / "group-7").mkdir()
    with pytest.raises(SourceError, match=f"not a git repository.*{re.escape(str(repo))}"):
        fetch(str(repo / "group-7"), into=into)


def test_a_destination_that_is_not_empty_is_refused(repo: Path, into: Path) -> None:
    into.mkdir(parents=True)
    (into / "precious").touch()
    with pytest.raises(GradingError, match="not empty"):
        fetch(str(repo), into=into)


def test_a_missing_commit_object_is_a_damaged_repository(repo: Path, into: Path) -> None:
    sha = git(repo, "rev-parse", "HEAD")
    (repo / ".git" / "objects" / sha[:2] / sha[2:]).unlink()
    with pytest.raises(SourceError, match="damaged"):
        fetch(str(repo), into=into)


def test_a_garbled_tree_is_a_damaged_repository(repo: Path, into: Path) -> None:
    sha = git(repo, "rev-parse", "HEAD^{tree}")
    path = repo / ".git" / "objects" / sha[:2] / sha[2:]
    path.chmod(0o644)
    path.write_bytes(b"no zlib stream")
    with pytest.raises(SourceError, match="damaged"):
        fetch(str(repo), into=into)


def test_a_missing_file_is_named_and_the_rest_is_read(repo: Path, into: Path) -> None:
    sha = git(repo, "rev-parse", "HEAD:README.md")
    (repo / ".git" / "objects" / sha[:2] / sha[2:]).unlink()
    submission = fetch(str(repo), into=into)
    assert submission.files() == ["run.sh"]
    assert [(skipped.path, skipped.reason) for skipped in submission.skipped] == [
        ("README.md", "its content is missing from the repository")
    ]


def test_a_damaged_older_history_is_noted(repo: Path, into: Path) -> None:
    first = git(repo, "rev-parse", "HEAD")
    (repo / "README.md").write_text("later\n")
    git(repo, "commit", "-qam", "second")
    (repo / ".git" / "objects" / first[:2] / first[2:]).unlink()
    submission = fetch(str(repo), into=into)
    assert "run.sh" in submission.files()
    assert any("history is damaged" in note for note in submission.notes)


def test_a_repository_larger_than_the_limit(repo: Path, into: Path) -> None:
    (repo / "big").write_bytes(os.urandom(300_000))
    git(repo, "add", ".")
    git(repo, "commit", "-qm", "big")
    with pytest.raises(SourceError, match="larger than"):
        fetch(str(repo), into=into, limits=SubmissionLimits(clone_bytes=200_000))


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("ext::sh -c touch% /tmp/x", "There is nothing at"),
        ("ext://x/y", "start with `ext:`"),
        ("git://host/a/b", "start with `git:`"),
        ("https://user:pass@host/a/b", "holds a user name or a password"),
        ("https://token@host/a/b", "holds a user name or a password"),
        ("https://", "not the address of a repository"),
        ("https://host/", "not the address of a repository"),
        ("ssh://-oProxyCommand=x/a", "not the address of a repository"),
        ("https://[::1/a", "not a valid address"),
        ("", "is empty"),
        ("a\x1b[31m", "control characters"),
        ("--upload-pack=x", "There is nothing at"),
    ],
)
def test_a_source_that_is_refused(source: str, says: str, into: Path) -> None:
    with pytest.raises(SourceError, match=re.escape(says)) as caught:
        fetch(source, into=into)
    assert "pass@" not in str(caught.value)
    assert not into.exists()


def test_paths_only_where_they_are_allowed(repo: Path, into: Path) -> None:
    for source in (str(repo), f"file://{repo}", "./x", "../x/y"):
        with pytest.raises(SourceError, match="--allow-local"):
            fetch(source, into=into, allow_local=False)


def test_a_file_address_is_a_path(tmp_path: Path, into: Path, repo: Path) -> None:
    address = f"file://{repo}".replace(" ", "%20")
    assert fetch(address, into=into).files() == ["README.md", "run.sh"]
