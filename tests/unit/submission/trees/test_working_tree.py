"""What `grader check` reads: the working tree as its owner sees it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from grader.errors import SourceError
from grader.settings import SubmissionLimits
from grader.submission import fetch, fetch_working_tree
from tests.git_command import ENVIRONMENT, git


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    folder = tmp_path / "repo"
    (folder / "src").mkdir(parents=True)
    git(folder, "init", "-q", "-b", "main")
    (folder / "README.md").write_bytes(b"hello\n")
    (folder / "src" / "main.py").write_bytes(b"print()\n")
    (folder / ".gitignore").write_bytes(b"*.log\ndata/\n")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "first")
    return folder


@pytest.fixture
def into(tmp_path: Path) -> Path:
    return tmp_path / "out"


COMMITTED = [".gitignore", "README.md", "src/main.py"]


def test_a_clean_tree_equals_its_commit(repo: Path, into: Path) -> None:
    here = fetch_working_tree(repo, into=into / "a")
    there = fetch(str(repo), into=into / "b")
    assert not here.dirty
    assert here.blobs == there.blobs
    assert here.commit == there.commit
    assert here.history == there.history
    assert (here.id, here.notes, here.skipped) == ("repo", (), ())


def test_changed_new_and_deleted_files(repo: Path, into: Path) -> None:
    (repo / "README.md").write_text("changed")
    (repo / "new.py").write_text("new")
    (repo / "src" / "main.py").unlink()
    submission = fetch_working_tree(repo, into=into)
    assert submission.dirty
    assert submission.files() == [".gitignore", "README.md", "new.py"]
    assert (submission.root / "README.md").read_text() == "changed"
    assert submission.blobs["new.py"] == git(repo, "hash-object", "new.py")


@pytest.mark.parametrize(
    "change",
    [
        lambda repo: (repo / "README.md").write_text("other!"),
        lambda repo: (repo / "README.md").chmod(0o755),
        lambda repo: (repo / "README.md").unlink(),
        lambda repo: (repo / "new").touch(),
        lambda repo: ((repo / "README.md").unlink(), (repo / "README.md").symlink_to("src/main.py")),
    ],
)
def test_any_difference_makes_it_dirty(repo: Path, into: Path, change: object) -> None:
    assert callable(change)
    change(repo)
    assert fetch_working_tree(repo, into=into).dirty


def test_ignored_files_are_not_read(repo: Path, into: Path) -> None:
    (repo / "data").mkdir()
    (repo / "data" / "images.npz").touch()
    (repo / "run.log").touch()
    (repo / "private").touch()
    (repo / ".git" / "info" / "exclude").write_text("private\n")
    submission = fetch_working_tree(repo, into=into)
    assert submission.files() == COMMITTED
    assert not submission.dirty


def test_a_tracked_file_is_read_though_a_pattern_ignores_it(repo: Path, into: Path) -> None:
    (repo / "kept.log").write_text("x")
    git(repo, "add", "-f", "kept.log")
    assert "kept.log" in fetch_working_tree(repo, into=into / "a").files()
    git(repo, "commit", "-qm", "log")
    assert "kept.log" in fetch_working_tree(repo, into=into / "b").files()


def test_grader_folders_and_what_tools_make_are_not_read(repo: Path, into: Path) -> None:
    for folder in (".grader", "src/__pycache__", "node_modules/x", "env/lib", "src/.grader"):
        (repo / folder).mkdir(parents=True)
        (repo / folder / "file").touch()
    (repo / "env" / "pyvenv.cfg").touch()
    submission = fetch_working_tree(repo, into=into)
    assert submission.files() == COMMITTED
    assert [(skipped.path, skipped.reason) for skipped in submission.skipped] == [
        ("env/", "a Python environment that git does not track")
    ]
    assert not submission.dirty


def test_a_committed_grader_folder_is_not_read_either(repo: Path, into: Path) -> None:
    (repo / ".grader").mkdir()
    (repo / ".grader" / "result.json").write_text("{}")
    git(repo, "add", "-f", ".")
    git(repo, "commit", "-qm", "forged")
    for number, submission in enumerate(
        (fetch(str(repo), into=into / "a"), fetch_working_tree(repo, into=into / "b"))
    ):
        assert submission.files() == COMMITTED, number
        assert submission.skipped[0].reason == "the grader's own folder is not read"
        assert not submission.dirty


def test_a_destination_inside_the_tree_is_not_read(repo: Path) -> None:
    submission = fetch_working_tree(repo, into=repo / "out" / "files")
    assert submission.files() == COMMITTED
    assert not submission.dirty
    assert git(repo, "status", "--porcelain") == "?? out/"


def test_a_folder_inside_the_repository(repo: Path, into: Path) -> None:
    submission = fetch_working_tree(repo / "src", into=into)
    assert (submission.files(), submission.subfolder) == (["main.py"], "src")
    assert submission.id == "repo-src"
    assert submission.notes[0].startswith("Only the folder `src` was read")


def test_before_the_first_commit(tmp_path: Path, into: Path) -> None:
    git(tmp_path, "init", "-q", "-b", "trunk", "new")
    (tmp_path / "new" / "a.py").write_text("a")
    submission = fetch_working_tree(tmp_path / "new", into=into)
    assert submission.files() == ["a.py"]
    assert (submission.commit, submission.committed_at, submission.branch) == ("", None, "trunk")
    assert submission.dirty
    assert submission.commits == []
    assert submission.history.commits == 0


def test_a_bare_repository_has_only_its_commit(repo: Path, into: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", "--bare", str(repo), "bare.git")
    submission = fetch_working_tree(tmp_path / "bare.git", into=into)
    assert submission.files() == COMMITTED
    assert not submission.dirty
    assert any("bare" in note for note in submission.notes)


def test_a_folder_without_a_repository(tmp_path: Path, into: Path) -> None:
    (tmp_path / "plain").mkdir()
    with pytest.raises(SourceError, match="not a git repository"):
        fetch_working_tree(tmp_path / "plain", into=into)


def test_a_damaged_index_is_noted(repo: Path, into: Path) -> None:
    (repo / ".git" / "index").write_bytes(b"no index")
    submission = fetch_working_tree(repo, into=into)
    assert submission.files() == COMMITTED
    assert any("index" in note for note in submission.notes)


@pytest.mark.parametrize("setting", ["core.splitIndex", "core.untrackedCache", "index.skipHash"])
def test_every_kind_of_index_is_read(repo: Path, into: Path, setting: str) -> None:
    git(repo, "config", setting, "true")
    (repo / "added.log").touch()
    git(repo, "add", "-f", "added.log")
    git(repo, "status")
    assert fetch_working_tree(repo, into=into).files() == sorted([*COMMITTED, "added.log"])


def test_a_merge_conflict_lists_each_file_once(repo: Path, into: Path) -> None:
    git(repo, "checkout", "-qb", "other")
    (repo / "README.md").write_text("one\n")
    git(repo, "commit", "-qam", "one")
    git(repo, "checkout", "-q", "main")
    (repo / "README.md").write_text("two\n")
    git(repo, "commit", "-qam", "two")
    subprocess.run(["git", "merge", "other"], cwd=repo, env=ENVIRONMENT, capture_output=True, check=False)
    submission = fetch_working_tree(repo, into=into)
    assert submission.files() == COMMITTED
    assert b"<<<<<<<" in (submission.root / "README.md").read_bytes()
    assert submission.dirty


def test_line_ends_of_windows_are_not_a_difference(repo: Path, into: Path) -> None:
    (repo / "README.md").write_bytes(b"hello\r\n")
    submission = fetch_working_tree(repo, into=into)
    assert (submission.root / "README.md").read_bytes() == b"hello\n"
    assert not submission.dirty


def test_another_repository_inside_is_named(repo: Path, into: Path) -> None:
    (repo / "inner").mkdir()
    git(repo / "inner", "init", "-q")
    (repo / "inner" / "secret").touch()
    git(repo / "inner", "add", ".")
    git(repo / "inner", "commit", "-qm", "x")
    submission = fetch_working_tree(repo, into=into)
    assert submission.files() == COMMITTED
    assert [skipped.path for skipped in submission.skipped] == ["inner/"]


def test_a_path_longer_than_the_limit_is_named(repo: Path, into: Path) -> None:
    (repo / "deep").mkdir()
    name = "deep/" + "x" * 200
    (repo / name).write_text("x")
    submission = fetch_working_tree(repo, into=into, limits=SubmissionLimits(path_bytes=100))
    assert submission.files() == COMMITTED
    assert submission.skipped[0].reason == "its path is longer than 100 bytes"


def test_branches_of_origin_count_as_branches(repo: Path, into: Path, tmp_path: Path) -> None:
    git(repo, "branch", "feature")
    git(tmp_path, "clone", "-q", str(repo), "clone")
    submission = fetch_working_tree(tmp_path / "clone", into=into)
    assert [branch["name"] for branch in submission.branches] == ["feature", "main"]
    assert submission.default_branch == "main"
