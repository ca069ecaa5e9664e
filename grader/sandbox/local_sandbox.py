"""The sandbox for trusted code: the same suites and the same events, in a process on this machine.

It does not isolate anything: student code runs as the current user. Reports say so, and `grader grade` refuses it unless
the user declares the submissions trusted.
"""

from __future__ import annotations

import json
import logging
import os
import platform
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import psutil

from grader.errors import SandboxError
from grader.sandbox.local_room import local_room
from grader.sandbox.protocol import Event, Job, Room, RunOutcome, StudentPython, job_document
from grader.sandbox.runtime import STUDENT_PACKAGES, SUITE_PACKAGES, departures, pins
from grader.sandbox.stream import EventStream
from grader.sandbox.student_tools import student_tools_local

_log = logging.getLogger(__name__)

BOOT = "import sys; sys.path[:0] = {paths!r}; from grader.suite.run import main; sys.exit(main())"


class LocalSandbox:
    """A sandbox that runs jobs as a process of the current user, with the interpreter that runs the grader."""

    name = "local"
    isolated = False
    image_digest = ""

    def __init__(self) -> None:
        self.python = platform.python_version()
        others = [f"{name} {here} (there {there})" for name, (here, there) in departures().items()]
        packages = " ".join(pins((*SUITE_PACKAGES, *STUDENT_PACKAGES)))
        self.runtime = f"{sys.executable} {platform.platform()} {sys.version} {packages}"
        self.notes: tuple[str, ...] = ()
        if others:
            self.notes = (f"this machine has other versions than the grader's image: {', '.join(others)}",)

    def run(self, job: Job, on_event: Callable[[Event], None]) -> RunOutcome:
        """Run a job in a process of its own. Raise SandboxError if it does not start."""
        stream = EventStream(on_event, job.limits)
        # What a person tells their own pytest (PYTEST_ADDOPTS, PYTEST_PLUGINS) is not said to a suite's.
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
        boot = BOOT.format(paths=[path for path in sys.path if path])
        try:
            process = subprocess.Popen(
                [sys.executable, "-I", "-B", "-X", "utf8", "-c", boot],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env={**environment, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
            )
        except OSError as problem:
            raise SandboxError(f"The suite's process did not start: {problem}.") from problem
        began = time.monotonic()
        _log.info("process %d starts, without isolation", process.pid)
        try:
            return _exchange(process, job, stream)
        finally:
            _log.info("process %d ends after %.1f s", process.pid, time.monotonic() - began)

    def room(self) -> Room:
        """Return what this machine has, or what of it this process may use."""
        return local_room()

    def verify(self) -> None:
        """Do nothing: whoever runs this has all that it takes."""

    def clear(self, owner: str) -> None:
        """Do nothing: processes of a run end with its temporary folder (`grader.batch.scratch`)."""

    def close(self) -> None:
        """Do nothing: each run has released its own."""


def _exchange(process: subprocess.Popen[bytes], job: Job, stream: EventStream) -> RunOutcome:
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    timed_out = threading.Event()

    def stop() -> None:
        timed_out.set()
        _kill_tree(process)

    timer = threading.Timer(job.limits.container_s, stop)
    timer.daemon = True
    timer.start()
    log = threading.Thread(target=_drain, args=(process.stderr, stream), daemon=True)
    log.start()
    try:
        try:
            with process.stdin:
                process.stdin.write(json.dumps(_document(job)).encode())
        except OSError as problem:
            raise SandboxError(f"The suite's process did not take its job: {problem}.") from problem
        for line in process.stdout:
            stream.feed(line)
        process.wait()
        log.join(2.0)
    finally:
        timer.cancel()
        if process.poll() is None:
            _kill_tree(process)
        process.wait()
        process.stdout.close()
    return RunOutcome(exit_code=process.returncode, timed_out=timed_out.is_set(), log=stream.log)


def _drain(errors: IO[bytes], stream: EventStream) -> None:
    # Closed by its reader: to close it elsewhere would wait for a process that survives and holds it open.
    with errors:
        for line in errors:
            stream.feed_log(line)


def _document(job: Job) -> dict[str, Any]:
    return job_document(
        job,
        paths={"submission": str(job.submission), "suites": str(job.checks_folder)},
        student=local_student(job.student),
    )


def local_student(student: StudentPython) -> dict[str, Any]:
    """Return how student processes start Python on this machine: an environment's interpreter, or the grader's own."""
    # Use the base interpreter: with the packages of the grader's own environment, an undeclared dependency would be found.
    bare = getattr(sys, "_base_executable", sys.executable)
    interpreter, path = student.interpreter or bare, os.environ.get("PATH", os.defpath)
    if student.folder is not None:
        path = f"{Path(interpreter).parent}{os.pathsep}{path}"
    tools = list(student.tools) or [str(student_tools_local())]
    return {"isolated": False, "python": [interpreter], "tools": tools, "path": path}


def _kill_tree(process: subprocess.Popen[bytes]) -> None:
    try:
        children = psutil.Process(process.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return
    for child in children:
        try:
            child.kill()
        except psutil.NoSuchProcess:
            continue
    process.kill()
