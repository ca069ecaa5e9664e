"""Calls of the students' code: one process each, within the limits of the check, and what a reply may be."""

from __future__ import annotations

import contextlib
import json
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from grader.suite.outcomes import StudentFault
from grader.suite.student.launch import HARNESS, Ended, Launcher, Start, StudentProcess, fault_of_end
from grader.suite.student.replies import fault_in, last_words, read_reply
from grader.suite.student.wire import WireError, decode
from grader.suite.student.writable_packages import COPY_CPU_S, COPY_S, WritablePackages


class Calls:
    """Starts the student processes of one check and reads their replies.

    Args:
        launcher: starts processes.
        limits: the limits of the job.
        import_paths: folders that student code is imported from, relative to `folder`.
        watch: called with True before and False after each process, so that a death in between can be attributed.
        folder: the folder of the repository that student processes work in.
        left: returns the seconds that the run has left for student processes.
        copied: packages that earlier checks needed writable copies of; those of this check are added.
    """

    def __init__(
        self,
        launcher: Launcher,
        limits: Mapping[str, float],
        import_paths: Sequence[str],
        watch: Callable[[bool], None],
        folder: str = ".",
        left: Callable[[], float] = lambda: float("inf"),
        copied: list[str] | None = None,
    ) -> None:
        self.launcher = launcher
        self.limits = limits
        self._import_paths = list(import_paths)
        self._watch = watch
        self._folder = folder
        self._left = left
        self._deadline = float("inf")
        #: Folders that come first on the import path of every process: absolute, outside the working copy.
        self.first: list[str] = []
        names = copied if copied is not None else []
        self.packages = WritablePackages(launcher.temporary, limits, names, self._run_snippet)
        self._running = 0
        self._beside: list[StudentProcess] = []
        self._actions = contextlib.ExitStack()

    def begin(self, seconds: float) -> None:
        """Start the time limit of a check: all its processes together have `seconds`."""
        self._deadline = time.monotonic() + seconds

    def work(self) -> Path:
        """Return the folder that student processes work in, on their file system."""
        return self.launcher.working_copy() / self._folder

    def evaluate(self, plan: dict[str, Any], timeout: float | None, cpu_s: int | None) -> list[Any]:
        """Evaluate an expression (see `remote`) and return its values. Raise StudentFault if there are none."""
        reply = self.ask({"do": "evaluate", **plan}, f"`{plan['labels'][-1]}`", timeout, cpu_s)
        return self.values_in(reply, len(plan["wanted"]), f"`{plan['labels'][-1]}`")

    def ask(
        self, request: dict[str, Any], what: str, timeout: float | None, cpu_s: int | None
    ) -> dict[str, Any]:
        """Send one request to the harness and return its reply, an object; `what` names the call for the student.

        Raises:
            StudentFault: the process gave no reply, or one that cannot be read.
        """
        nonce = secrets.token_hex(16)
        ended = self.harness({**request, "nonce": nonce}, timeout, cpu_s)
        if not ended.reply:
            if (fault := fault_of_end(ended, what)) is not None:
                raise fault
            raise StudentFault(
                "exited",
                f"{what} ended without a value (exit code {ended.returncode}).",
                last_words(ended.stderr, str(self.work())),
            )
        return read_reply(ended.reply, nonce, what, int(self.limits["reply_bytes"]))

    def values_in(self, reply: Mapping[str, Any], count: int, what: str) -> list[Any]:
        """Return the `count` values of a reply. Raise StudentFault if it has none, or reports a fault."""
        found = reply.get("values")
        if not isinstance(found, list) or len(found) != count:
            raise fault_in(reply, what)
        try:
            return [decode(value) for value in found]
        except WireError as problem:
            raise StudentFault("reply", f"{what} gave a reply that cannot be read: {problem}.") from problem

    def harness(
        self,
        request: dict[str, Any],
        timeout: float | None,
        cpu_s: int | None,
        env: Mapping[str, str] | None = None,
    ) -> Ended:
        """Run the harness on one request, to the end of its process; `env` adds to the environment variables."""
        return self.run(lambda: self._harness_start(request, timeout, cpu_s, env))

    def _harness_start(
        self,
        request: dict[str, Any],
        timeout: float | None,
        cpu_s: int | None,
        env: Mapping[str, str] | None = None,
    ) -> Start:
        work = self.work()
        whole = {
            "paths": self._paths(),
            **request,
            "cwd": str(work),
            "tools": self.launcher.tools(),
            "tmp": self.launcher.temporary(),
            "reply_bytes": int(self.limits["reply_bytes"]),
        }
        python = self.launcher.interpreter()
        return Start(
            argv=[*python, "-E", "-s", "-P", "-X", "utf8", str(HARNESS), "{request}", "{reply}"],
            cwd=str(work),
            deadline_s=self.seconds(timeout),
            cpu_s=cpu_s or int(self.limits["call_cpu_s"]),
            request=json.dumps(whole).encode(),
            environment={**self.environment(), **(env or {})},
        )

    def run(self, made: Callable[[], Start]) -> Ended:
        """Run one process to its end; once more where it fails to write into a package that can be copied.

        Args:
            made: returns the process to start: with another import path where a copy was made, and with the time that is left.
        """
        self.packages.begin()
        ended = self._run(made())
        while self.packages.add(ended):
            try:
                start = made()
            except StudentFault:
                break  # no time is left
            ended = self._run(start)
        return ended

    def _run_snippet(self, source: str, inputs: dict[str, Any]) -> Any:
        """Run a snippet of the grader as the students' user, without their files on the import path."""
        nonce = secrets.token_hex(16)
        request = {"do": "probe", "source": source, "inputs": inputs, "paths": [], "nonce": nonce}
        ended = self._run(self._harness_start(request, COPY_S, COPY_CPU_S))
        if not ended.reply:
            raise StudentFault("exited", "A package could not be copied.")
        reply = read_reply(ended.reply, nonce, "The copy", int(self.limits["reply_bytes"]))
        return self.values_in(reply, 1, "The copy")[0]

    def _run(self, start: Start) -> Ended:
        self._count(1)
        try:
            return self.launcher.run(start)
        finally:
            self._count(-1)

    def start(self, start: Start) -> StudentProcess:
        """Start one process that runs beside the check, until `stop`, or `end` at the latest."""
        self._count(1)
        try:
            process = self.launcher.start(start)
        except BaseException:
            self._count(-1)
            raise
        self._beside.append(process)
        process.follow()
        return process

    def stop(self, process: StudentProcess, grace_s: float = 0.0) -> Ended:
        """End a process that `start` returned (see `StudentProcess.stop`), and return how it ended."""
        try:
            return process.stop(grace_s)
        finally:
            if process in self._beside:
                self._beside.remove(process)
                self._count(-1)

    def at_end(self, action: Callable[[], object]) -> None:
        """Call `action` when the check ends."""
        self._actions.callback(action)

    def end(self) -> None:
        """End everything that runs beside the check."""
        for process in tuple(self._beside):
            self.stop(process)
        self._actions.close()

    def _count(self, change: int) -> None:
        """Report when the first of several student processes starts, and when the last one has ended."""
        self._running += change
        if self._running == max(change, 0):
            self._watch(change > 0)

    def command(self, argv: Sequence[str]) -> list[str]:
        """Return the command line of `argv`, where a first word `python` is the Python of the students' environment."""
        return [*self.launcher.interpreter(), *argv[1:]] if argv[0] == "python" else list(argv)

    def environment(self) -> dict[str, str]:
        """Return the environment variables of a student process."""
        return self.launcher.environment(self._paths())

    def _paths(self) -> list[str]:
        work = self.work()
        own = (str(work / path) for path in self._import_paths)
        return [*self.first, *own, *self.packages.folders]

    def seconds(self, timeout: float | None) -> float:
        """Return the wall seconds of the next process: `timeout`, within the limits. Raise StudentFault if none are left."""
        left = min(self._deadline - time.monotonic(), self._left())
        if left <= 0:
            raise StudentFault("timeout", "The students' code used up the time of this check.")
        return min(timeout or float("inf"), float(self.limits["call_s"]), left)
