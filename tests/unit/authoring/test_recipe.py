"""Repositories from recipes: real git, the same ids everywhere."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from grader.authoring.recipe import build_repository
from grader.errors import CourseError
from grader.settings import SubmissionLimits
from grader.submission import fetch

PEOPLE = {"ada": "Ada Example <ada@example.org>", "bo": "Bo Example <bo@example.org>"}


def git(folder: Path, *args: str) -> str:
    environment = {"PATH": os.environ["PATH"], "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}
    return subprocess.run(
        ["git", *args], cwd=folder, env=environment, capture_output=True, text=True, check=True
    ).stdout.strip()


def commit(message: str, hour: int = 9, **fields: Any) -> dict[str, Any]:
    return {"message": message, "author": "ada", "date": f"2025-01-06T{hour:02}:00:00+01:00", **fields}


def build(tmp_path: Path, *commits: dict[str, Any], folder: Path | None = None, **fields: Any) -> Path:
    return build_repository({"people": PEOPLE, "commit": list(commits), **fields}, folder, tmp_path / "repo")


def conflict(**resolution: Any) -> list[dict[str, Any]]:
    return [
        commit("Start", files={"a.txt": "one\n", "b.txt": "b\n"}),
        commit("Theirs", 10, branch="side", files={"a.txt": "theirs\n", "new.txt": "new\n"}),
        commit("Ours", 11, files={"a.txt": "ours\n"}),
        commit("Merge branch 'side'", 12, merge="side", **resolution),
    ]


def test_a_folder_without_a_recipe_becomes_one_commit_that_is_checked_out(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    (folder / "src" / "__pycache__").mkdir(parents=True)
    (folder / "src" / "a.py").write_bytes(b"x = 1\r\n")
    (folder / "src" / "__pycache__" / "a.pyc").write_bytes(b"\0")
    (folder / "link").symlink_to("/etc/passwd")
    repository = build_repository(None, folder, tmp_path / "repo")
    assert git(repository, "ls-files") == "src/a.py"
    assert (repository / "src" / "a.py").read_bytes() == b"x = 1\r\n"
    assert git(repository, "rev-list", "--count", "--all") == "1"
    assert git(repository, "status", "--porcelain") == ""


def test_a_clean_merge_keeps_both_sides_and_has_two_parents(tmp_path: Path) -> None:
    repository = build(
        tmp_path,
        commit("Start", files={"a.txt": "a\n", "gone.txt": "x\n"}),
        commit("Side", 10, branch="side", files={"b.txt": "b\n"}, delete=["gone.txt"]),
        commit("Main", 11, files={"a.txt": "A\n"}),
        commit("Merge branch 'side'", 12, merge="side"),
    )
    assert git(repository, "ls-files").split() == ["a.txt", "b.txt"]
    assert (repository / "a.txt").read_text() == "A\n"
    assert len(git(repository, "log", "-1", "--format=%P").split()) == 2
    assert git(repository, "fsck", "--strict") == ""


def test_a_merge_is_never_a_fast_forward(tmp_path: Path) -> None:
    repository = build(
        tmp_path,
        commit("Start", files={"a": "a"}),
        commit("Side", 10, branch="side", files={"b": "b"}),
        commit("Merge", 11, merge="side"),
    )
    assert git(repository, "rev-list", "--merges", "--count", "HEAD") == "1"


def test_the_resolution_of_a_conflict_is_what_the_recipe_gives(tmp_path: Path) -> None:
    repository = build(tmp_path, *conflict(files={"a.txt": "both\n"}))
    assert (repository / "a.txt").read_text() == "both\n"
    assert (repository / "new.txt").read_text() == "new\n"
    ours, theirs = git(repository, "log", "-1", "--format=%P").split()
    replayed = subprocess.run(
        ["git", "merge-tree", "--write-tree", ours, theirs], cwd=repository, capture_output=True, check=False
    )
    assert replayed.returncode == 1  # git, too, finds a conflict there


def test_a_conflict_without_a_resolution_is_named(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match=r"commit 4 merges two versions of a\.txt"):
        build(tmp_path, *conflict())


def test_a_squash_has_one_parent_and_the_changes_of_the_branch(tmp_path: Path) -> None:
    repository = build(
        tmp_path,
        commit("Start", files={"a": "a"}),
        commit("Side", 10, branch="side", files={"b": "b"}),
        commit("Add b (#1)", 11, squash="side"),
        delete_branches=["side"],
    )
    assert git(repository, "ls-files").split() == ["a", "b"]
    assert git(repository, "rev-list", "--count", "HEAD") == "2"
    assert git(repository, "branch", "--format=%(refname:short)") == "main"


def test_who_and_when_are_the_recipes(tmp_path: Path) -> None:
    repository = build(
        tmp_path, commit("Train\n\nFor ten epochs.", 9, files={"a": ""}, co_authors=["bo"], committer="bo")
    )
    assert git(repository, "log", "--format=%an|%cn|%aI|%cI") == (
        "Ada Example|Bo Example|2025-01-06T09:00:00+01:00|2025-01-06T09:00:00+01:00"
    )
    submission = fetch(str(repository), into=tmp_path / "out", limits=SubmissionLimits())
    assert submission.commits[0]["co_authors"] == [{"name": "Bo Example", "email": "bo@example.org"}]


def test_the_same_recipe_makes_the_same_ids_whatever_the_users_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = tmp_path / "recipe.toml"
    recipe.write_text(
        '[people]\nada = "Ada Example <ada@example.org>"\n'
        '[[commit]]\nmessage = "Start"\nauthor = "ada"\ndate = 2025-01-06T09:00:00+01:00\ncopy = ["src/**"]\n'
        '[[commit]]\nmessage = "æ"\nauthor = "ada"\ndate = 2025-01-06T09:00:00\nfiles = {"a b\\"ø.txt" = "x"}\n'
    )
    folder = tmp_path / "folder"
    (folder / "src" / "deep").mkdir(parents=True)
    (folder / "src" / "deep" / "a.py").write_text("x\n")
    (folder / "README.md").write_text("not copied\n")
    first = build_repository(recipe, folder, tmp_path / "first")
    config = tmp_path / "config"
    config.write_text("[user]\n\tname = Eve\n[commit]\n\tgpgsign = true\n[core]\n\tautocrlf = true\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Eve")
    second = build_repository(recipe, folder, tmp_path / "second")
    assert git(first, "rev-parse", "HEAD") == git(second, "rev-parse", "HEAD")
    assert sorted(path.name for path in first.iterdir()) == [".git", 'a b"ø.txt', "src"]
    assert (first / "src" / "deep" / "a.py").is_file()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"author": "eve"}, "'eve', who is not in `people`"),
        ({"merge": "side"}, "the branch 'side', which has no commit yet"),
        ({"branch": "side"}, "no commit is on the branch 'main'"),
        ({"files": {"../out": ""}}, "is no path inside a repository"),
        ({"files": {".git/config": ""}}, "is no path inside a repository"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_cannot_be_made_is_said(tmp_path: Path, change: dict[str, Any], said: str) -> None:
    with pytest.raises(CourseError, match=said):
        build(tmp_path, commit("Start") | change)
    assert not (tmp_path / "repo").exists()


def test_a_folder_in_use_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "repo").mkdir()
    (tmp_path / "repo" / "mine").write_text("x")
    with pytest.raises(CourseError, match="is not empty"):
        build(tmp_path, commit("Start"))
