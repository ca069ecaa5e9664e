"""The suite's process: reads a job from stdin, writes events to stdout.

    python3 -I BOOT    (BOOT puts the run-time part on the import path and calls `main`)

stdout is first moved to a private descriptor, so that no output of a suite can be taken for an event.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from grader.parsing.plain_data import parse_json
from grader.repository.submission_view import SubmissionView
from grader.suite import plugin
from grader.suite.alarm import alarm
from grader.suite.inventory_parts import inventory
from grader.suite.outcomes import CheckDeadline
from grader.suite.session import Session
from grader.suite.student.launch import Launcher


class _Events:
    """Writes events, each as one whole line of JSON."""

    def __init__(self) -> None:
        self._descriptor = os.dup(1)
        os.set_inheritable(self._descriptor, False)
        os.dup2(2, 1)

    def __call__(self, event: dict[str, Any]) -> None:
        data = json.dumps(event, allow_nan=False, default=str, separators=(",", ":")).encode() + b"\n"
        while data:
            data = data[os.write(self._descriptor, data) :]


class _CollectionLog:
    """Names suites that cannot be imported on stderr; their checks get no event, which is an error."""

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Print which suite did not load, and why."""
        if report.failed:
            sys.stderr.write(f"{report.nodeid}: {report.longreprtext[-3000:]}\n")

    def pytest_internalerror(self, excrepr: object) -> None:
        """Print what broke in pytest or a plugin."""
        sys.stderr.write(f"{excrepr}\n")


def main() -> int:
    """Run the job on stdin. Return pytest's exit code; verdicts never depend on it."""
    job = parse_json(sys.stdin.buffer.read())
    emit = _Events()
    emit({"event": "ready", "python": ".".join(map(str, sys.version_info[:3])), "at": time.time()})
    launcher = _launcher(job)
    facts = {**job["facts"], "environment": job["student"]["environment"]}
    view = SubmissionView(Path(job["paths"]["submission"]), facts)
    session = Session(job, view, launcher, emit)
    if job["facts"].get("inventory"):
        _take_inventory(job, view, emit)
    session.confirm()
    if not job["checks"]:
        emit({"event": "end"})
        return 0
    arguments = [
        *("-c", os.devnull, "--rootdir", job["paths"]["suites"]),
        *("-p", "no:cacheprovider", "-p", "no:terminal", "-p", "no:faulthandler", "--capture=no"),
        *("--assert=plain", "--import-mode=importlib"),
        *(str(Path(job["paths"]["suites"]) / folder) for folder in job["folders"]),
    ]
    config_plugin = _Handover(session)
    try:
        code = pytest.main(arguments, plugins=[config_plugin, plugin, _CollectionLog()])
    finally:
        if not session.spent:
            launcher.reset()
    if code in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        emit({"event": "end"})
    return int(code)


def _take_inventory(job: dict[str, Any], view: SubmissionView, emit: _Events) -> None:
    try:
        with alarm(float(job["limits"]["inventory_s"])):
            found = inventory(view, int(job["limits"]["inventory_bytes"]) - 1_000)
    except CheckDeadline:
        sys.stderr.write("The inventory took too long: claims of the report stay undetermined.\n")
        return
    emit({"event": "inventory", "inventory": found})


class _Handover:
    """Passes the session to the plugin before the plugin looks for one."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @pytest.hookimpl(tryfirst=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        """Put the session where fixtures and hooks find it."""
        config.stash[plugin.SESSION] = self._session


def _launcher(job: dict[str, Any]) -> Launcher:
    if job["student"]["isolated"]:
        from grader.suite.student.launch_isolated import IsolatedLauncher

        return IsolatedLauncher(job)
    from grader.suite.student.launch_plain import PlainLauncher

    return PlainLauncher(job)


if __name__ == "__main__":
    sys.exit(main())
