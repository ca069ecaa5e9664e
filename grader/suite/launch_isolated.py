"""Student processes in the container: another user, under limits, swept and wiped.

The suite's process is root with no capability but to change user and to signal; `setpriv` (by vfork, so that the cost does
not grow with the suite's memory) makes the student's user of a child. Everything that a student process can write is in
`PLACES`, and nothing else: the root file system is read-only.
"""

from __future__ import annotations

import contextlib
import errno
import os
import selectors
import signal
import subprocess
import time
from pathlib import Path
from typing import IO, Any

from grader.suite.launch import Ended, Start, limits_of, student_environment

WORK = "/work"
HOME = "/home/student"
#: Every place that a student process may write; each is emptied after each check.
PLACES = ("/tmp", "/var/tmp", "/dev/shm", "/dev/mqueue", HOME, WORK)
GRACE_S = 0.2


class IsolatedLauncher:
    """Starts processes as user `uid`, which no other container uses (RLIMIT_NPROC counts a user's processes everywhere)."""

    def __init__(self, job: dict[str, Any]) -> None:
        self._limits = limits_of(job)
        self._uid = int(job["student"]["uid"])
        self._source = str(job["paths"]["submission"])
        self._python = [str(part) for part in job["student"]["python"]]
        self._tools = [str(part) for part in job["student"]["tools"]]
        self._path = str(job["student"]["path"])
        self._imports: list[str] = []
        self._ready = False
        self._dirty = False

    def working_copy(self) -> Path:
        """`/work`, filled as the student's user. Files are links where a copy would not fit."""
        if not self._ready:
            self._ready = True
            fits = _size(self._source) <= self._limits["work_bytes"] // 2
            self._as_student(["cp", "-R" if fits else "-Rs", f"{self._source}/.", WORK])
        return Path(WORK)

    def interpreter(self) -> list[str]:
        """The Python of the students' environment, or the image's."""
        return self._python

    def tools(self) -> list[str]:
        """pytest, coverage, nbclient and a kernel, behind the students' own packages."""
        return self._tools

    def temporary(self) -> str:
        """`/tmp`: a tmpfs with a limit of its own."""
        return PLACES[0]

    def run(self, start: Start) -> Ended:
        """Run one process, drain what it says within the limits, kill what is left of it."""
        self._dirty = True
        request_read, request_write = os.pipe()
        reply_read, reply_write = os.pipe()
        argv = list(start.argv)
        if start.request is not None:
            ends = {"{request}": f"fd:{request_read}", "{reply}": f"fd:{reply_write}"}
            argv = [ends.get(part, part) for part in argv]
        before = _out_of_memory_kills()
        began = time.monotonic()
        process = subprocess.Popen(
            [*self._prefix(start.cpu_s), "env", "-C", start.cwd, *argv],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd="/",
            env=dict(start.environment),
            pass_fds=(request_read, reply_write) if start.request is not None else (),
            start_new_session=True,
        )
        os.close(request_read)
        os.close(reply_write)
        exchange = _Exchange(process, request_write, reply_read, self._limits)
        try:
            timed_out = exchange.until(began + start.deadline_s, start.stdin, start.request)
            self.sweep()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(GRACE_S * 10)
            exchange.drain()
        finally:
            exchange.close()
        returncode = process.returncode if process.returncode is not None else -signal.SIGKILL
        return Ended(
            returncode=returncode,
            stdout=exchange.kept("stdout"),
            stderr=exchange.kept("stderr"),
            stdout_cut=exchange.cut("stdout"),
            stderr_cut=exchange.cut("stderr"),
            reply=exchange.kept("reply"),
            timed_out=timed_out or returncode == -signal.SIGXCPU,
            out_of_memory=returncode == -signal.SIGKILL and not timed_out and _out_of_memory_kills() > before,
            duration_s=time.monotonic() - began,
        )

    def sweep(self) -> None:
        """Kill every process of the student's user. Needs no fork, which a fork bomb would block.

        Only the effective user changes for the moment: with the real and the saved one still root's, no process of the
        student's may signal this one meanwhile.
        """
        for _ in range(200):
            os.seteuid(self._uid)
            try:
                os.kill(-1, signal.SIGKILL)
            except ProcessLookupError:
                return
            finally:
                os.seteuid(0)
            if not _alive(self._uid):
                return
            time.sleep(0.005)
        raise RuntimeError("processes of the student's user could not be killed")

    def reset(self) -> None:
        """Sweep, remove what was written, remove System V IPC; raise RuntimeError if anything is left."""
        if not self._dirty and not self._ready:
            return
        self.sweep()
        script = 'chmod -R u+rwX -- "$@" 2>/dev/null; find "$@" -mindepth 1 -delete 2>/dev/null; true'
        self._as_student(["sh", "-c", script, "sh", *PLACES])
        if _ipc_in_use():
            self._as_student(["ipcrm", "--all"])
        left = [place for place in PLACES if os.path.isdir(place) and os.listdir(place)]
        if left:
            raise RuntimeError(f"not empty after the wipe: {', '.join(left)}")
        self._ready = self._dirty = False

    def environment(self, import_paths: list[str]) -> dict[str, str]:
        """The environment variables of a student process."""
        return student_environment(home=HOME, temporary=PLACES[0], path=self._path, import_paths=import_paths)

    def _prefix(self, cpu_s: int) -> list[str]:
        limits = self._limits
        return [
            *("choom", "-n", "1000", "--"),
            "prlimit",
            f"--nproc={int(limits['student_processes'])}",
            f"--cpu={cpu_s}:{cpu_s + 1}",
            f"--data={int(limits['student_memory_bytes'])}",
            f"--fsize={int(limits['student_file_bytes'])}",
            f"--nofile={int(limits['student_open_files'])}",
            "--core=0",
            "--",
            *("setpriv", "--reuid", str(self._uid), "--regid", str(self._uid), "--clear-groups"),
            *("--no-new-privs", "--"),
        ]

    def _as_student(self, argv: list[str]) -> None:
        """A short command of ours as the student's user, while no student process runs."""
        command = [*self._prefix(60), *argv]
        done = subprocess.run(
            command, cwd="/", env={"PATH": self._path, "LANG": "C.UTF-8"}, capture_output=True
        )
        self._dirty = True
        if done.returncode:
            raise RuntimeError(f"{argv[0]} ended with {done.returncode}: {done.stderr[:500]!r}")


