"""Student processes in the container: another user, limits, killed and wiped after each check.

The suite's process is root with only the capabilities to change user and to signal. `setpriv` makes a child run as the
student's user; it is started by vfork, so that the cost does not grow with the suite's memory. A student process can write
only to `PLACES`: the root file system is read-only.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from grader.suite.student.launch import Ended, LeftBehind, Start, limits_of, student_environment
from grader.suite.student.processes.isolated_running import (
    ROOT_ENVIRONMENT,
    SYSTEM_PATH,
    IsolatedRunning,
    alive,
    end_session,
)

WORK = "/work"
HOME = "/home/student"
#: There is no network: tell libraries that would otherwise retry for minutes.
OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "HF_DATASETS_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "NO_GCE_CHECK": "true",
}
#: The working copy is a mount that root owns: git takes a repository there for that of somebody else, and refuses it.
GIT = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*"}
#: Every place that a student process may write to; each is emptied after each check.
PLACES = ("/tmp", "/var/tmp", "/dev/shm", "/dev/mqueue", HOME, WORK)
#: Seconds to wait until dead processes of the students' user are reaped: until then they count against its limit.
REAP_S = 2.0
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
        self._running: list[IsolatedRunning] = []

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
        return self.start(start).wait()

    def start(self, start: Start) -> IsolatedRunning:
        """Start one process; see the contract."""
        self._dirty = True
        prefix = [*self._prefix(start.cpu_s), "-C", start.cwd, "--", *_assignments(start.environment)]
        running = IsolatedRunning(start, prefix, self._limits, self._leave)
        self._running.append(running)
        return running

    def _leave(self, running: IsolatedRunning) -> None:
        """Kill what is left of a process that ends: all of the students' processes if it is the last one, else its session."""
        if running in self._running:
            self._running.remove(running)
        if not self._running or not end_session(running.pid):
            self.sweep()

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
            if not alive(self._uid):
                return
            time.sleep(0.005)
        raise LeftBehind("Processes of the code could not be ended.")

    def reset(self) -> None:
        """Kill all processes, remove written files and System V IPC; raise LeftBehind if anything is left."""
        if not self._dirty and not self._ready:
            return
        self.sweep()
        for running in tuple(self._running):
            running.stop()
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
        while alive(self._uid, dead=True) and time.monotonic() < deadline:
            time.sleep(0.005)

    def environment(self, import_paths: list[str]) -> dict[str, str]:
        """Return the environment variables of a student process."""
        return student_environment(
            home=HOME, temporary=PLACES[0], path=self._path, import_paths=import_paths, extra=OFFLINE | GIT
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


def _program(name: str) -> str:
    found = shutil.which(name, path=SYSTEM_PATH)
    if found is None:
        raise RuntimeError(f"the image has no {name}")
    return found


def _assignments(variables: Mapping[str, str]) -> list[str]:
    """Return arguments for `env`: variables of the students (LD_PRELOAD) must not reach a program that runs as root."""
    return [f"{name}={value}" for name, value in variables.items()]


def _ipc_in_use() -> bool:
    for kind in ("shm", "sem", "msg"):
        try:
            with open(f"/proc/sysvipc/{kind}", encoding="ascii") as file:
                if len(file.readlines()) > 1:
                    return True
        except OSError:
            continue
    return False
