"""The state of one run of suites: the views, the launcher, and the outcome of each check so far."""

from __future__ import annotations

import contextlib
import json
import math
import os
import random
import sys
import time
import traceback
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any

from grader.repository.faults import Evidence, NotRead
from grader.repository.submission_view import SubmissionView
from grader.suite import record
from grader.suite.checks import CheckSpec
from grader.suite.classify import CheckOutcome, classify
from grader.suite.missing import Excuses
from grader.suite.outcomes import BlockedOutcome, EnvironmentBroken, ExcusedOutcome, StudentFault
from grader.suite.running.asked import Asked, standing
from grader.suite.running.run_budget import RunBudget
from grader.suite.running.started import StartedModules
from grader.suite.sharing import SharedResults, use
from grader.suite.student.calls import Calls
from grader.suite.student.launch import Launcher, LeftBehind
from grader.suite.student.student import Student

Emit = Callable[[dict[str, Any]], None]


class Session:
    """Runs checks one after the other and emits their outcomes.

    Args:
        job: the job that the engine sent (see `grader.sandbox.protocol.Job`).
        view: the submission.
        launcher: starts student processes.
        emit: called with each event.
    """

    def __init__(self, job: dict[str, Any], view: SubmissionView, launcher: Launcher, emit: Emit) -> None:
        self.job = job
        self.view = view
        self.launcher = launcher
        self.verdicts: dict[str, str] = dict(job.get("done", {}))
        self._emit = emit
        self._limits: dict[str, float] = dict(job["limits"])
        self._started = StartedModules(view)
        self._asked = Asked(view.noting, emit)
        self._shared = SharedResults(job.get("shared"), emit)
        use(self._shared)
        self._unseen: set[str] = set()
        self._excused: set[str] = set()
        self._budget = RunBudget(
            self._limits["base_budget_s"],
            job.get("budgets", {}),
            spent_s=float(job.get("spent_s", 0)),
            container_s=self._limits["suite_s"] - self._limits["check_s"],
            started=job.get("started", ()),
        )
        self._running = ""
        self._began = 0.0
        self._timeout: float | None = None
        self._called = False
        # A process that hands over before its first check would do so for ever.
        self._ran = False
        self._calls: list[Calls] = []
        #: Packages that write into themselves: names alone go from check to check, each makes its own copy.
        self._copied: list[str] = []
        self._cpu_before = 0.0
        #: Whether student code left something that could not be removed: the next check needs another sandbox.
        self.spent = False

    def student(self) -> Student:
        """Return the `student` fixture of the current check."""
        self._asked.everything()
        if self._budget.left_s <= 0:
            seconds = f"{self._budget.total_s:.0f} seconds"
            raise StudentFault(
                "timeout", f"The code used up the {seconds} of this submission before this check."
            )
        limit = float(self._limits["check_s"])
        calls = Calls(
            self.launcher,
            self._limits,
            _import_paths(self.submission()),
            self._watch,
            self._started.folder(self._module),
            left=lambda: self._budget.left_s,
            copied=self._copied,
        )
        calls.begin(min(limit, self._timeout or limit))
        self._calls.append(calls)
        return Student(calls, self._excuses, tools=self.job["student"].get("suite_tools"))

    @property
    def _excuses(self) -> Excuses:
        lacking = self.job["student"]
        return Excuses(
            missing=lacking["missing"],
            alone=lacking.get("alone", ()),
            changed=lacking.get("changed") or {},
            packages_only=self.view.profile == "exercises",
        )

    @property
    def paused(self) -> bool:
        """Whether the container has lived long enough: the checks that are left go on in another one."""
        return self._budget.container_over and self._ran

    @property
    def alarm_s(self) -> float:
        """Seconds after which a check is aborted in any case: more than its student processes may take together."""
        return 1.1 * float(self._limits["check_s"]) + 2

    def rng(self, check: str) -> random.Random:
        """Return the random generator of a check: the same for the same seed, and different from check to check."""
        self.view.noting.note("seed")
        seed = self.job["seeds"].get(check.partition(".")[0], "")
        return random.Random(f"{seed}:{check}")  # noqa: S311 - reproducible, not secret from us

    def confirm(self) -> None:
        """Tell which suites of an earlier run may stand, of those that the engine would like to use again."""
        for module in standing(self.view, self.job.get("kept") or {}):
            self._emit({"event": "stands", "module": module})

    def begin(self, check: str, spec: CheckSpec) -> None:
        """Start a check."""
        self._running, self._began, self._timeout = check, time.monotonic(), spec.timeout
        self._called = False
        record.begin()
        self._asked.begin()
        self._shared.begin(check)
        self._emit({"event": "start", "check": check})

    def admit(self, check: str, spec: CheckSpec, works: Iterable[Callable[..., Any]]) -> None:
        """Decide whether the check may run. Raise BlockedOutcome or EnvironmentBroken with the reason if not."""
        module = check.partition(".")[0]
        self._begin_module(module, list(works))
        for name in spec.requires:
            verdict = self.verdicts.get(f"{module}.{name}", "error")
            if f"{module}.{name}" in self._unseen:
                raise NotRead(f"It builds on another check, `{name}`, for which not all was read.")
            if f"{module}.{name}" in self._excused:
                raise ExcusedOutcome(f"It builds on another check, `{name}`, which cannot be told here.")
            if verdict != "passed":
                raise BlockedOutcome(f"It builds on another check, `{name}`, which did not pass ({verdict}).")
        if spec.environment:
            self.view.noting.note("environment")
        fault = self.job["student"]["fault"]
        if spec.environment == "required" and fault:
            raise EnvironmentBroken(fault)

    def _begin_module(self, module: str, functions: list[Callable[..., Any]]) -> None:
        work = self._started.known(module)
        above = "" if work and work.folders else self._started.above(functions)
        if work is None:
            work = self._started.find(module, functions)
            if functions and (work.folders or not above):
                self._emit(work.event(module))
        if work.folders:
            self._budget.start(module)
        else:
            if above:
                raise NotRead(self._started.elsewhere(module, above))
            raise BlockedOutcome("There is no work of this module yet.")

    def submission(self) -> SubmissionView:
        """Return the `submission` fixture of the current check: the folder of its module's work."""
        return self._started.view(self._module)

    @property
    def _module(self) -> str:
        return self._running.partition(".")[0]

    def finish(self, check: str, spec: CheckSpec, problem: BaseException | None) -> CheckOutcome:
        """End a check: clean up, classify, emit. If the sandbox cannot be reset it is `spent`, and nothing more may run in it."""
        problem = self._excuses.of(problem)
        outcome = classify(problem, spec.points, called=self._called or self._shared.used)
        above = self.view.lies_above(*spec.above)
        if above and outcome.verdict in ("failed", "partial"):
            message = self._started.elsewhere(check.partition(".")[0], above)
            outcome = CheckOutcome(verdict="not_applicable", message=message, unseen=True)
        if problem is not None and (outcome.verdict == "error" or self.job.get("explain")):
            # For the course author, who may read a suite; the event says only that it broke.
            sys.stderr.write(f"{check}: {outcome.verdict}\n")
            traceback.print_exception(problem, limit=-6)
        try:
            with contextlib.ExitStack() as ends:
                ends.callback(self.launcher.reset)
                while self._calls:
                    ends.callback(self._calls.pop().end)
        except LeftBehind as left:
            self.spent = True
            outcome = CheckOutcome(verdict="failed", message=str(left))
        except (OSError, RuntimeError) as broken:
            outcome = CheckOutcome(verdict="error", message=f"The sandbox could not be made new: {broken}")
        seen = record.current()
        if seen.excused and outcome.verdict == "not_applicable":
            outcome = replace(outcome, excused=True)
        # The evidence that decided the verdict comes first: a reader looks at one or two places.
        seen.evidence = list(dict.fromkeys([*outcome.evidence, *seen.evidence]))
        self.verdicts[check] = outcome.verdict
        self._ran = True
        if outcome.unseen:
            self._unseen.add(check)
        if outcome.excused:
            self._excused.add(check)
        event = self._event(check, spec, outcome, seen)
        # First: who loses what a check has asked must not have its verdict.
        self._asked.end(self._module, lasting=not self.spent and outcome.verdict not in ("error", "timeout"))
        self._emit(event)
        self._running = ""
        return outcome

    def _event(
        self, check: str, spec: CheckSpec, outcome: CheckOutcome, seen: record.Record
    ) -> dict[str, Any]:
        points = outcome.points if outcome.points is not None else 0.0
        if outcome.verdict == "passed":
            points = spec.points
        most = int(self._limits["evidence_count"])
        event: dict[str, Any] = {
            "event": "check",
            "check": check,
            "verdict": outcome.verdict,
            "points": points,
            "unseen": outcome.unseen,
            "excused": outcome.excused,
            "called": self._called or self._shared.used,
            "message": _cut(
                self._asked.shown(self.view, outcome.message), int(self._limits["message_bytes"])
            ),
            "evidence": [self._evidence(item) for item in seen.evidence[:most]],
            "measurements": [self._measurement(item) for item in seen.measurements[:100]],
            "findings": seen.findings[:100],
            "said": [
                {
                    **one,
                    "why": _cut(
                        self._asked.shown(self.view, one["why"]), int(self._limits["evidence_bytes"])
                    ),
                }
                for one in list(seen.boxes.values())[:20]
            ],
            "spent_s": round(self._budget.spent_s, 3),
            "duration_s": round(time.monotonic() - self._began, 4),
        }
        # Control characters grow sixfold in JSON. An event that is too long would be dropped with its verdict.
        for name in ("evidence", "measurements", "findings"):
            if len(json.dumps(event)) > self._limits["event_bytes"]:
                event[name] = event[name][:3]
        return event

    def _measurement(self, item: dict[str, Any]) -> dict[str, Any]:
        value = item["value"]
        if isinstance(value, float) and not math.isfinite(value):
            value = str(value)
        if isinstance(value, str):
            value = _cut(self._asked.shown(self.view, value), int(self._limits["evidence_bytes"]))
        return {**item, "value": value}

    def _evidence(self, item: Evidence) -> dict[str, Any]:
        text = _cut(self._asked.shown(self.view, item.text), int(self._limits["evidence_bytes"]))
        folder = self._started.folder(self._module)
        path = item.path if folder == "." or item.path.startswith("(") else f"{folder}/{item.path}"
        return {"path": _cut(path, 1000), "line": item.line, "text": text}

    def _watch(self, running: bool) -> None:
        self._called = True
        self._budget.watch(running)
        if running:
            self._cpu_before = _cpu_of_children()
            self._emit({"event": "call", "check": self._running})
        else:
            cpu_s = round(max(_cpu_of_children() - self._cpu_before, 0.0), 2)
            self._emit({"event": "return", "check": self._running, "cpu_s": cpu_s})


def _cpu_of_children() -> float:
    """Return the CPU seconds of the processes that this one started and waited for."""
    times = os.times()
    return times.children_user + times.children_system


def _cut(text: str, most: int) -> str:
    """Return at most `most` bytes of UTF-8, with a mark if the text was cut."""
    data = text.encode("utf-8", "replace")
    if len(data) <= most:
        return data.decode("utf-8")
    return data[: most - 16].decode("utf-8", "ignore") + " … (cut)"


def _import_paths(view: SubmissionView) -> list[str]:
    """Return what an editable install would put on the import path: the folder above the package, `src`, the root."""
    package = view.package
    above = [str(PurePosixPath(package.folder).parent)] if package is not None else []
    source = ["src"] if any(path.startswith("src/") for path in view.files()) else []
    return list(dict.fromkeys([*above, *source, "."]))
