"""Dockerfiles of a submission: read as Docker reads them, never built."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cpu import ends_within
from tests.view_sample import view

FULL = """# syntax=docker/dockerfile:1
ARG PYTHON=3.12
ARG BASE=python:${PYTHON}-slim

FROM --platform=linux/amd64 ${BASE} AS Builder
RUN apt-get update && \\
    # a comment in between

    apt-get install -y gcc
COPY --chown=1:1 pyproject.toml "uv.lock" ./
RUN <<EOF
FROM evil
echo hi
EOF
FROM registry.example:5000/team/app@sha256:abc
FROM registry.example:5000/team/app
FROM builder AS final
ENV A=1 B="two words"
ENV OLD style value
WORKDIR /app
COPY --from=builder ["a b.txt", "/dest/"]
ADD <<one <<two /x/
FROM masked
one
CMD masked
two
EXPOSE 8000/tcp 9000
USER nobody
ENTRYPOINT ["python", "-u", "train.py"]
CMD python other.py
"""


def test_stages_arguments_heredocs_and_continuations(tmp_path: Path) -> None:
    (dockerfile,) = view(tmp_path, {"docker/Train.Dockerfile": FULL}).dockerfiles()
    assert [(s.image, s.tag, s.digest, s.alias, s.line, s.pinned) for s in dockerfile.stages] == [
        ("python", "3.12-slim", "", "Builder", 5, True),
        ("registry.example:5000/team/app", "", "sha256:abc", "", 15, True),
        ("registry.example:5000/team/app", "", "", "", 16, False),
        ("builder", "", "", "final", 17, True),
    ]
    assert dockerfile.base.image == "python"
    assert [run.line for run in dockerfile.runs] == [6, 11]
    assert dockerfile.runs[0].value.split()[-4:] == ["apt-get", "install", "-y", "gcc"]
    assert dockerfile.runs[1].command.text == "<<EOF\nFROM evil\necho hi"
    assert dockerfile.all("ADD")[0].heredocs == ("FROM masked", "CMD masked")


def test_what_is_copied_set_and_started(tmp_path: Path) -> None:
    (dockerfile,) = view(tmp_path, {"Dockerfile": FULL}).dockerfiles()
    assert [(c.sources, c.dest, c.from_stage) for c in dockerfile.copies[:2]] == [
        (("pyproject.toml", "uv.lock"), "./", ""),
        (("a b.txt",), "/dest/", "builder"),
    ]
    assert dockerfile.env == {"A": "1", "B": "two words", "OLD": "style value"}
    assert (dockerfile.workdirs, dockerfile.users, dockerfile.exposed) == (
        ["/app"],
        ["nobody"],
        ["8000", "9000"],
    )
    assert dockerfile.entrypoint is not None
    assert (dockerfile.entrypoint.form, dockerfile.entrypoint.words) == ("exec", ("python", "-u", "train.py"))
    assert dockerfile.cmd is not None
    assert (dockerfile.cmd.form, dockerfile.cmd.text) == ("shell", "python other.py")
    assert str(dockerfile.evidence("WORKDIR")) == "Dockerfile:20: WORKDIR /app"
    assert str(dockerfile.evidence(dockerfile.stages[2], "no tag")) == "Dockerfile:16: no tag"


@pytest.mark.parametrize(
    ("base", "pinned"),
    [
        ("FROM python", False),
        ("FROM python:latest", False),
        ("FROM python:3.12", True),
        ("FROM scratch", True),
        ("FROM localhost:5000/python", False),
        ("ARG TAG\nFROM python:$TAG", False),
        ("ARG TAG=3.12\nFROM python:$TAG", True),
        ("FROM python:${TAG:-3.12}", True),
        ("from python:3.12 as base", True),
        ("FROM python AS a\nFROM a", False),
        ("FROM later\nFROM python:3.12 AS later", False),
    ],
)
def test_pinned_means_a_tag_or_digest_that_stays(tmp_path: Path, base: str, pinned: bool) -> None:
    (dockerfile,) = view(tmp_path, {"Dockerfile": base}).dockerfiles()
    assert all(stage.pinned for stage in dockerfile.stages) is pinned


def test_names_of_dockerfiles(tmp_path: Path) -> None:
    names = [
        "Dockerfile",
        "Dockerfile.train",
        "a/my train.dockerfile",
        "b/x.docker",
        "Containerfile.dev",
        "c/DOCKERFILE",
    ]
    others = ["Dockerfile.dockerignore", "dockerfile.md", "docker/train.sh", "docker-compose.yaml"]
    submission = view(tmp_path, dict.fromkeys(names + others, "FROM python:3.12\n"))
    assert sorted(dockerfile.path for dockerfile in submission.dockerfiles()) == sorted(names)


def test_escape_directive_and_windows_line_ends(tmp_path: Path) -> None:
    text = "# escape=`\r\nFROM python:3.12\r\nRUN one `\r\n    two\r\nWORKDIR C:\\app\\\r\nCMD x\r\n"
    (dockerfile,) = view(tmp_path, {"Dockerfile": text}).dockerfiles()
    assert [item.name for item in dockerfile.instructions] == ["FROM", "RUN", "WORKDIR", "CMD"]
    assert dockerfile.runs[0].value.split() == ["one", "two"]


def test_the_ignore_file_beside_a_dockerfile_wins(tmp_path: Path) -> None:
    files = {"Dockerfile": "FROM a:1", "d/x.dockerfile": "FROM a:1", ".dockerignore": "# no\ndata\n\n*.pt\n"}
    submission = view(tmp_path, {**files, "d/x.dockerfile.dockerignore": "all\n"})
    assert {item.path: submission.images(item)[0].ignored for item in submission.dockerfiles()} == {
        "Dockerfile": ("data", "*.pt"),
        "d/x.dockerfile": ("all",),
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("# only a comment\n", "has no FROM"),
        ("RUN x\n", "has no FROM"),
        ("FROM python:3.12\nRUN <<EOF\necho\n", "line 2: the heredoc .EOF. has no end"),
        ("FROM python:3.12\npip install x\n", "line 2: .PIP. is no Dockerfile instruction"),
        ("FROM python:3.12\nRUN " + "x" * 30_000, "too large"),
        (b"FROM python\0", "NUL"),
    ],
)
def test_broken_dockerfiles_are_named_and_the_rest_is_given(
    tmp_path: Path, text: str | bytes, message: str
) -> None:
    submission = view(tmp_path, {"Dockerfile": text, "ok.dockerfile": "FROM python:3.12\n"})
    assert [dockerfile.path for dockerfile in submission.dockerfiles()] == ["ok.dockerfile"]
    (fault,) = submission.broken_dockerfiles
    assert fault.evidence[0].path == "Dockerfile"
    assert re.search(message, fault.message)


def test_a_continuation_at_the_end_and_doubling_arguments(tmp_path: Path) -> None:
    doubling = (
        "ARG A0=xxxxxxxx\n"
        + "".join(f"ARG A{n + 1}=$A{n}$A{n}\n" for n in range(60))
        + "FROM i:$A60\nRUN x \\\n"
    )
    submission = view(tmp_path, {"Dockerfile": doubling})

    def is_read() -> None:
        (dockerfile,) = submission.dockerfiles()
        assert len(dockerfile.stages[0].tag) < 5000
        assert dockerfile.runs[0].value == "x"

    ends_within(5, is_read)
