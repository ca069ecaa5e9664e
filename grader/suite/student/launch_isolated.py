"""Student processes in the container: another user, limits, killed and wiped after each check.

The suite's process is root with only the capabilities to change user and to signal. `setpriv` makes a child run as the
student's user; it is started by vfork, so that the cost does not grow with the suite's memory. A student process can write
only to `PLACES`: the root file system is read-only.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from grader.suite.student.exchange import Exchange
from grader.suite.student.launch import Ended, LeftBehind, Start, limits_of, student_environment

WORK = "/work"
HOME = "/home/student"
#: There is no network: tell libraries that would otherwise retry for minutes.
OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "HF_DATASETS_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "NO_GCE_CHECK": "true",
}
#: Every place that a student process may write to; each is emptied after each check.
PLACES = ("/tmp", "/var/tmp", "/dev/shm", "/dev/mqueue", HOME, WORK)
GRACE_S = 0.2
#: Seconds to wait until dead processes of the students' user are reaped: until then they count against its limit.
REAP_S = 2.0
#: Folders of the system's programs only: a program that starts as root is never looked up in a student's folder.
SYSTEM_PATH = "/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin"
ROOT_ENVIRONMENT = {"PATH": SYSTEM_PATH, "LANG": "C.UTF-8"}
#: Seconds to create the working copy.
COPY_S = 60.0
_TOOLS = ("choom", "prlimit", "setpriv", "env", "sh", "cp", "ipcrm")


class IsolatedLauncher:
    """Starts processes as user `uid`, which no other container uses: RLIMIT_NPROC counts the processes of a user on the host."""

    def __init__(self, job: dict[str, Any]) -> None:
        self._limits = limits_of(job)
        self._uid = int(job["student"]["uid"])
        self._source = str(job["paths"]["submission"])
        self._python = [str(part) for part in job["student"]["python"]]
        self._tools = [str(part) for part in job["student"]["tools"]]
        self._path = str(job["student"]["path"])
        self._programs = {name: _program(name) for name in _TOOLS}
        self._ready = False
        self._dirty = False

    def working_copy(self) -> Path:
        """Return `/work`, filled by the student's user. Files are links if a copy would not fit."""
        if not self._ready:
            self._ready = True
            fits = _size(self._source) <= self._limits["work_bytes"] // 2
            self._as_student(["cp", "-R" if fits else "-Rs", f"{self._source}/.", WORK], COPY_S)
        return Path(WORK)

    def interpreter(self) -> list[str]:
        """Return the Python of the students' environment, or the image's."""
        return self._python

    def tools(self) -> list[str]:
        """Return the folder of pytest, coverage, nbclient and a kernel; it comes after the students' own packages."""
        return self._tools

    def temporary(self) -> str:
        """Return `/tmp`: a tmpfs with its own limit."""
        return PLACES[0]

    def run(self, start: Start) -> Ended:
        """Run one process, drain its output within the limits, and kill what is left of it."""
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
            [*self._prefix(start.cpu_s), "-C", start.cwd, "--", *_assignments(start.environment), *argv],
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
        exchange = Exchange(process, request_write, reply_read, self._limits)
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
        """Kill every process of the student's user, without a fork, which a fork bomb would block.

        Only the effective user changes meanwhile: the real and the saved user stay root, so that no process of the student's user
        may signal this one.
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
        raise LeftBehind("Processes of the code could not be ended.")

    def reset(self) -> None:
        """Kill all processes, remove written files and System V IPC; raise LeftBehind if anything is left."""
        if not self._dirty and not self._ready:
            return
        self.sweep()
        self._reap()
        script = (
            'find "$@" -mindepth 1 -delete 2>/dev/null || '
            '{ chmod -R u+rwX -- "$@" 2>/dev/null; find "$@" -mindepth 1 -delete 2>/dev/null; true; }'
        )
        try:
            self._as_student(["sh", "-c", script, "sh", *PLACES], self._limits["wipe_s"])
            if _ipc_in_use():
                self._as_student(["ipcrm", "--all"], self._limits["wipe_s"])
        except subprocess.TimeoutExpired as problem:
            raise LeftBehind("The code left more files behind than could be removed in time.") from problem
        left = [place for place in PLACES if os.path.isdir(place) and os.listdir(place)]
        if left or _ipc_in_use():
            raise LeftBehind(f"The code left what could not be removed: {', '.join(left) or 'System V IPC'}.")
        self._ready = self._dirty = False

    def _reap(self) -> None:
        deadline = time.monotonic() + REAP_S
        while _alive(self._uid, dead=True) and time.monotonic() < deadline:
            time.sleep(0.005)

    def environment(self, import_paths: list[str]) -> dict[str, str]:
        """Return the environment variables of a student process."""
        return student_environment(
            home=HOME, temporary=PLACES[0], path=self._path, import_paths=import_paths, extra=OFFLINE
        )

    def _prefix(self, cpu_s: int) -> list[str]:
        """Return the command prefix that starts as root and ends as the student's user, with limits and an empty environment."""
        limits, programs = self._limits, self._programs
        return [
            *(programs["choom"], "-n", "1000", "--"),
            programs["prlimit"],
            f"--nproc={int(limits['student_processes'])}",
            f"--cpu={cpu_s}:{cpu_s + 1}",
            f"--data={int(limits['student_memory_bytes'])}",
            f"--fsize={int(limits['student_file_bytes'])}",
            f"--nofile={int(limits['student_open_files'])}",
            "--core=0",
            "--",
            *(programs["setpriv"], "--reuid", str(self._uid), "--regid", str(self._uid), "--clear-groups"),
            *("--no-new-privs", "--", programs["env"], "-i"),
        ]

    def _as_student(self, argv: list[str], seconds: float) -> None:
        """Run a short command of the grader as the student's user, while no student process runs."""
        variables = _assignments({"PATH": SYSTEM_PATH, "LANG": "C.UTF-8"})
        command = [*self._prefix(60), "--", *variables, self._programs[argv[0]], *argv[1:]]
        self._dirty = True
        done = subprocess.run(
            command,
            cwd="/",
            env=ROOT_ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=seconds,
        )
        if done.returncode:
            raise RuntimeError(f"{argv[0]} ended with {done.returncode}: {done.stderr[:500]!r}")


def _size(folder: str) -> int:
    total = 0
    for where, _, names in os.walk(folder):
        total += sum(os.lstat(os.path.join(where, name)).st_size for name in names)
    return total


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


def _program(name: str) -> str:
    found = shutil.which(name, path=SYSTEM_PATH)
    if found is None:
        raise RuntimeError(f"the image has no {name}")
    return found


def _assignments(variables: Mapping[str, str]) -> list[str]:
    """Return arguments for `env`: variables of the students (LD_PRELOAD) must not reach a program that runs as root."""
    return [f"{name}={value}" for name, value in variables.items()]


def _alive(uid: int, *, dead: bool = False) -> bool:
    """Return whether a process of `uid` is left; `dead` counts processes that have ended but are not reaped, too."""
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
        if owner == [str(uid)] and (dead or state not in (["Z"], ["X"])):
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
