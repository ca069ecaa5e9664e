"""The pipes of a student process: fed, drained, bounded, and never waited for."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import pytest

from grader.suite.student.exchange import Exchange

pytestmark = pytest.mark.process

LIMITS: dict[str, float] = {"output_bytes": 1000, "reply_bytes": 2000}


@pytest.fixture
def run() -> Any:
    def start(program: str, *, stdin: Any = b"", request: bytes = b"", seconds: Any = 10.0) -> Any:
        request_read, request_write = os.pipe()
        reply_read, reply_write = os.pipe()
        process = subprocess.Popen(
            [sys.executable, "-c", program, str(request_read), str(reply_write)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=(request_read, reply_write),
        )
        os.close(request_read)
        os.close(reply_write)
        exchange = Exchange(process, request_write, reply_read, LIMITS)
        try:
            timed_out = exchange.until(time.monotonic() + seconds, stdin, request)
            process.kill()
            process.wait()
            exchange.drain()
        finally:
            exchange.close()
        return exchange, timed_out

    return start


def test_a_request_goes_in_and_a_reply_comes_out(run: Callable[..., Any]) -> None:
    program = (
        "import os, sys; os.write(int(sys.argv[2]), os.read(int(sys.argv[1]), 100)[::-1]); print(input())"
    )
    exchange, timed_out = run(program, stdin=b"hello\n", request=b"abc")
    assert not timed_out
    assert exchange.kept("reply") == b"cba"
    assert exchange.kept("stdout") == b"hello\n"


def test_a_flood_is_drained_and_cut(run: Callable[..., Any]) -> None:
    program = "import os, sys; sys.stdout.write('x' * 500_000); sys.stdout.flush(); os.write(int(sys.argv[2]), b'y' * 50_000)"
    exchange, timed_out = run(program)
    assert not timed_out
    assert len(exchange.kept("stdout")) == 1000
    assert exchange.cut("stdout")
    assert len(exchange.kept("reply")) <= 2064
    assert not exchange.cut("stderr")


def test_a_large_input_that_nobody_reads_blocks_nothing(run: Callable[..., Any]) -> None:
    exchange, timed_out = run("print('done')", stdin=b"z" * 1_000_000, request=b"z" * 1_000_000)
    assert not timed_out
    assert exchange.kept("stdout") == b"done\n"


def test_the_deadline_holds(run: Callable[..., Any]) -> None:
    # Without a deadline it would end by itself, and not be said to be late.
    _, timed_out = run("import time; time.sleep(60)", seconds=0.5)
    assert timed_out
