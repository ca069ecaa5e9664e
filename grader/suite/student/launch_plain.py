"""Student processes for one's own code on one's own machine: the current user, no kernel limits, any system.

The same exchange as in the container, by portable means: a request file, a reply file, and one reader thread per stream.
There is no isolation, and the terminal and the report say so; checks are only kept apart by a new working copy, home and
temporary folder each.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from grader.suite.student.launch import Ended, Start, StudentProcess, limits_of, student_environment
from grader.suite.student.processes.plain_running import NeverStarted, PlainRunning, end_all_with

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
        self._running: list[PlainRunning] = []
        self._strays = False

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
        return self.start(start).wait()

    def start(self, start: Start) -> StudentProcess:
        """Start one process; see the contract."""
        exchange = Path(tempfile.mkdtemp(dir=self._folder("exchange")))
        try:
            running = PlainRunning(start, exchange, self._limits, self._leave)
        except OSError as problem:
            return NeverStarted(start, f"{start.argv[0]}: {problem.strerror}")
        self._running.append(running)
        return running

    def _leave(self, running: PlainRunning) -> None:
        """Kill what is left of the processes that were followed, if none of them runs any more."""
        if running in self._running:
            self._running.remove(running)
        self._strays = self._strays or running.followed
        if self._strays and not self._running:
            end_all_with("HOME", str(self._folder("home")))
            self._strays = False

    def reset(self) -> None:
        """End what still runs, and remove the temporary folder of the check."""
        for running in tuple(self._running):
            running.stop()
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


def _make_writable(function: Any, path: str, _: Any) -> None:
    with contextlib.suppress(OSError):
        os.chmod(os.path.dirname(path), 0o700)
        os.chmod(path, 0o700)
        function(path)
