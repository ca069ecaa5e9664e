"""Student processes for one's own code on one's own machine: the current user, no kernel limits, any system.

The same exchange as in the container, by portable means: a request file, a reply file, and one reader thread per stream.
There is no isolation, and the terminal and the report say so; checks are only kept apart by a new working copy, home and
temporary folder each.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import IO, Any

import psutil

from grader.suite.student.launch import Ended, Start, limits_of, student_environment

#: Variables of the grader's environment that students' code gets, because programs may need them on the system.
INHERITED = (
    "SYSTEMROOT",
    "SYSTEMDRIVE",
    "COMSPEC",
    "PATHEXT",
    "WINDIR",
    "LD_LIBRARY_PATH",
    "DYLD_LIBRARY_PATH",
)


class PlainLauncher:
    """Starts processes as the current user in a temporary folder."""

    def __init__(self, job: dict[str, Any]) -> None:
        self._limits = limits_of(job)
        self._source = Path(job["paths"]["submission"])
        self._python = [str(part) for part in job["student"]["python"]]
        self._tools = [str(part) for part in job["student"]["tools"]]
        self._path = str(job["student"]["path"])
        self._base: Path | None = None
        self._ready = False

    def working_copy(self) -> Path:
        """Return a copy of the submission in a temporary folder."""
        work = self._folder("work")
        if not self._ready:
            self._ready = True
            shutil.copytree(self._source, work, dirs_exist_ok=True)
        return work

    def interpreter(self) -> list[str]:
        """Return the Python of the students' environment, or the one that runs the grader."""
        return self._python

    def tools(self) -> list[str]:
        """Return the folder of pytest, coverage, nbclient and a kernel; it comes after the students' own packages."""
        return self._tools

    def temporary(self) -> str:
        """Return a temporary folder of this check."""
        return str(self._folder("tmp"))

    def run(self, start: Start) -> Ended:
        """Run one process; at the deadline kill it and its children."""
        exchange = Path(tempfile.mkdtemp(dir=self._folder("exchange")))
        request, reply = exchange / "request", exchange / "reply"
        argv = list(start.argv)
        if start.request is not None:
            request.write_bytes(start.request)
            ends = {"{request}": str(request), "{reply}": str(reply)}
            argv = [ends.get(part, part) for part in argv]
        began = time.monotonic()
        try:
            process = subprocess.Popen(
                argv,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=start.cwd,
                env=dict(start.environment),
                start_new_session=sys.platform != "win32",
            )
        except OSError as problem:
            message = f"{argv[0]}: {problem.strerror}".encode()
            return _never_started(message, time.monotonic() - began)
        out = _PipeReader(process.stdout, int(self._limits["output_bytes"]))
        err = _PipeReader(process.stderr, int(self._limits["output_bytes"]))
        _feed(process.stdin, start.stdin)
        timed_out = False
        tree = _tree(process.pid)
        try:
            process.wait(start.deadline_s)
        except subprocess.TimeoutExpired:
            timed_out = True
        _end([*tree, *_tree(process.pid)], process)
        out.join(1.0)
        err.join(1.0)
        most = int(self._limits["reply_bytes"]) + 64
        data = b""
        if reply.is_file() and not reply.is_symlink():
            with reply.open("rb") as file:
                data = file.read(most)
        return Ended(
            returncode=process.returncode,
            stdout=bytes(out.data),
            stderr=bytes(err.data),
            stdout_cut=out.cut,
            stderr_cut=err.cut,
            reply=data,
            timed_out=timed_out,
            out_of_memory=False,
            duration_s=time.monotonic() - began,
        )

    def reset(self) -> None:
        """Remove the temporary folder of the check."""
        if self._base is not None:
            shutil.rmtree(self._base, onerror=_make_writable)
        self._base = None
        self._ready = False

    def environment(self, import_paths: list[str]) -> dict[str, str]:
        """Return the environment variables of a student process."""
        kept = {name: os.environ[name] for name in INHERITED if name in os.environ}
        return student_environment(
            home=str(self._folder("home")),
            temporary=self.temporary(),
            path=self._path,
            import_paths=import_paths,
            extra=kept,
        )

    def _folder(self, name: str) -> Path:
        if self._base is None:
            self._base = Path(os.path.realpath(tempfile.mkdtemp(prefix="grader-")))
        folder = self._base / name
        folder.mkdir(exist_ok=True)
        return folder


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
        """Read to the end of the stream."""
        with contextlib.suppress(OSError, ValueError):
            while chunk := self._stream.read1(65536):  # type: ignore[attr-defined]
                room = self._most - len(self.data)
                self.cut = self.cut or len(chunk) > room
                self.data += chunk[: max(room, 0)]


def _feed(stream: IO[bytes] | None, data: bytes) -> None:
    def send() -> None:
        with contextlib.suppress(OSError):
            assert stream is not None
            stream.write(data)
            stream.close()

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


def _never_started(message: bytes, duration_s: float) -> Ended:
    return Ended(
        returncode=127,
        stdout=b"",
        stderr=message,
        stdout_cut=False,
        stderr_cut=False,
        reply=b"",
        timed_out=False,
        out_of_memory=False,
        duration_s=duration_s,
    )


def _make_writable(function: Any, path: str, _: Any) -> None:
    with contextlib.suppress(OSError):
        os.chmod(os.path.dirname(path), 0o700)
        os.chmod(path, 0o700)
        function(path)
