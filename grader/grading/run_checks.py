"""Run a plan in a sandbox, and keep what comes back.

If the suite's process dies, what it had reported stays, and the rest goes on in a new one.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType
from typing import Any

from grader.course.module import Check
from grader.course.pack import Course
from grader.grading.check_plan import CheckPlan
from grader.grading.facts import seeds_of
from grader.inventory import Inventory
from grader.results import Verdict
from grader.sandbox.protocol import (
    AskedEvent,
    CallEvent,
    CheckEvent,
    Event,
    InventoryEvent,
    Job,
    ModuleEvent,
    RunOutcome,
    Sandbox,
    SharedEvent,
    StandsEvent,
    StartEvent,
    StudentPython,
)
from grader.settings import Limits
from grader.submission.model import Submission
from grader.suite.outcomes import PAUSED, SPENT

#: How often a run goes on in a new process after one died; each time at least one check is behind it.
MOST_RUNS = 8

OnEvent = Callable[[Event], None]

_log = logging.getLogger(__name__)


@dataclass
class AskedOf:
    """What a suite has asked of the submission; `times`: how many of its checks told."""

    questions: set[tuple[str, ...]] = field(default_factory=set)
    whole: bool = False
    lasting: bool = True
    times: int = 0


@dataclass
class CheckRun:
    """What has come back so far."""

    events: dict[str, CheckEvent] = field(default_factory=dict)
    modules: dict[str, ModuleEvent] = field(default_factory=dict)
    inventory: Inventory | None = None
    shared: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    running: str = ""
    in_call: bool = False
    #: What the suite of each module asked, and the seconds that its student processes took.
    asked: dict[str, AskedOf] = field(default_factory=dict)
    spent_by: dict[str, float] = field(default_factory=dict)
    #: The modules whose events are those of an earlier run.
    reused: set[str] = field(default_factory=set)
    spent_s: float = 0.0
    ran: bool = False
    faults: dict[str, tuple[Verdict, str]] = field(default_factory=dict)


def run(
    plan: CheckPlan,
    *,
    submission: Submission,
    course: Course,
    sandbox: Sandbox,
    facts: Mapping[str, Any],
    student: StudentPython | None = None,
    limits: Limits | None = None,
    explain: bool = False,
    settled: Mapping[str, Sequence[Event]] = MappingProxyType({}),
    doubtful: Mapping[str, Sequence[Event]] = MappingProxyType({}),
    spent_s: float = 0.0,
    on_event: OnEvent = lambda event: None,
    on_log: Callable[[str], None] = lambda log: None,
) -> CheckRun:
    """Run a plan and return what came back; each planned check has an event or a fault.

    Args:
        plan: from `plan`.
        submission: fetched.
        course: where the suites are.
        sandbox: where they run.
        facts: what suites see beside files.
        student: the environment of the students' code.
        limits: of the run.
        explain: whether the log says where each check that did not pass ended.
        settled: events of an earlier run that stand, by module; an inventory may be among them.
        doubtful: events of an earlier run that stand if no secret of this submission is in them.
        spent_s: what student processes took for both.
        on_event: called for each event that was planned, as it happens.
        on_log: called with what the suite's process said on stderr; for course authors, it may hold suite sources.

    Raises:
        SandboxError: the first run could not be had at all.
    """
    planned = {check.id for check in plan.checks}
    state = CheckRun()

    def take(event: Event) -> None:
        if _note(event, state, planned):
            if isinstance(event, CheckEvent):
                _log.info("check %s: %s, %.2f s", event.check, event.verdict.value, event.duration_s)
            on_event(event)

    def take_or_stand(waiting: dict[str, Sequence[Event]], event: Event) -> None:
        if isinstance(event, StandsEvent):
            if events := waiting.pop(event.module, None):
                _stand(event.module, events, state, take)
        else:
            take(event)

    for module, events in settled.items():
        _stand(module, events, state, take)
    state.spent_s = spent_s
    waiting = dict(doubtful)
    taken_down = 0
    for turn in range(MOST_RUNS):
        left = [
            check for check in plan.checks if check.id not in state.events and check.id not in state.faults
        ]
        lacks_inventory = bool(facts.get("inventory")) and state.inventory is None and not state.ran
        if not left and not (lacks_inventory and turn == 0):
            break
        if turn:
            _log.warning("retry %d of %d: %d checks have not reported", turn, MOST_RUNS - 1, len(left))
        state.running, state.in_call = "", False
        to_run = [check for check in left if check.module not in waiting]
        job = Job(
            submission=submission.root,
            facts={**facts, "inventory": lacks_inventory},
            checks_folder=course.checks,
            folders=tuple(dict.fromkeys(check.path.parent.name for check in to_run)),
            checks=tuple(check.id for check in to_run),
            kept={module: tuple(texts_of(events)) for module, events in waiting.items()},
            shared=state.shared,
            budgets={module.id: module.info.budget_s for module, _ in plan.modules},
            started=tuple(name for name, module in state.modules.items() if module.started),
            spent_s=state.spent_s,
            done={check: event.verdict.value for check, event in state.events.items()},
            seeds=seeds_of(submission, course),
            limits=limits or Limits(),
            student=student or StudentPython(),
            explain=explain,
        )
        before = len(state.events)
        outcome = sandbox.run(job, partial(take_or_stand, waiting))
        asked_back, waiting = bool(waiting), {}
        on_log(outcome.log)
        _log.info(
            "run ended: exit code %s%s%s",
            outcome.exit_code,
            ", out of memory" if outcome.out_of_memory else "",
            ", out of time" if outcome.timed_out else "",
        )
        taken_down += state.in_call or outcome.exit_code == SPENT
        if outcome.exit_code == PAUSED and len(state.events) > before:
            continue
        blamed = not outcome.timed_out and _blame(outcome, state)
        if outcome.timed_out or not (blamed or asked_back or len(state.events) > before):
            _close(left, state, outcome)
            break
    if taken_down == MOST_RUNS:
        _give_up([check for check in plan.checks if check.id not in state.events], state)
    _close([check for check in plan.checks if check.id not in state.events], state, RunOutcome(exit_code=0))
    return state


def _note(event: Event, state: CheckRun, planned: set[str]) -> bool:
    """Keep an event if it was planned and is the first of its kind."""
    match event:
        case CheckEvent(check=check):
            if check not in planned or check in state.events or check in state.faults:
                return False
            state.events[check] = event
            state.running, state.in_call = "", False
            module = check.partition(".")[0]
            if module not in state.reused:
                state.ran = True
                more = max(event.spent_s - state.spent_s, 0.0)
                state.spent_by[module] = state.spent_by.get(module, 0.0) + more
                state.spent_s += more
        case AskedEvent(module=module):
            asked = state.asked.setdefault(module, AskedOf())
            asked.questions.update(event.questions)
            asked.whole |= event.whole
            asked.lasting &= event.lasting
            asked.times += 1
            return False
        case ModuleEvent(module=module):
            if module in state.modules:
                return False
            state.modules[module] = event
        case InventoryEvent(inventory=inventory):
            if state.inventory is not None:
                return False
            state.inventory = inventory
        case SharedEvent(name=name, entry=entry):
            state.shared[name] = entry
        case StartEvent(check=check) if check in planned:
            state.running = check
        case CallEvent(event=kind):
            state.in_call = kind == "call"
    return True


def _stand(module: str, events: Sequence[Event], state: CheckRun, take: Callable[[Event], None]) -> None:
    """Take the events of an earlier run for a module."""
    state.reused.add(module)
    for event in events:
        take(event)


def texts_of(events: Sequence[Event]) -> Iterator[str]:
    """Yield every text of a submission that the events of a suite hold."""
    for event in events:
        if isinstance(event, CheckEvent):
            yield event.message
            yield from (item.text for item in event.evidence)
            yield from (str(item.value) for item in event.measurements)
            yield from (item.why for item in event.said)


def _blame(outcome: RunOutcome, state: CheckRun) -> bool:
    """Give the check that ran when the suite's process died its verdict; False if none did."""
    check = state.running
    if not check:
        return False
    if state.in_call:
        state.faults[check] = (
            Verdict.failed,
            "The code broke the sandbox's limits and took the check down with it.",
        )
    else:
        how = "ran out of memory" if outcome.out_of_memory else f"ended (exit code {outcome.exit_code})"
        state.faults[check] = (Verdict.error, f"The grader's own process {how} during this check.")
    return True


def _give_up(checks: Iterable[Check], state: CheckRun) -> None:
    """Block the checks that are left: student code that took every sandbox down has had its turns."""
    for check in checks:
        reason = f"The code took its sandbox down {MOST_RUNS} times; this check was not run."
        state.faults.setdefault(check.id, (Verdict.blocked, reason))


def _close(checks: Iterable[Check], state: CheckRun, outcome: RunOutcome) -> None:
    """Close the checks that have not reported by now: the grader's fault, with the end of the suite's log for its author."""
    for check in checks:
        if check.id not in state.events and check.id not in state.faults:
            reason = "the time for this submission was used up" if outcome.timed_out else "it did not report"
            state.faults[check.id] = (Verdict.error, f"The grader could not run this check: {reason}.")
