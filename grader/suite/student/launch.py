"""The contract for starting a student process: its input, its output and its end.

Two launchers implement it. `isolated` is for the container: another user, limits, and a sweep of processes. `plain` is for
one's own code on one's own machine, and assumes only the portable part of the standard library.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from grader.suite.outcomes import StudentFault

#: Path of the harness that runs in a student process.
HARNESS = Path(__file__).with_name("inside") / "harness.py"

#: Seconds to wait for the thread of a process that was killed.
JOIN_S = 5.0


class LeftBehind(RuntimeError):
    """Student processes left something that cannot be removed: the check fails, and the sandbox cannot be used again."""


@dataclass(frozen=True, kw_only=True)
class Start:
    """A student process that is to be started.

    `request` is the optional input of the harness: `{request}` and `{reply}` in `argv` stand for the two ends of its channel.
    Deadlines are wall seconds (`deadline_s`) and CPU seconds (`cpu_s`).
    """

    argv: Sequence[str]
    cwd: str
    deadline_s: float
    cpu_s: int
    stdin: bytes = b""
    request: bytes | None = None
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How a student process ended. `returncode` is negative for a signal, as in `subprocess`."""

    returncode: int
    stdout: bytes
    stderr: bytes
    stdout_cut: bool
    stderr_cut: bool
    reply: bytes
    timed_out: bool
    out_of_memory: bool
    duration_s: float


class StudentProcess(ABC):
    """A student process that was started: `wait` for its end, or `follow` it and `stop` it later."""

    def __init__(self, start: Start) -> None:
        self.began = time.monotonic()
        self._deadline = self.began + start.deadline_s
        self._timed_out = False
        self._follower: threading.Thread | None = None
        self._ended: Ended | None = None

    def wait(self) -> Ended:
        """Let the process run to its end or its deadline, and kill what is left of it."""
        self._run()
        return self.stop()

    def follow(self) -> None:
        """Drain the output in a thread while the suite does other things; kill the process at its deadline."""
        self._follower = threading.Thread(target=self._run, daemon=True)
        self._follower.start()

    def stop(self, grace_s: float = 0.0) -> Ended:
        """End the process and what it started; return how it ended, also if it was stopped before.

        Args:
            grace_s: seconds that it has to end by itself after SIGTERM, where the system has that, before it is killed.
        """
        if self._ended is None:
            if self._follower is not None:
                if grace_s and self.alive and self._terminate():
                    self._give(grace_s)
                self._kill()
                self._follower.join(JOIN_S)
            self._ended = self._end()
        return self._ended

    def _give(self, seconds: float) -> None:
        """Wait for the process to end, then for its group: a shell ends before the server that it started."""
        deadline = time.monotonic() + seconds
        assert self._follower is not None
        self._follower.join(seconds)
        while self._group_lives() and time.monotonic() < deadline:
            time.sleep(0.02)

    def _run(self) -> None:
        self._timed_out = self._exchange()
        if self._timed_out:
            self._kill()

    @property
    @abstractmethod
    def alive(self) -> bool:
        """Whether the process that was started still runs."""

    def listens(self, port: int) -> bool:
        """Return whether it may be this process, or one that it started, that accepts connections on a port."""
        return self.alive

    @abstractmethod
    def output(self) -> tuple[bytes, bytes]:
        """Return what was kept of stdout and stderr so far."""

    @abstractmethod
    def _exchange(self) -> bool:
        """Feed and drain the process until it ends; return True if it did not end before the deadline."""

    @abstractmethod
    def _terminate(self) -> bool:
        """Ask the process to end; return False where the system has no way to ask."""

    @abstractmethod
    def _group_lives(self) -> bool:
        """Whether a process of its group is left, as far as the system tells."""

    @abstractmethod
    def _kill(self) -> None:
        """Kill the process and those of its group."""

    @abstractmethod
    def _end(self) -> Ended:
        """Kill what is left of the process, read what is left of its output, and release everything."""


class Launcher(Protocol):
    """Starts student processes in a working copy that is recreated for each check."""

    def working_copy(self) -> Path:
        """Return the folder of the students' files, writable for their processes; created on first use in a check."""
        ...

    def interpreter(self) -> list[str]:
        """Return the command that starts the Python of the students' environment."""
        ...

    def tools(self) -> list[str]:
        """Return the folders that are appended to the import path of harness processes."""
        ...

    def temporary(self) -> str:
        """Return a folder for the temporary files of a student process."""
        ...

    def environment(self, import_paths: list[str]) -> dict[str, str]:
        """Return the environment variables of a student process that imports from `import_paths`."""
        ...

    def run(self, start: Start) -> Ended:
        """Run one process to its end, and kill the processes that it left behind."""
        ...

    def start(self, start: Start) -> StudentProcess:
        """Start one process and return it.

        The last process to end takes all others of the students with it. While another one runs, an end kills only the session
        of its own process: what escapes from it lives until the last end. So what the students' files show is evidence only
        after the last end: until then a process may still change them.
        """
        ...

    def reset(self) -> None:
        """Kill every student process, also those that still run, and recreate every writable place.

        Raises:
            LeftBehind: that is not possible.
        """
        ...


def student_environment(
    *,
    home: str,
    temporary: str,
    path: str,
    import_paths: Sequence[str],
    extra: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Return the environment of a student process: built from scratch, never inherited, the same on every machine."""
    variables = {
        "PATH": path,
        "HOME": home,
        "USER": "student",
        "LOGNAME": "student",
        "TMPDIR": temporary,
        "TEMP": temporary,
        "TMP": temporary,
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "PYTHONPATH": os.pathsep.join(import_paths),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "PYTHONUTF8": "1",
        "MPLBACKEND": "Agg",
        "MPLCONFIGDIR": temporary,
        "WANDB_MODE": "disabled",
        "WANDB_SILENT": "true",
        # Where no account is named, Google's client asks the machine that it runs on, again and again. None is here.
        "NO_GCE_CHECK": "true",
        "CUDA_VISIBLE_DEVICES": "",
        # One thread per process: BLAS would start one per core, and a verdict must not depend on the host's cores.
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "NO_COLOR": "1",
        "TERM": "dumb",
        "COLUMNS": "100",
    }
    variables.update(extra or {})
    return variables


def fault_of_end(ended: Ended, what: str) -> StudentFault | None:
    """Return the fault if a limit or a signal ended the process, or None if it ended by itself."""
    if ended.timed_out:
        return StudentFault("timeout", f"{what} did not end in time.")
    if ended.out_of_memory:
        return StudentFault("memory", f"{what} used more memory than the limit allows.")
    if ended.returncode < 0:
        return StudentFault("killed", f"{what} was ended by signal {_signal(-ended.returncode)}.")
    return None


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return str(number)


def limits_of(job: Mapping[str, Any]) -> dict[str, float]:
    """Return the limits of a job as plain numbers."""
    return dict(job["limits"])
