"""The command line in this process: as a person runs it, without a second a run for its start."""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from unittest import mock

from grader.cli.main import main


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it wrote."""

    returncode: int
    stdout: str
    stderr: str


def run(*arguments: str, encoding: str = "utf-8") -> Ended:
    """Run `grader …` with streams of an encoding, which are strict until the command says otherwise."""
    with _stream(encoding) as out, _stream(encoding) as errors:
        code = 0
        with (
            mock.patch.object(sys, "argv", ["grader", *arguments]),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(errors),
        ):
            try:
                main()
            except SystemExit as end:
                code = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
        return Ended(code, _text(out, encoding), _text(errors, encoding))


@contextlib.contextmanager
def _stream(encoding: str) -> Iterator[io.TextIOWrapper]:
    with io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="strict", newline="\n") as stream:
        yield stream


def _text(stream: io.TextIOWrapper, encoding: str) -> str:
    stream.flush()
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue().decode(encoding)
