"""Limits of a snapshot: what does not fit is left out and named, and what matters is kept."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.settings import SubmissionLimits
from grader.submission import Submission, fetch
from grader.submission.trees.snapshot import unsafe
from tests.git_command import git


def snapshot(tmp_path: Path, contents: dict[str, bytes], /, **limits: int) -> Submission:
    repo = tmp_path / "repo"
    repo.mkdir()
    git(repo, "init", "-q")
    for path, data in contents.items():
        (repo / path).parent.mkdir(parents=True, exist_ok=True)
        (repo / path).write_bytes(data)
    git(repo, "add", "-f", ".")
    git(repo, "commit", "-qm", "x")
    return fetch(str(repo), into=tmp_path / "out", limits=SubmissionLimits(**limits))


def test_bytes_are_those_of_the_commit(tmp_path: Path) -> None:
    files = {
        "windows.txt": b"a\r\nb\r\n",
        "empty": b"",
        "nul": b"\0" * 1000,
        "wide.txt": "\ufeffæ".encode("utf-16"),
        "newlines": b"\n\n\n",
    }
    submission = snapshot(tmp_path, files)
    assert {path: (submission.root / path).read_bytes() for path in submission.files()} == files


def test_a_large_file_is_named(tmp_path: Path) -> None:
    submission = snapshot(tmp_path, {"a": b"12345", "b": b"123456"}, file_bytes=5)
    assert submission.files() == ["a"]
    assert submission.skipped[0].path == "b"
    assert "larger than 5 bytes" in submission.skipped[0].reason


def test_a_crowded_folder_does_not_push_out_the_code(tmp_path: Path) -> None:
    images = {f"data/{number:03}.png": b"x" for number in range(50)}
    code = {"src/main.py": b"x", "tests/test_main.py": b"x", "pyproject.toml": b""}
    submission = snapshot(tmp_path, images | code, files=10)
    assert set(code) <= set(submission.files())
    assert len(submission.files()) == 10
    assert {skipped.reason for skipped in submission.skipped} == {"more than 10 files"}
    assert len(submission.skipped) == 43


def test_large_files_do_not_push_out_small_ones(tmp_path: Path) -> None:
    submission = snapshot(tmp_path, {"a/big": b"x" * 900, "src/main.py": b"x" * 200}, total_bytes=1000)
    assert submission.files() == ["src/main.py"]
    assert submission.skipped[0].reason == "more than 1000 bytes in all"
    assert submission.size_bytes == 200


def test_what_is_left_out_is_counted_beyond_a_thousand(tmp_path: Path) -> None:
    submission = snapshot(tmp_path, {f"d/{number}": b"xx" for number in range(1203)}, file_bytes=1)
    assert len(submission.skipped) == 1000
    assert submission.notes == ("203 more paths were left out.",)


def test_twins_that_differ_in_case_only(tmp_path: Path) -> None:
    submission = snapshot(tmp_path, {"Dockerfile": b"1", "dockerfile": b"2"})
    assert submission.files() == ["Dockerfile", "dockerfile"]
    assert submission.notes == ("'dockerfile' and 'Dockerfile' differ in case only.",)


@pytest.mark.parametrize(
    "path", [".git/config", "a/.GIT/x", "a/.Git. /x", "../x", "a/../b", "/etc/x", "a//b", "a\\b"]
)
def test_unsafe_paths(path: str) -> None:
    assert unsafe(path, SubmissionLimits())


@pytest.mark.parametrize(
    "path", [".gitignore", ".github/workflows/x.yml", "a/.gitkeep", "..x", "a b", "git", "x.git/y"]
)
def test_safe_paths(path: str) -> None:
    assert unsafe(path, SubmissionLimits()) is None


@given(st.text(alphabet=st.sampled_from("./\\:ag it~1G\u200c\ud800"), min_size=1, max_size=12))
def test_a_safe_path_stays_below_its_root(path: str) -> None:
    if unsafe(path, SubmissionLimits()) is None:
        root = Path("/root-of-snapshot")
        target = Path(os.path.normpath(root / path))
        assert target.is_relative_to(root)
        assert target != root
        assert ".git" not in [part.lower() for part in target.parts]
