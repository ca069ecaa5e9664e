"""Starting a student process: what goes in, what comes out, whatever it does.

Two launchers share this contract. `isolated` is for the container: another user, limits, a sweep. `plain` is for one's own
code on one's own machine, where nothing but the standard library's portable part is assumed.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from grader.suite.outcomes import StudentFault

#: Where a student process finds its harness.
HARNESS = Path(__file__).with_name("inside") / "harness.py"


class LeftBehind(RuntimeError):
    """Student processes left what cannot be removed: the check failed, and the sandbox is spent."""


@dataclass(frozen=True, kw_only=True)
class Start:
    """A student process to be.

    `request` goes to the harness, if there is one: `{request}` and `{reply}` in `argv` stand for its two ends. Deadlines are
    wall seconds (`deadline_s`) and CPU seconds (`cpu_s`).
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


class Launcher(Protocol):
    """Starts student processes in a working copy that is made new for each check."""

    def working_copy(self) -> Path:
        """The students' files, writable for their processes; made on first use in a check."""
        ...

    def interpreter(self) -> list[str]:
        """How to start the Python of the students' environment."""
        ...

    def tools(self) -> list[str]:
        """Folders that are appended to the import path of harness processes."""
        ...

    def temporary(self) -> str:
        """A folder for temporary files of a student process."""
        ...

    def environment(self, import_paths: list[str]) -> dict[str, str]:
        """The environment variables of a student process that imports from `import_paths`."""
        ...

    def run(self, start: Start) -> Ended:
        """Run one process to its end, and end whatever it left behind."""
        ...

    def reset(self) -> None:
        """End every student process and make every writable place new. Raises LeftBehind where that cannot be done."""
        ...


def student_environment(
    *,
    home: str,
    temporary: str,
    path: str,
    import_paths: Sequence[str],
    extra: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """The environment of a student process: built, never inherited, the same on every machine."""
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
        "CUDA_VISIBLE_DEVICES": "",
        # One thread a process: BLAS would start one a core, and a verdict must not depend on the host's cores.
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
    """The fault in how a process ended that the limits or a signal ended, or None if it ended by itself."""
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
    """The limits of a job as plain numbers."""
    return dict(job["limits"])
