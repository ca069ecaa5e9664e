"""A student process in the container: its pipes, its session, and what ends with it."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence

from grader.suite.student.exchange import Exchange
from grader.suite.student.launch import Ended, Start, StudentProcess

#: Folders of the system's programs only: a program that starts as root is never looked up in a student's folder.
SYSTEM_PATH = "/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin"
ROOT_ENVIRONMENT = {"PATH": SYSTEM_PATH, "LANG": "C.UTF-8"}
#: Seconds to wait for a process that was killed.
GRACE_S = 2.0


class IsolatedRunning(StudentProcess):
    """A process of the student's user, in a session of its own.

    Args:
        start: what is started.
        prefix: the command that becomes the student's user and then runs `start.argv`.
        limits: the limits of the job.
        leave: called as the process ends; kills what it may have left behind.
    """

    def __init__(
        self,
        start: Start,
        prefix: Sequence[str],
        limits: Mapping[str, float],
        leave: Callable[[IsolatedRunning], None],
    ) -> None:
        super().__init__(start)
        self._leave = leave
        self._start = start
        request_read, request_write = os.pipe()
        reply_read, reply_write = os.pipe()
        argv = list(start.argv)
        if start.request is not None:
            ends = {"{request}": f"fd:{request_read}", "{reply}": f"fd:{reply_write}"}
            argv = [ends.get(part, part) for part in argv]
        self._killed_before = _out_of_memory_kills()
        self._process = subprocess.Popen(
            [*prefix, *argv],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd="/",
            env=ROOT_ENVIRONMENT,
            pass_fds=(request_read, reply_write) if start.request is not None else (),
            start_new_session=True,
        )
        os.close(request_read)
        os.close(reply_write)
        self._pipes = Exchange(self._process, request_write, reply_read, dict(limits))

    @property
    def pid(self) -> int:
        """The id of the process, of its group, and of its session."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the process that was started still runs."""
        return self._process.poll() is None

    def output(self) -> tuple[bytes, bytes]:
        """Return what was kept of stdout and stderr so far."""
        return self._pipes.kept("stdout"), self._pipes.kept("stderr")

    def _exchange(self) -> bool:
        return self._pipes.until(self._deadline, self._start.stdin, self._start.request)

    def _terminate(self) -> bool:
        return self._signal(signal.SIGTERM)

    def _group_lives(self) -> bool:
        return self._signal(0)

    def _kill(self) -> None:
        self._signal(signal.SIGKILL)

    def _signal(self, number: int) -> bool:
        try:
            os.killpg(self.pid, number)
        except ProcessLookupError:
            return False
        return True

    def _end(self) -> Ended:
        try:
            self._leave(self)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(GRACE_S)
            self._pipes.drain()
        finally:
            self._pipes.close()
        returncode = self._process.returncode if self._process.returncode is not None else -signal.SIGKILL
        killed = returncode == -signal.SIGKILL and not self._timed_out
        # Who ignores SIGXCPU is killed by the kernel a second later, with the signal that every other killing has, too.
        out_of_time = returncode == -signal.SIGXCPU or (killed and self._pipes.cpu_s >= self._start.cpu_s)
        return Ended(
            returncode=returncode,
            stdout=self._pipes.kept("stdout"),
            stderr=self._pipes.kept("stderr"),
            stdout_cut=self._pipes.cut("stdout"),
            stderr_cut=self._pipes.cut("stderr"),
            reply=self._pipes.kept("reply"),
            timed_out=self._timed_out or out_of_time,
            out_of_memory=killed and _out_of_memory_kills() > self._killed_before,
            duration_s=time.monotonic() - self.began,
        )


def end_session(session: int) -> bool:
    """Kill every process of a session; return whether none is left."""
    for _ in range(200):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(session, signal.SIGKILL)
        found = [pid for pid, status in _statuses("stat") if _session_of(status) == session]
        if not found:
            return True
        for pid in found:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.005)
    return False


def alive(uid: int, *, dead: bool = False) -> bool:
    """Return whether a process of `uid` is left; `dead` counts processes that have ended but are not reaped, too."""
    for _, text in _statuses("status"):
        owner = text.partition("\nUid:")[2].split(None, 1)[:1]
        state = text.partition("\nState:")[2].split(None, 1)[:1]
        if owner == [str(uid)] and (dead or state not in (["Z"], ["X"])):
            return True
    return False


def _session_of(status: str) -> int:
    """Return the session of a process by its `/proc/N/stat`, or 0 if it has ended. Its name may hold anything."""
    state, _, _, session = status.rpartition(")")[2].split()[:4]
    return 0 if state in "ZX" else int(session)


def _statuses(kind: str) -> Iterator[tuple[int, str]]:
    """Yield each process of the container, and the text of its file `kind`."""
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/{kind}", encoding="ascii", errors="replace") as file:
                text = file.read()
        except OSError as problem:
            if problem.errno in (errno.ENOENT, errno.ESRCH, errno.EACCES):
                continue
            raise
        yield int(name), text


def _out_of_memory_kills() -> int:
    """Return how often the kernel has killed a process of this container for its memory (cgroup version 2, then 1)."""
    for path in ("/sys/fs/cgroup/memory.events", "/sys/fs/cgroup/memory/memory.oom_control"):
        try:
            with open(path, encoding="ascii") as file:
                for line in file:
                    if line.startswith("oom_kill "):
                        return int(line.split()[1])
        except OSError:
            continue
    return 0
