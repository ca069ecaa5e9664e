"""Plan, run, collect: from a submission to the verdicts of its checks.

The plan is made here, outside the sandbox, and it is the denominator: a check that says nothing is `error`, one that was
not planned is dropped. If the suite's process dies, what it had reported stays, and the rest goes on in a new one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from grader.course.module import Check, Module, Profile
from grader.course.pack import Course
from grader.inventory import Inventory
from grader.results import CheckResult, Finding, ModuleResult, ModuleVerdict, Summary, Verdict
from grader.sandbox.protocol import (
    CallEvent,
    CheckEvent,
    Event,
    InventoryEvent,
    Job,
    ModuleEvent,
    RunOutcome,
    Sandbox,
    StartEvent,
    StudentPython,
)
from grader.settings import Limits
from grader.submission.model import Submission
from grader.suite.outcomes import SPENT

#: How often a run goes on in a new process after one died; each time at least one check is behind it.
MOST_RUNS = 8

OnEvent = Callable[[Event], None]


@dataclass(frozen=True, kw_only=True)
class CheckPlan:
    """Which checks have to report, module by module."""

    modules: tuple[tuple[Module, tuple[Check, ...]], ...]

    @property
    def checks(self) -> tuple[Check, ...]:
        """Every planned check, in order."""
        return tuple(check for _, checks in self.modules for check in checks)

    @property
    def needs_environment(self) -> bool:
        """Whether any planned check wants the students' dependencies."""
        return any(check.spec.environment for check in self.checks)


def plan(modules: Iterable[Module], profile: Profile, only: Collection[str] | None = None) -> CheckPlan:
    """The checks of `modules` that a run with `profile` has to report; a module without any is left out.

    Args:
        modules: in order.
        profile: decides by the checks' scope.
        only: names of checks; what they require comes along. All of them by default.
    """
    chosen = [(module, _closure(module.planned(profile), only)) for module in modules]
    return CheckPlan(modules=tuple((module, checks) for module, checks in chosen if checks))


def _closure(checks: Sequence[Check], only: Collection[str] | None) -> tuple[Check, ...]:
    if only is None:
        return tuple(checks)
    wanted = set(only)
    # A check stands behind what it requires, so one pass from the end finds everything.
    for check in reversed(checks):
        if check.name in wanted:
            wanted.update(check.spec.requires)
    return tuple(check for check in checks if check.name in wanted)


def find_profile(report_path: str | None, *, checklist: bool = False) -> Profile:
    """`project` where there is an exam report, or the project's checklist with ticks in it, else `exercises`."""
    return "project" if report_path is not None or checklist else "exercises"


def seed_of(submission: Submission, course: Course) -> str:
    """The seed of hidden inputs: the same for the same commit and course pack, and not to be guessed without the pack."""
    return hashlib.sha256(f"{submission.commit}:{course.digest}".encode()).hexdigest()[:16]


@dataclass(frozen=True, kw_only=True)
class Collected:
    """What a run found out: what became of each module, what its owners should know of, and the inventory if one was asked
    for and could be made.
    """

    modules: tuple[ModuleResult, ...]
    findings: tuple[Finding, ...] = ()
    inventory: Inventory | None = None


@dataclass
class _Run:
    """What has come back so far."""

    events: dict[str, CheckEvent] = field(default_factory=dict)
    modules: dict[str, ModuleEvent] = field(default_factory=dict)
    inventory: Inventory | None = None
    running: str = ""
    in_call: bool = False
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
    on_event: OnEvent = lambda event: None,
    on_log: Callable[[str], None] = lambda log: None,
) -> Collected:
    """Run a plan and return what became of each module, and the inventory.

    Args:
        plan: from `plan`.
        submission: fetched.
        course: where the suites are.
        sandbox: where they run.
        facts: what suites see beside files.
        student: the environment of the students' code.
        limits: of the run.
        on_event: called for each event that was planned, as it happens.
        on_log: called with what the suite's process said on stderr; for course authors, it may hold suite sources.

    Raises:
        SandboxError: the first run could not be had at all.
    """
    planned = {check.id for check in plan.checks}
    state = _Run()

    def take(event: Event) -> None:
        if _note(event, state, planned):
            on_event(event)

    taken_down = 0
    for _ in range(MOST_RUNS):
        left = [
            check for check in plan.checks if check.id not in state.events and check.id not in state.faults
        ]
        if not left:
            break
        state.running, state.in_call = "", False
        job = Job(
            submission=submission.root,
            facts=facts,
            checks_folder=course.checks,
            folders=tuple(dict.fromkeys(check.path.parent.name for check in left)),
            checks=tuple(check.id for check in left),
            done={check: event.verdict.value for check, event in state.events.items()},
            seed=seed_of(submission, course),
            limits=limits or Limits(),
            student=student or StudentPython(),
        )
        before = len(state.events)
        outcome = sandbox.run(job, take)
        on_log(outcome.log)
        taken_down += state.in_call or outcome.exit_code == SPENT
        if outcome.timed_out or (not _blame(outcome, state) and len(state.events) == before):
            _close(left, state, outcome)
            break
    if taken_down == MOST_RUNS:
        _give_up([check for check in plan.checks if check.id not in state.events], state)
    _close([check for check in plan.checks if check.id not in state.events], state, RunOutcome(exit_code=0))
    modules = tuple(_module_result(module, checks, state) for module, checks in plan.modules)
    events = (state.events.get(check.id) for check in plan.checks)
    findings = tuple(finding for event in events if event is not None for finding in event.findings)
    return Collected(modules=modules, findings=findings, inventory=state.inventory)


