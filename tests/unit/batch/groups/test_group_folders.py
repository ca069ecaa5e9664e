"""A folder of hand-ins, and zip files: what is in them is hostile input."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
from pathlib import Path

import pytest

from grader.batch.groups import read_groups
from grader.errors import SourceError
from grader.settings import SubmissionLimits
from grader.submission import fetch
from tests.git_command import git


def repository(folder: Path) -> Path:
    folder.mkdir(parents=True)
    git(folder, "init", "-q", "-b", "main")
    (folder / "README.md").write_text("hello\n")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "first")
    return folder


def zipped(source: Path, target: Path, prefix: str = "") -> Path:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(source.rglob("*")):
            if path.is_file():
                archive.write(path, prefix + path.relative_to(source).as_posix())
    return target


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    return repository(tmp_path / "work")


def test_a_folder_of_clones_and_zip_files(repo: Path, tmp_path: Path) -> None:
    folder = tmp_path / "class"
    repository(folder / "group_10")
    repository(folder / "group_2" / "their-project")
    git(tmp_path, "clone", "-q", "--bare", str(repo), str(folder / "Group 3.git"))
    (folder / "123-456 - Group 4 - 15 January, 2026 1132 AM").mkdir()
    zipped(repo, folder / "123-456 - Group 4 - 15 January, 2026 1132 AM" / "hand-in.zip", "work/")
    zipped(repo, folder / "group-05.zip")
    repository(folder / "alone")
    (folder / "empty").mkdir()
    repository(folder / "group_6" / "a")
    repository(folder / "group_6" / "b")
    (folder / "group_7").symlink_to(repo)
    (folder / "group_8.tar.gz").write_bytes(b"")
    (folder / "notes.txt").write_text("no hand-in")
    found = {group.id: group for group in read_groups(folder)}
    good = {name for name, group in found.items() if not group.problem}
    assert good == {"alone", "group-2", "group-3", "group-4", "group-5", "group-10"}
    order = list(found)
    assert order.index("group-2") < order.index("group-10")
    assert "several repositories: a, b" in found["group-6"].problem
    assert "link" in found["group-7"].problem
    assert "only zip files" in found["group-8"].problem
    assert "no git repository" in found["empty"].problem
    for number, name in enumerate(sorted(good)):
        assert fetch(found[name].source, into=tmp_path / f"out{number}").files() == ["README.md"]


def test_no_file_of_a_working_tree_is_unpacked(repo: Path, tmp_path: Path) -> None:
    (repo / "README.md").write_text("changed and not committed")
    (repo / ".git" / "hooks").mkdir(exist_ok=True)
    (repo / ".git" / "hooks" / "post-checkout").write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    found = fetch(str(zipped(repo, tmp_path / "work.zip", "a/b/")), into=tmp_path / "out")
    assert (found.id, found.commit) == ("work", git(repo, "rev-parse", "HEAD"))
    assert (found.root / "README.md").read_text() == "hello\n"
    assert not (tmp_path / "ran").exists()


def test_a_zip_file_without_a_repository(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "code.zip", "w") as archive:
        archive.writestr("project/README.md", "hello")
    with pytest.raises(SourceError, match=r"no `\.git` in it"):
        fetch(str(tmp_path / "code.zip"), into=tmp_path / "out")


def test_a_zip_file_with_two_repositories(repo: Path, tmp_path: Path) -> None:
    path = zipped(repo, tmp_path / "two.zip", "a/")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("b/.git/HEAD", "ref: refs/heads/main\n")
        archive.writestr("b/.git/objects/info/x", "")
    with pytest.raises(SourceError, match="several git repositories"):
        fetch(str(path), into=tmp_path / "out")


@pytest.mark.parametrize(
    "name", ["../../escaped", "/tmp/escaped", ".git/refs/../../../escaped", "..\\escaped"]
)
def test_no_name_leads_out(repo: Path, tmp_path: Path, name: str) -> None:
    path = zipped(repo, tmp_path / "work.zip")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(name, "escaped")
        archive.writestr(f".git/refs/heads/{name}", "escaped")
    fetch(str(path), into=tmp_path / "deep" / "er" / "out")
    assert not list(tmp_path.rglob("*escaped*"))
    assert not Path("/tmp/escaped").exists()


def test_a_link_in_a_zip_file_is_not_made(repo: Path, tmp_path: Path) -> None:
    path = zipped(repo, tmp_path / "work.zip")
    link = zipfile.ZipInfo(".git/packed-refs")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(SourceError, match="is a link or encrypted"):
        fetch(str(path), into=tmp_path / "out")


def test_a_bomb_is_put_down(repo: Path, tmp_path: Path) -> None:
    path = zipped(repo, tmp_path / "work.zip")
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f".git/objects/pack/pack-{'a' * 40}.pack", bytes(50_000_000))
    assert path.stat().st_size < 200_000
    with pytest.raises(SourceError, match="larger than"):
        fetch(str(path), into=tmp_path / "out", limits=SubmissionLimits(clone_bytes=1_000_000))


def test_a_size_that_lies_is_found_out(repo: Path, tmp_path: Path) -> None:
    path = zipped(repo, tmp_path / "work.zip")
    name = f".git/objects/pack/pack-{'a' * 40}.pack"
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, bytes(5_000_000))
    data = bytearray(path.read_bytes())
    # The size of the last entry, in its local header and in the directory: a hundred bytes.
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        struct.pack_into("<I", data, data.rfind(signature) + offset, 100)
    path.write_bytes(data)
    with pytest.raises(SourceError):
        fetch(str(path), into=tmp_path / "out", limits=SubmissionLimits(clone_bytes=1_000_000))
    assert not list(tmp_path.glob("**/.grader-clone-*"))


def test_a_directory_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a", "")
    data = bytearray(buffer.getvalue())
    # The end record: its size of the directory says half a gigabyte, and the file has as much.
    end = data.rfind(b"PK\x05\x06")
    size = 512 * 1024 * 1024
    struct.pack_into("<II", data, end + 12, size, 0)
    path = tmp_path / "large.zip"
    with path.open("wb") as file:
        file.truncate(size)
        file.seek(size)
        file.write(data[end:])
    with pytest.raises(SourceError, match="directory is too large"):
        fetch(str(path), into=tmp_path / "out")


@pytest.mark.parametrize("data", [b"", b"no zip at all", b"PK\x05\x06" + bytes(18)])
def test_a_file_that_is_no_zip(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.zip").write_bytes(data)
    with pytest.raises(SourceError, match=r"no zip file|holds no git repository"):
        fetch(str(tmp_path / "a.zip"), into=tmp_path / "out")
