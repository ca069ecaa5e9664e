"""A secret in an address goes nowhere: not into a message, a result, or a name of a file."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from grader.batch import OVERVIEW, Board, HowFar, grade_all
from grader.batch.worker import Finished
from grader.course.pack import Course, load_course
from grader.errors import GraderError, SourceError
from grader.pipeline import Setup
from grader.secrets.address import safe_address, safe_argument
from grader.submission import fetch
from grader.submission.source import local_source, parse_source
from tests.memory_sandbox import MemorySandbox

SECRET = "s3cr3t"

ADDRESSES = [
    f"https://user:{SECRET}@host.invalid/a/b",
    f"https://{SECRET}@host.invalid/a/b",
    f"HTTPS://user:{SECRET}@host.invalid/a/b.git",
    f"http://:{SECRET}@host.invalid/a/b",
    f"ssh://user:{SECRET}@host.invalid/a/b",
    f"git://user:{SECRET}@host.invalid/a/b",
    f"ext://{SECRET}@host.invalid/a",
    f"https:/user:{SECRET}@host.invalid/a/b",
    f"https://user:x/{SECRET}@host.invalid/a/b",
    f"https://user:{SECRET}/x@host.invalid/a/b",
    f"https://user:x@{SECRET}@host.invalid/a/b",
    f"https://user:x#{SECRET}@host.invalid/a/b",
    f"https://user:x?{SECRET}@host.invalid/a/b",
    f"https://user:{SECRET}#x@host.invalid/a/b",
    f"https://user:{SECRET}%40host.invalid/a/b",
    f"https://user:{SECRET}",
    f"https://[user:{SECRET}@host.invalid/a/b",
    f"https://host.invalid/a/b?access_token={SECRET}",
    f"https://host.invalid/a/b.git?x=1&private_token={SECRET}",
    f"https://host.invalid/a/b?access_token=x@{SECRET}",
    f"https://host.invalid/a/b#{SECRET}",
    f"user:{SECRET}@host.invalid:a/b",
    f"user:{SECRET}@host.invalid/a/b",
    f"{SECRET}@host.invalid/a/b",
    f"user:x@{SECRET}@host.invalid:a/b",
    f"user:x/{SECRET}@host.invalid:a/b",
    f"host.invalid/a/b?access_token={SECRET}",
    f"file://user:{SECRET}@/nowhere/a",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_error_of_a_source_holds_its_secret(address: str, tmp_path: Path) -> None:
    for attempt in (
        lambda: parse_source(address),
        lambda: parse_source(address, allow_local=False),
        lambda: fetch(address, into=tmp_path / "files"),
        lambda: local_source(Path(address)),
    ):
        with pytest.raises(SourceError) as caught:
            attempt()
        # What a traceback shows: the whole chain.
        shown: BaseException | None = caught.value
        while shown is not None:
            assert SECRET not in repr(shown) + str(shown)
            shown = shown.__cause__ or (None if shown.__suppress_context__ else shown.__context__)


@pytest.mark.parametrize("address", ADDRESSES)
def test_what_may_be_shown_holds_no_secret_and_stays_as_it_is_when_shown_again(address: str) -> None:
    shown = safe_address(address)
    assert SECRET not in shown
    assert safe_address(shown) == shown


@pytest.mark.parametrize(
    "text",
    [
        "https://github.com/ada/project",
        "https://github.com:8443/ada/project.git",
        "http://[::1]:3000/ada/project",
        "ssh://git@github.com/ada/project",
        "git@github.com:ada/project.git",
        "ada/project",
        "./me@home",
        "/srv/me@home:now",
        "../a:b@c",
        "C:\\work\\me@home",
        "nowhere",
        "",
    ],
)
def test_what_holds_no_secret_is_shown_as_it_is(text: str) -> None:
    assert safe_address(text) == text


def test_a_user_of_ssh_is_not_shown_and_goes_to_git() -> None:
    for address in (f"ssh://{SECRET}@host.invalid/a/b", f"{SECRET}@host.invalid:a/b"):
        source = parse_source(address)
        assert source.url == address
        assert SECRET not in source.text + source.slug


@pytest.mark.parametrize(
    "argument",
    [
        "registry.example:5000/python@sha256:0123",
        "python:3.12-slim@sha256:0123",
        "--base=python@sha256:0123",
        "M3,M10",
    ],
)
def test_other_arguments_stay(argument: str) -> None:
    assert safe_argument(argument) == argument


def test_a_folder_that_exists_keeps_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "me:now@home").mkdir()
    assert parse_source("me:now@home").text == "me:now@home"


def test_a_name_that_is_no_utf8_can_be_written(tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"caf\xe9")
    folder.mkdir()
    source = parse_source(str(folder))
    assert source.path == folder
    source.text.encode("utf-8")


@pytest.fixture(scope="module")
def course() -> Course:
    return load_course()


class Listening(Board):
    def __init__(self, said: list[str]) -> None:
        self._said = said

    def ends(self, name: str, finished: Finished, far: HowFar) -> None:
        self._said.append(f"{name} {finished}")


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_file_of_a_class_holds_a_secret(address: str, course: Course, tmp_path: Path) -> None:
    said: list[str] = []

    graded = grade_all(
        [address],
        out=tmp_path / "out",
        setup=Setup(course=course, sandbox=MemorySandbox()),
        board=Listening(said),
    )
    assert graded.exit_code == 3
    assert SECRET not in repr(graded) + "".join(said)
    written = [path for path in (tmp_path / "out").rglob("*") if path.is_file()]
    assert {*OVERVIEW, "journal.sqlite"} - {"brightspace.csv"} <= {path.name for path in written}
    for path in written:
        assert SECRET.encode() not in path.read_bytes()
        assert SECRET not in path.name


def test_what_git_says_holds_no_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADER_GIT_TOKEN", SECRET)
    with pytest.raises(GraderError) as caught:
        fetch(f"http://127.0.0.1:9/{SECRET}/b", into=tmp_path / "files")
    assert SECRET not in str(caught.value)