class _Exchange:
    """The pipes of one process: feeds two, drains three, keeps no more than the limits allow."""

    def __init__(
        self, process: subprocess.Popen[bytes], request: int, reply: int, limits: dict[str, float]
    ) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        self._process = process
        self._selector = selectors.DefaultSelector()
        self._out: dict[str, int] = {"stdin": _owned(process.stdin), "request": request}
        self._in: dict[str, int] = {
            "stdout": _owned(process.stdout),
            "stderr": _owned(process.stderr),
            "reply": reply,
        }
        output, whole = int(limits["output_bytes"]), int(limits["reply_bytes"]) + 64
        self._most = {"stdout": output, "stderr": output, "reply": whole}
        self._data: dict[str, bytearray] = {name: bytearray() for name in self._in}
        self._seen = dict.fromkeys(self._in, 0)
        self._pidfd = os.pidfd_open(process.pid)
        for descriptor in (*self._out.values(), *self._in.values()):
            os.set_blocking(descriptor, False)

    def until(self, deadline: float, stdin: bytes, request: bytes | None) -> bool:
        """Exchange until the process ends; True if it had to be stopped at the deadline."""
        pending = {"stdin": memoryview(stdin), "request": memoryview(request or b"")}
        for name, descriptor in list(self._out.items()):
            if pending[name]:
                self._selector.register(descriptor, selectors.EVENT_WRITE, name)
            else:
                self._end(name)
        for name, descriptor in self._in.items():
            self._selector.register(descriptor, selectors.EVENT_READ, name)
        self._selector.register(self._pidfd, selectors.EVENT_READ, "end")
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                return True
            for key, _ in self._selector.select(left):
                if key.data == "end":
                    self._process.poll()
                    return False
                if key.data in pending:
                    self._feed(key.data, pending)
                elif not self._take(key.data):
                    self._selector.unregister(key.fd)

    def drain(self) -> None:
        """Read what still lies in the pipes, without waiting for their end: a survivor might hold them open."""
        for name in self._in:
            while self._take(name):
                pass

    def kept(self, name: str) -> bytes:
        """What was kept of a stream."""
        return bytes(self._data[name])

    def cut(self, name: str) -> bool:
        """Whether more came than was kept."""
        return self._seen[name] > len(self._data[name])

    def close(self) -> None:
        """Close every descriptor."""
        self._selector.close()
        for descriptor in (*self._out.values(), *self._in.values(), self._pidfd):
            with contextlib.suppress(OSError):
                os.close(descriptor)

    def _feed(self, name: str, pending: dict[str, memoryview]) -> None:
        try:
            sent = os.write(self._out[name], pending[name][:65536])
            pending[name] = pending[name][sent:]
        except BlockingIOError:
            return
        except OSError:
            pending[name] = memoryview(b"")
        if not pending[name]:
            self._selector.unregister(self._out[name])
            self._end(name)

    def _end(self, name: str) -> None:
        os.close(self._out.pop(name))

    def _take(self, name: str) -> bool:
        """Read once; False at the end of the stream or when there is nothing now."""
        try:
            data = os.read(self._in[name], 65536)
        except OSError:
            return False
        self._seen[name] += len(data)
        room = self._most[name] - len(self._data[name])
        if room > 0:
            self._data[name] += data[:room]
        return bool(data)


def _owned(stream: IO[bytes]) -> int:
    """A descriptor of our own, so that `subprocess` closing its file object does not take it away."""
    descriptor = os.dup(stream.fileno())
    stream.close()
    return descriptor


def _size(folder: str) -> int:
    total = 0
    for where, _, names in os.walk(folder):
        total += sum(os.lstat(os.path.join(where, name)).st_size for name in names)
    return total


def _out_of_memory_kills() -> int:
    """How often the kernel has ended a process of this container for its memory (cgroup version 2, then 1)."""
    for path in ("/sys/fs/cgroup/memory.events", "/sys/fs/cgroup/memory/memory.oom_control"):
        try:
            with open(path, encoding="ascii") as file:
                for line in file:
                    if line.startswith("oom_kill "):
                        return int(line.split()[1])
        except OSError:
            continue
    return 0


def _alive(uid: int) -> bool:
    """Whether a process of `uid` is left that is not already dead."""
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/status", encoding="ascii", errors="replace") as file:
                text = file.read()
        except OSError as problem:
            if problem.errno in (errno.ENOENT, errno.ESRCH, errno.EACCES):
                continue
            raise
        owner = text.partition("\nUid:")[2].split(None, 1)[:1]
        state = text.partition("\nState:")[2].split(None, 1)[:1]
        if owner == [str(uid)] and state not in (["Z"], ["X"]):
            return True
    return False


def _ipc_in_use() -> bool:
    for kind in ("shm", "sem", "msg"):
        try:
            with open(f"/proc/sysvipc/{kind}", encoding="ascii") as file:
                if len(file.readlines()) > 1:
                    return True
        except OSError:
            continue
    return False
