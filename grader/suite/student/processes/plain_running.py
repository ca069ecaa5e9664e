"""A student process on one's own machine: its files, its streams, and what ends with it, by portable means."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO

import psutil

from grader.suite.student.launch import Ended, Start, StudentProcess

#: Looks at all processes for those to kill: one may start another meanwhile.
PASSES = 20


class PlainRunning(StudentProcess):
    """A process of the current user. Raise OSError if it cannot be started.

    Args:
        start: what is started.
        exchange: folder for the files of the request and the reply.
        limits: the limits of the job.
        leave: called as the process ends.
    """

    def __init__(
        self,
        start: Start,
        exchange: Path,
        limits: Mapping[str, float],
        leave: Callable[[PlainRunning], None],
    ) -> None:
        super().__init__(start)
        self._leave = leave
        request, self._reply = exchange / "request", exchange / "reply"
        argv = list(start.argv)
        if start.request is not None:
            request.write_bytes(start.request)
            ends = {"{request}": str(request), "{reply}": str(self._reply)}
            argv = [ends.get(part, part) for part in argv]
        self._process = subprocess.Popen(
            argv,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=start.cwd,
            env=dict(start.environment),
            start_new_session=sys.platform != "win32",
        )
        self._most_reply = int(limits["reply_bytes"]) + 64
        self._out = _PipeReader(self._process.stdout, int(limits["output_bytes"]))
        self._err = _PipeReader(self._process.stderr, int(limits["output_bytes"]))
        _feed(self._process.stdin, start.stdin)
        self._tree = _tree(self._process.pid)

    @property
    def followed(self) -> bool:
        """Whether the process ran beside the suite."""
        return self._follower is not None

    @property
    def alive(self) -> bool:
        """Whether the process that was started still runs."""
        return self._process.poll() is None

    def listens(self, port: int) -> bool:
        """Return whether this process or one that it started listens on a port, or if the system does not tell."""
        try:
            tree = [psutil.Process(self._process.pid), *_tree(self._process.pid)]
            return any(
                found.laddr.port == port and found.status == psutil.CONN_LISTEN
                for process in tree
                for found in process.net_connections("tcp")
            )
        except psutil.NoSuchProcess:
            return False
        except psutil.AccessDenied:
            return self.alive

    def output(self) -> tuple[bytes, bytes]:
        """Return what was kept of stdout and stderr so far."""
        return bytes(self._out.data), bytes(self._err.data)

    def _exchange(self) -> bool:
        try:
            self._process.wait(self._deadline - time.monotonic())
        except subprocess.TimeoutExpired:
            return True
        return False

    def _terminate(self) -> bool:
        return self._signal(signal.SIGTERM)

    def _group_lives(self) -> bool:
        return self._signal(0)

    def _signal(self, number: int) -> bool:
        if sys.platform == "win32":
            return False
        try:
            os.killpg(self._process.pid, number)
        except OSError:
            return False
        return True

    def _kill(self) -> None:
        _end([*self._tree, *_tree(self._process.pid)], self._process)

    def _end(self) -> Ended:
        self._kill()
        self._leave(self)
        self._out.join(1.0)
        self._err.join(1.0)
        data = b""
        if self._reply.is_file() and not self._reply.is_symlink():
            with self._reply.open("rb") as file:
                data = file.read(self._most_reply)
        return Ended(
            returncode=self._process.returncode,
            stdout=bytes(self._out.data),
            stderr=bytes(self._err.data),
            stdout_cut=self._out.cut,
            stderr_cut=self._err.cut,
            reply=data,
            timed_out=self._timed_out,
            out_of_memory=False,
            duration_s=time.monotonic() - self.began,
        )


class NeverStarted(StudentProcess):
    """A command that the system could not start, for the reason in `message`."""

    def __init__(self, start: Start, message: str) -> None:
        super().__init__(start)
        self._message = message.encode()

    @property
    def alive(self) -> bool:
        """False: there is no process."""
        return False

    def output(self) -> tuple[bytes, bytes]:
        """Return the reason as stderr."""
        return b"", self._message

    def _exchange(self) -> bool:
        return False

    def _terminate(self) -> bool:
        return False

    def _group_lives(self) -> bool:
        return False

    def _kill(self) -> None:
        """Do nothing: there is no process."""

    def _end(self) -> Ended:
        return Ended(
            returncode=127,
            stdout=b"",
            stderr=self._message,
            stdout_cut=False,
            stderr_cut=False,
            reply=b"",
            timed_out=False,
            out_of_memory=False,
            duration_s=time.monotonic() - self.began,
        )


class _PipeReader(threading.Thread):
    """A thread that drains a stream and keeps the first `most` bytes."""

    def __init__(self, stream: IO[bytes] | None, most: int) -> None:
        super().__init__(daemon=True)
        assert stream is not None
        self._stream = stream
        self._most = most
        self.data = bytearray()
        self.cut = False
        self.start()

    def run(self) -> None:
        """Read to the end of the stream, and close it."""
        with contextlib.suppress(OSError, ValueError), self._stream:
            while chunk := self._stream.read1(65536):  # type: ignore[attr-defined]
                room = self._most - len(self.data)
                self.cut = self.cut or len(chunk) > room
                self.data += chunk[: max(room, 0)]


def _feed(stream: IO[bytes] | None, data: bytes) -> None:
    assert stream is not None

    def send() -> None:
        with contextlib.suppress(OSError), stream:
            stream.write(data)

    threading.Thread(target=send, daemon=True).start()


def _tree(pid: int) -> list[psutil.Process]:
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def _end(tree: list[psutil.Process], process: subprocess.Popen[bytes]) -> None:
    for child in tree:
        with contextlib.suppress(psutil.Error):
            child.kill()
    with contextlib.suppress(OSError):
        if sys.platform != "win32":
            os.killpg(process.pid, 9)
    process.kill()
    process.wait()


def end_all_with(name: str, value: str) -> None:
    """Kill every process whose environment has this variable: also one that left its parent and its session."""
    for _ in range(PASSES):
        found = False
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error, OSError):
                if process.environ().get(name) == value:
                    process.kill()
                    found = True
        if not found:
            return
