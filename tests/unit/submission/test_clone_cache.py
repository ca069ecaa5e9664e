"""Clones that are kept: a real git server on this machine, and what goes wrong with a cache."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.errors import GradingError, SourceError
from grader.settings import SubmissionLimits
from grader.submission import Submission, fetch
from grader.submission.clone import Patience
from tests.git_command import git
from tests.unit.submission.test_clone import Forge, certificate, serving

__all__ = ["certificate"]

TOKEN = "a-secret-token"


class Kept:
    """A repository with a forge that serves it, and the cache of a user."""

    def __init__(self, folder: Path, forge: Forge) -> None:
        self.folder, self.forge = folder, forge
        self.work = folder / "work"
        self.cache = folder / "cache"
        self.number = 0
        self.work.mkdir()
        git(self.work, "init", "-q", "-b", "main")
        self.commit("one")

    def commit(self, name: str) -> str:
        (self.work / name).write_text(name * 1000)
        git(self.work, "add", ".")
        git(self.work, "commit", "-qm", name)
        self.push()
        return git(self.work, "rev-parse", "HEAD")

    def push(self) -> None:
        bare = self.forge.root / "ada" / "project.git"
        if not bare.exists():
            bare.parent.mkdir()
            git(self.folder, "init", "-q", "--bare", "-b", "main", str(bare))
        git(
            self.work,
            "push",
            "-q",
            "--force",
            "--prune",
            str(bare),
            "+refs/heads/*:refs/heads/*",
            "+refs/tags/*:refs/tags/*",
        )
        git(bare, "update-server-info")

    def fetch(self, **options: object) -> Submission:
        self.number += 1
        self.forge.authorizations.clear()
        into = self.folder / f"out{self.number}"
        return fetch(self.forge.url + "ada/project.git", into=into, cache=self.cache, **options)  # type: ignore[arg-type]

    @property
    def entry(self) -> Path:
        (found,) = self.cache.glob("*.git")
        return found

    @property
    def requests(self) -> int:
        return len(self.forge.authorizations)


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    root = tmp_path / "forge"
    root.mkdir()
    with serving(Forge(root)) as forge:
        yield Kept(tmp_path, forge)


def test_only_what_changed_is_fetched(kept: Kept) -> None:
    first = kept.fetch()
    whole = kept.requests
    again = kept.fetch()
    assert (again.commit, again.files()) == (first.commit, ["one"])
    # The list of branches, and nothing else.
    assert kept.requests < whole
    unchanged = kept.requests
    two = kept.commit("two")
    changed = kept.fetch()
    assert (changed.commit, changed.files()) == (two, ["one", "two"])
    assert kept.requests > unchanged


def test_history_that_was_rewritten_and_branches_that_are_gone(kept: Kept) -> None:
    git(kept.work, "branch", "side")
    git(kept.work, "tag", "v1")
    kept.push()
    kept.fetch()
    git(kept.work, "branch", "-D", "side")
    git(kept.work, "commit", "-q", "--amend", "-m", "rewritten")
    kept.push()
    found = kept.fetch()
    assert found.commit == git(kept.work, "rev-parse", "HEAD")
    assert [branch["name"] for branch in found.branches] == ["main"]
    assert [commit["subject"] for commit in found.commits] == ["rewritten"]


def test_another_default_branch(kept: Kept) -> None:
    kept.fetch()
    git(kept.work, "checkout", "-qb", "trunk")
    trunk = kept.commit("two")
    git(kept.forge.root / "ada" / "project.git", "symbolic-ref", "HEAD", "refs/heads/trunk")
    found = kept.fetch()
    assert (found.commit, found.branch, found.default_branch) == (trunk, "trunk", "trunk")


def test_a_repository_that_was_emptied(kept: Kept) -> None:
    kept.fetch()
    bare = kept.forge.root / "ada" / "project.git"
    git(bare, "update-ref", "-d", "refs/heads/main")
    git(bare, "update-server-info")
    with pytest.raises(SourceError, match="has no commits yet"):
        kept.fetch()


def test_a_repository_that_is_gone_is_not_served_from_the_cache(kept: Kept) -> None:
    kept.fetch()
    shutil.rmtree(kept.forge.root / "ada")
    with pytest.raises(SourceError, match="cannot be cloned"):
        kept.fetch()


@pytest.mark.parametrize("damage", ["config", "HEAD", "objects", "lock", "file", "half", "bytes"])
def test_a_broken_entry_is_thrown_away_and_cloned_anew(kept: Kept, damage: str) -> None:
    kept.fetch()
    entry = kept.entry
    if damage in {"config", "HEAD"}:
        (entry / damage).write_bytes(b"\0 nonsense")
    elif damage == "objects":
        shutil.rmtree(entry / "objects")
    elif damage == "lock":
        (entry / "packed-refs.lock").touch()
        (entry / "refs" / "heads").mkdir(parents=True, exist_ok=True)
        (entry / "refs" / "heads" / "main.lock").touch()
    elif damage == "file":
        shutil.rmtree(entry)
        entry.touch()
    elif damage == "half":
        entry.rename(entry.with_suffix(".part"))
    else:
        for path in entry.joinpath("objects").rglob("*"):
            if path.is_file() and path.suffix not in {".idx", ".rev"}:
                path.chmod(0o644)
                data = bytearray(path.read_bytes())
                data[len(data) // 2] ^= 0xFF
                path.write_bytes(data)
    two = kept.commit("two")
    found = kept.fetch()
    assert (found.commit, found.files(), found.history.gaps) == (two, ["one", "two"], ())
    assert sorted(path.suffix for path in kept.cache.iterdir()) == [".git", ".lock"]
    assert kept.fetch().commit == two


def test_a_blob_that_is_broken_is_found_out_as_it_is_read(kept: Kept) -> None:
    kept.fetch()
    blob = git(kept.work, "rev-parse", "HEAD:one")
    packs = list((kept.entry / "objects" / "pack").glob("*.pack"))
    for pack in packs:
        data = pack.read_bytes()
        for path in pack.parent.glob(f"{pack.stem}.*"):
            path.unlink()
        git(kept.entry, "unpack-objects", "-q", stdin=data)
    path = kept.entry / "objects" / blob[:2] / blob[2:]
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-4] + b"\0\0\0\0")
    assert (kept.fetch().root / "one").read_text() == "one" * 1000


def test_a_clone_that_outgrew_its_limit(kept: Kept) -> None:
    kept.fetch()
    (kept.work / "noise").write_bytes(os.urandom(3_000_000))
    kept.commit("two")
    with pytest.raises(SourceError, match="larger than"):
        kept.fetch(limits=SubmissionLimits(clone_bytes=1_000_000))
    assert not list(kept.cache.glob("*.part"))
    assert kept.fetch().files() == ["noise", "one", "two"]


def test_the_cache_is_the_user_s_alone(kept: Kept) -> None:
    kept.fetch()
    assert kept.cache.stat().st_mode & 0o077 == 0


def test_a_token_stays_out_of_the_cache(
    certificate: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setenv("GIT_SSL_CAINFO", str(certificate))
    root = tmp_path / "forge"
    root.mkdir()
    caplog.set_level(0)
    with serving(Forge(root, certificate, "localhost")) as forge:
        kept = Kept(tmp_path, forge)
        for name in ("two", "three"):
            kept.fetch(forge=forge.url, token=TOKEN)
            assert set(forge.authorizations) != {None}
            kept.commit(name)
        forge.status = 401
        with pytest.raises(SourceError) as caught:
            kept.fetch(forge=forge.url, token=TOKEN)
    said = f"{caught.value} {caplog.text}"
    kept_bytes = b"".join(path.read_bytes() for path in kept.cache.rglob("*") if path.is_file())
    encoded = "eC1hY2Nlc3MtdG9rZW4"  # x-access-token in base64
    assert TOKEN not in said
    assert encoded not in said
    assert TOKEN.encode() not in kept_bytes
    assert encoded.encode() not in kept_bytes
    assert b"https://localhost" in kept_bytes


def test_two_processes_take_turns(kept: Kept) -> None:
    program = (
        "import sys; from pathlib import Path; from grader.submission import fetch\n"
        "for number in range(3):\n"
        "    found = fetch(sys.argv[1], into=Path(sys.argv[3]) / str(number), cache=Path(sys.argv[2]))\n"
        "    print(found.commit, *found.files())\n"
    )
    started = [
        subprocess.Popen(
            [
                sys.executable,
                "-c",
                program,
                f"{kept.forge.url}ada/project.git",
                str(kept.cache),
                str(kept.folder / name),
            ],
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in ("a", "b", "c")
    ]
    said = [process.communicate(timeout=120)[0].splitlines() for process in started]
    assert said == [[f"{git(kept.work, 'rev-parse', 'HEAD')} one"] * 3] * 3


def test_a_limit_of_requests_is_waited_for_and_said(kept: Kept) -> None:
    kept.forge.status = 429
    said: list[str] = []

    def say(line: str) -> None:
        said.append(line)
        kept.forge.status = 0

    found = kept.fetch(patience=Patience(seconds=30, say=say))
    assert found.files() == ["one"]
    assert len(said) == 1
    assert "limits requests" in said[0]


def test_a_limit_of_requests_is_not_waited_for_without_an_end(kept: Kept) -> None:
    kept.forge.status = 429
    said: list[str] = []
    with pytest.raises(GradingError, match="cannot be cloned"):
        kept.fetch(patience=Patience(seconds=0.1, say=said.append))
    assert len(said) == 2
    with pytest.raises(GradingError):
        kept.fetch(patience=Patience(say=said.append))
    assert len(said) == 2
