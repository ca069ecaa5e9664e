"""Fetch from repositories that were made to hurt: nothing of theirs runs, nothing outside them is read."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.errors import SourceError
from grader.settings import SubmissionLimits
from grader.submission import Submission, fetch, fetch_working_tree
from tests.git_command import ENVIRONMENT, git

Fetch = Callable[[Path, Path], Submission]


def committed(path: Path, into: Path) -> Submission:
    return fetch(str(path), into=into)


def working_tree(path: Path, into: Path) -> Submission:
    return fetch_working_tree(path, into=into)


@pytest.fixture(params=[committed, working_tree])
def fetched(request: pytest.FixtureRequest) -> Fetch:
    """Both ways to fetch."""
    return request.param  # type: ignore[no-any-return]


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    folder = tmp_path / "repo"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    (folder / "README.md").write_bytes(b"hello\n")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "first")
    return folder


@pytest.fixture
def into(tmp_path: Path) -> Path:
    return tmp_path / "out"


def reasons(submission: Submission) -> dict[str, str]:
    return {skipped.path: skipped.reason for skipped in submission.skipped}


def program(folder: Path, marker: Path) -> Path:
    """A program that leaves `marker` when it runs."""
    path = folder / "evil.sh"
    path.write_text(f"#!/bin/sh\ntouch '{marker}'\nexec cat\n")
    path.chmod(0o755)
    return path


HOSTILE_SETTINGS = (
    *("core.fsmonitor", "core.sshCommand", "core.gitProxy", "core.pager", "core.editor", "core.askPass"),
    *(
        "core.alternateRefsCommand",
        "gpg.program",
        "gpg.ssh.program",
        "diff.external",
        "diff.x.textconv",
        "diff.x.command",
    ),
    *(
        "filter.x.clean",
        "filter.x.smudge",
        "filter.x.process",
        "merge.x.driver",
        "uploadpack.packObjectsHook",
    ),
    *("credential.helper", "remote.origin.uploadpack", "trace2.eventTarget", "alias.ls-files", "alias.clone"),
    *("sequence.editor", "interactive.diffFilter", "pager.log", "pager.ls-tree"),
)


def test_nothing_that_a_configuration_names_is_run(
    repo: Path, into: Path, tmp_path: Path, fetched: Fetch
) -> None:
    marker = tmp_path / "marker"
    evil = program(tmp_path, marker)
    (repo / ".gitattributes").write_text(
        "* filter=x diff=x merge=x ident export-ignore export-subst text eol=crlf\n"
    )
    (repo / "x.txt").write_bytes(b"$Id$ $Format:%H$\n")
    git(repo, "add", ".")
    git(repo, "commit", "-qm", "second")
    for name in HOSTILE_SETTINGS:
        git(repo, "config", name, str(evil))
    git(repo, "config", "core.hooksPath", str(tmp_path / "hooks"))
    git(repo, "config", "log.showSignature", "true")
    git(repo, "config", "filter.x.required", "true")
    git(repo, "config", "remote.origin.url", f"ext::{evil}")
    git(repo, "config", "remote.origin.promisor", "true")
    git(repo, "config", "protocol.ext.allow", "always")
    git(repo, "config", "core.worktree", "/")
    (tmp_path / "extra").write_text(f"[core]\n\tfsmonitor = {evil}\n")
    git(repo, "config", "include.path", str(tmp_path / "extra"))
    for hooks in (tmp_path / "hooks", repo / ".git" / "hooks"):
        hooks.mkdir(exist_ok=True)
        for name in (
            "post-checkout",
            "pre-commit",
            "reference-transaction",
            "post-index-change",
            "fsmonitor-watchman",
        ):
            (hooks / name).write_bytes(evil.read_bytes())
            (hooks / name).chmod(0o755)
    submission = fetched(repo, into)
    assert not marker.exists()
    assert (submission.root / "x.txt").read_bytes() == b"$Id$ $Format:%H$\n"
    assert not submission.dirty
    # The trap works: git itself runs what this configuration names.
    subprocess.run(
        ["git", "--work-tree=.", "status"], cwd=repo, env=ENVIRONMENT, capture_output=True, check=False
    )
    assert marker.exists()


def test_a_missing_object_is_not_fetched_from_a_promisor(
    repo: Path, into: Path, tmp_path: Path, fetched: Fetch
) -> None:
    marker = tmp_path / "marker"
    sha = git(repo, "rev-parse", "HEAD:README.md")
    (repo / ".git" / "objects" / sha[:2] / sha[2:]).unlink()
    (repo / "README.md").unlink()
    git(repo, "config", "core.repositoryFormatVersion", "1")
    git(repo, "config", "extensions.partialClone", "origin")
    git(repo, "config", "remote.origin.promisor", "true")
    git(repo, "config", "remote.origin.url", f"file://{repo}")
    git(repo, "config", "remote.origin.uploadpack", str(program(tmp_path, marker)))
    submission = fetched(repo, into)
    assert not marker.exists()
    assert submission.files() == []
    assert any("partial clone" in note for note in submission.notes)


def test_the_environment_does_not_reach_git(
    repo: Path, into: Path, tmp_path: Path, fetched: Fetch, monkeypatch: pytest.MonkeyPatch
) -> None:
    marker = tmp_path / "marker"
    evil = program(tmp_path, marker)
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / ".gitconfig").write_text(f"[core]\n\tfsmonitor = {evil}\n[alias]\n\tlog = !{evil}\n")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    monkeypatch.setenv("GIT_INDEX_FILE", "/nowhere")
    monkeypatch.setenv("GIT_EXEC_PATH", str(tmp_path))
    monkeypatch.setenv("GIT_TRACE", str(tmp_path / "trace"))
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", str(evil))
    submission = fetched(repo, into)
    assert submission.files() == ["README.md"]
    assert not marker.exists()
    assert not (tmp_path / "trace").exists()


def test_alternates_are_not_followed(repo: Path, into: Path, tmp_path: Path, fetched: Fetch) -> None:
    secret = tmp_path / "other-group"
    secret.mkdir()
    git(secret, "init", "-q", "-b", "main")
    (secret / "solution.py").write_text("42")
    git(secret, "add", ".")
    git(secret, "commit", "-qm", "secret")
    stolen = git(secret, "rev-parse", "HEAD")
    (repo / ".git" / "objects" / "info" / "alternates").write_text(f"{secret}/.git/objects\n")
    (repo / ".git" / "refs" / "heads" / "main").write_text(stolen + "\n")
    with pytest.raises(SourceError, match="damaged"):
        fetched(repo, into)
    assert list(into.iterdir()) == []


def test_a_git_file_that_names_another_repository(
    repo: Path, into: Path, tmp_path: Path, fetched: Fetch
) -> None:
    thief = tmp_path / "thief"
    thief.mkdir()
    (thief / ".git").write_text(f"gitdir: {repo}/.git\n")
    with pytest.raises(SourceError, match="does not name it back"):
        fetched(thief, into)


def test_a_commondir_that_names_another_repository(
    repo: Path, into: Path, tmp_path: Path, fetched: Fetch
) -> None:
    thief = tmp_path / "thief" / ".git"
    thief.mkdir(parents=True)
    (thief / "HEAD").write_text("ref: refs/heads/main\n")
    (thief / "commondir").write_text(f"{repo}/.git\n")
    with pytest.raises(SourceError, match="not a git repository"):
        fetched(thief.parent, into)


def test_a_forged_worktree_of_another_repository(
    repo: Path, into: Path, tmp_path: Path, fetched: Fetch
) -> None:
    thief = tmp_path / "thief"
    forged = thief / "worktrees" / "x"
    forged.mkdir(parents=True)
    (thief / ".git").write_text(f"gitdir: {forged}\n")
    (forged / "HEAD").write_text("ref: refs/heads/main\n")
    (forged / "gitdir").write_text(f"{thief}/.git\n")
    (forged / "commondir").write_text(f"{repo}/.git\n")
    with pytest.raises(SourceError, match="does not name it back"):
        fetched(thief, into)


def test_a_git_folder_that_is_a_link(repo: Path, into: Path, tmp_path: Path, fetched: Fetch) -> None:
    thief = tmp_path / "thief"
    thief.mkdir()
    (thief / ".git").symlink_to(repo / ".git")
    with pytest.raises(SourceError, match="symbolic link"):
        fetched(thief, into)


@pytest.mark.parametrize("part", ["objects", "refs", "HEAD"])
def test_a_git_folder_with_links_inside(
    repo: Path, into: Path, tmp_path: Path, fetched: Fetch, part: str
) -> None:
    thief = tmp_path / "thief" / ".git"
    thief.mkdir(parents=True)
    for name in ("objects", "refs"):
        (thief / name).mkdir()
    (thief / "HEAD").write_text("ref: refs/heads/main\n")
    real = thief / part
    real.unlink() if part == "HEAD" else real.rmdir()
    real.symlink_to(repo / ".git" / part)
    (thief / "packed-refs").write_text(git(repo, "rev-parse", "HEAD") + " refs/heads/main\n")
    with pytest.raises(SourceError):
        fetched(thief.parent, into)


def test_symbolic_links_are_named_and_not_followed(repo: Path, into: Path, fetched: Fetch) -> None:
    (repo / "passwd").symlink_to("/etc/passwd")
    (repo / "etc").symlink_to("/etc")
    (repo / "inside").symlink_to("README.md")
    git(repo, "add", ".")
    git(repo, "commit", "-qm", "links")
    submission = fetched(repo, into)
    assert submission.files() == ["README.md"]
    assert reasons(submission) == dict.fromkeys(["passwd", "etc", "inside"], "symbolic link, not followed")
    assert not submission.dirty
    assert sorted(os.listdir(submission.root)) == ["README.md"]


def test_a_folder_swapped_for_a_link_leads_nowhere(repo: Path, into: Path, tmp_path: Path) -> None:
    (repo / "data").mkdir()
    (repo / "data" / "secret").write_text("mine")
    git(repo, "add", ".")
    git(repo, "commit", "-qm", "data")
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_text("not mine")
    (repo / "data" / "secret").unlink()
    (repo / "data").rmdir()
    (repo / "data").symlink_to(outside)
    submission = fetch_working_tree(repo, into=into)
    assert submission.files() == ["README.md"]
    assert submission.dirty


def test_submodules_and_lfs_pointers_are_named(
    repo: Path, into: Path, tmp_path: Path, fetched: Fetch
) -> None:
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'a' * 64}\nsize 123\n".encode()
    (repo / "model.pt").write_bytes(pointer)
    git(repo, "add", ".")
    git(repo, "update-index", "--add", "--cacheinfo", f"160000,{'b' * 40},vendored")
    (repo / "vendored").mkdir()
    (repo / ".gitmodules").write_text('[submodule "vendored"]\n\tpath = vendored\n\turl = ext::sh\n')
    git(repo, "add", ".gitmodules")
    git(repo, "commit", "-qm", "parts")
    submission = fetched(repo, into)
    assert submission.files() == [".gitmodules", "README.md", "model.pt"]
    assert (submission.root / "model.pt").read_bytes() == pointer
    assert reasons(submission) == {
        "model.pt": "Git LFS: the pointer is kept, the content is not fetched",
        "vendored": "submodule, not fetched",
    }
    assert not submission.dirty


def test_strange_names_are_kept_or_named(repo: Path, into: Path, fetched: Fetch) -> None:
    kept = [
        "new\nline",
        "tab\t",
        "\u202egnp.exe",
        "-rf",
        "--help",
        ":(top)x",
        "a*b?",
        "<b>",
        "=cmd()",
        "æøå",
        "$(x)",
    ]
    for name in kept:
        (repo / name).write_text(name)
    (repo / "back\\slash").write_text("x")
    Path(os.fsdecode(os.fsencode(repo) + b"/latin-\xe6")).write_text("x")
    git(repo, "add", ".")
    git(repo, "commit", "-qm", "names")
    submission = fetched(repo, into)
    assert set(submission.files()) == {"README.md", *kept}
    assert all((submission.root / name).read_text() == name for name in kept)
    assert reasons(submission) == {
        "back\\slash": "its path leads elsewhere on some systems",
        "latin-\\xe6": "its name is not UTF-8",
    }


def test_what_is_no_file_in_a_working_tree(repo: Path, into: Path) -> None:
    os.mkfifo(repo / "fifo")
    with socket.socket(socket.AF_UNIX) as listener:
        here = os.getcwd()
        os.chdir(repo)
        try:
            listener.bind("socket")
        finally:
            os.chdir(here)
        with (repo / "sparse").open("wb") as file:
            file.truncate(10 * 1024**3)
        submission = fetch_working_tree(repo, into=into)
    assert submission.files() == ["README.md"]
    assert reasons(submission)["sparse"].startswith("larger than")


def tree_with(repo: Path, *lines: bytes) -> None:
    """Commit a tree as given, whatever git thinks of its names."""
    content = b"".join(lines)
    tree = git(repo, "hash-object", "-t", "tree", "-w", "--literally", "--stdin", stdin=content)
    commit = git(repo, "commit-tree", tree, "-m", "crafted")
    git(repo, "update-ref", "refs/heads/main", commit)


def entry(repo: Path, mode: bytes, name: bytes, content: bytes) -> bytes:
    kind = "tree" if mode == b"40000" else "blob"
    sha = git(repo, "hash-object", "-t", kind, "-w", "--literally", "--stdin", stdin=content)
    return mode + b" " + name + b"\0" + bytes.fromhex(sha)


@pytest.mark.parametrize(
    "name", [b".git", b".GIT", b".git.", b".git ", b"git~1", ".g\u200cit".encode(), b".git::x"]
)
def test_a_git_folder_in_a_tree_is_left_out(repo: Path, into: Path, name: bytes) -> None:
    inner = entry(repo, b"100644", b"config", b"[core]\n")
    tree_with(repo, entry(repo, b"40000", name, inner), entry(repo, b"100644", b"ok", b"ok"))
    submission = fetch(str(repo), into=into)
    assert submission.files() == ["ok"]
    assert [skipped.reason for skipped in submission.skipped] == ["a `.git` inside the repository"]


@pytest.mark.parametrize("name", [b"..", b".", b"a\\..\\b", b"C:x", b"n" * 300])
def test_a_name_that_leads_out_is_left_out(repo: Path, into: Path, name: bytes) -> None:
    tree_with(
        repo,
        entry(repo, b"40000", name, entry(repo, b"100644", b"x", b"x")),
        entry(repo, b"100644", b"ok", b""),
    )
    submission = fetch(str(repo), into=into)
    assert submission.files() == ["ok"]
    assert len(submission.skipped) == 1
    assert [path.name for path in into.parent.iterdir() if path.name not in ("repo", "out")] == []


def test_a_slash_in_a_name_and_an_absolute_one(repo: Path, into: Path, tmp_path: Path) -> None:
    target = str(tmp_path / "escaped").encode()
    tree_with(repo, entry(repo, b"100644", target, b"x"), entry(repo, b"100644", b"../escaped", b"x"))
    submission = fetch(str(repo), into=into)
    assert submission.files() == []
    assert len(submission.skipped) == 2
    assert not (tmp_path / "escaped").exists()


def test_a_file_and_a_folder_of_one_name(repo: Path, into: Path) -> None:
    folder = entry(repo, b"40000", b"a", entry(repo, b"100644", b"b", b"inner"))
    tree_with(repo, entry(repo, b"100644", b"a", b"outer"), folder)
    submission = fetch(str(repo), into=into)
    assert submission.files() == ["a"]
    assert [skipped.path for skipped in submission.skipped] == ["a/b"]


def test_a_link_and_a_folder_of_one_name(repo: Path, into: Path, tmp_path: Path) -> None:
    folder = entry(repo, b"40000", b"a", entry(repo, b"100644", b"b", b"inner"))
    tree_with(repo, entry(repo, b"120000", b"a", str(tmp_path).encode()), folder)
    submission = fetch(str(repo), into=into)
    assert submission.files() == ["a/b"]
    assert not (tmp_path / "b").exists()


def test_a_tree_of_trees_that_names_billions(repo: Path, into: Path) -> None:
    level = entry(repo, b"100644", b"f", b"x")
    for _ in range(10):
        level = b"".join(entry(repo, b"40000", b"%02d" % number, level) for number in range(10))
    tree_with(repo, level)
    submission = fetch(str(repo), into=into, limits=SubmissionLimits(files=50))
    assert len(submission.files()) == 50
    assert any("the rest was not looked at" in note for note in submission.notes)


def test_a_path_deeper_than_the_limit(repo: Path, into: Path) -> None:
    level = entry(repo, b"100644", b"f", b"x")
    for _ in range(300):
        level = entry(repo, b"40000", b"d", level)
    tree_with(repo, level, entry(repo, b"100644", b"ok", b"ok"))
    submission = fetch(str(repo), into=into)
    assert submission.files() == ["ok"]
    assert submission.skipped[0].reason == "deeper than 64 folders"


def test_a_blob_that_is_not_what_its_id_says(repo: Path, into: Path, tmp_path: Path) -> None:
    import zlib

    sha = git(repo, "rev-parse", "HEAD:README.md")
    path = repo / ".git" / "objects" / sha[:2] / sha[2:]
    path.chmod(0o644)
    path.write_bytes(zlib.compress(b"blob 6\0forged"))
    submission = fetch(str(repo), into=into)
    assert submission.files() == []
    assert reasons(submission) == {"README.md": "its content is not what its id says"}


def test_malicious_people_and_branches_arrive_as_text(repo: Path, into: Path) -> None:
    name = '=cmd()" onload="x\u202e ::set-output \x1b]8;;x\x07 [a](b)'
    commit = f"tree {git(repo, 'rev-parse', 'HEAD^{tree}')}\nauthor {name} <a@b.c> 1767603600 +9999\n"
    commit += f"committer {name} <a@b.c> 99999999999999999 +0100\n\n<img src=x>\n"
    sha = git(repo, "hash-object", "-t", "commit", "-w", "--literally", "--stdin", stdin=commit.encode())
    git(repo, "update-ref", "refs/heads/main", sha)
    git(repo, "update-ref", "refs/heads/$(touch${IFS}x)<b>", sha)
    submission = fetch(str(repo), into=into)
    assert submission.commits[0]["author"]["name"] == name
    assert submission.commits[0]["committed_at"] == "1970-01-01T00:00:00+00:00"
    assert submission.commits[0]["subject"] == "<img src=x>"
    assert "$(touch${IFS}x)<b>" in [branch["name"] for branch in submission.branches]