def _note(event: Event, state: _Run, planned: set[str]) -> bool:
    """Keep an event if it was planned and is the first of its kind."""
    match event:
        case CheckEvent(check=check):
            if check not in planned or check in state.events or check in state.faults:
                return False
            state.events[check] = event
            state.running, state.in_call = "", False
        case ModuleEvent(module=module):
            if module in state.modules:
                return False
            state.modules[module] = event
        case InventoryEvent(inventory=inventory):
            if state.inventory is not None:
                return False
            state.inventory = inventory
        case StartEvent(check=check) if check in planned:
            state.running = check
        case CallEvent(event=kind):
            state.in_call = kind == "call"
    return True


def _blame(outcome: RunOutcome, state: _Run) -> bool:
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


def _give_up(checks: Iterable[Check], state: _Run) -> None:
    """Student code that takes every sandbox down has had its turns: what is left is not ours to answer for."""
    for check in checks:
        reason = f"The code took its sandbox down {MOST_RUNS} times; this check was not run."
        state.faults.setdefault(check.id, (Verdict.blocked, reason))


def _close(checks: Iterable[Check], state: _Run, outcome: RunOutcome) -> None:
    """What has not reported by now never will: the grader's fault, with the end of the suite's log for its author."""
    for check in checks:
        if check.id not in state.events and check.id not in state.faults:
            reason = "the time for this submission was used up" if outcome.timed_out else "it did not report"
            state.faults[check.id] = (Verdict.error, f"The grader could not run this check: {reason}.")


def _module_result(module: Module, checks: Sequence[Check], state: _Run) -> ModuleResult:
    event = state.modules.get(module.id)
    started = event.started if event is not None else True
    results = tuple(_check_result(check, state) for check in checks)
    return ModuleResult(
        id=module.id,
        title=module.info.title,
        session=module.info.session,
        core=module.info.core,
        verdict=_module_verdict(results, started),
        points=round(sum(check.points for check in results), 4),
        max_points=round(sum(c.max_points for c in results if c.verdict is not Verdict.not_applicable), 4),
        message="" if started or event is None else f"No work found. Looked for: {event.looked_for}.",
        checks=results,
    )


def _check_result(check: Check, state: _Run) -> CheckResult:
    event = state.events.get(check.id)
    spec = check.spec
    if event is None:
        verdict, message = state.faults[check.id]
        found: dict[str, Any] = {"verdict": verdict, "message": message, "points": 0.0}
    else:
        points = {Verdict.passed: spec.points, Verdict.partial: min(event.points, spec.points)}
        found = {
            "verdict": event.verdict,
            "message": event.message,
            "unseen": event.unseen,
            "points": points.get(event.verdict, 0.0),
            "duration_s": event.duration_s,
            "evidence": event.evidence,
            "measurements": event.measurements,
            "said": event.said,
        }
    return CheckResult(
        id=check.id,
        title=spec.title,
        max_points=spec.points,
        required=spec.required,
        hint=spec.hint,
        questions=spec.questions,
        boxes=spec.boxes,
        **found,
    )


def _module_verdict(checks: Sequence[CheckResult], started: bool) -> ModuleVerdict:
    verdicts = {check.verdict for check in checks if check.required} or {check.verdict for check in checks}
    if Verdict.error in {check.verdict for check in checks}:
        return ModuleVerdict.error
    if not started:
        return ModuleVerdict.not_started
    verdicts.discard(Verdict.not_applicable)
    if not verdicts:
        return ModuleVerdict.not_applicable
    if verdicts == {Verdict.passed}:
        return ModuleVerdict.passed
    if verdicts & {Verdict.passed, Verdict.partial}:
        return ModuleVerdict.partial
    return ModuleVerdict.failed


def summarise(modules: Sequence[ModuleResult]) -> Summary:
    """The figures of the overview that checks decide."""
    checks = [check for module in modules for check in module.checks]
    counts = {verdict.value: sum(check.verdict is verdict for check in checks) for verdict in Verdict}
    return Summary(
        points=round(sum(module.points for module in modules), 4),
        max_points=round(sum(module.max_points for module in modules), 4),
        modules_passed=sum(module.verdict is ModuleVerdict.passed for module in modules),
        modules_not_started=sum(module.verdict is ModuleVerdict.not_started for module in modules),
        **counts,
    )
