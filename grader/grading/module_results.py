"""Collect: the plan joined with what came back, as the verdicts of checks and modules.

The plan is the denominator: a check that said nothing is `error`, one that was not planned is not there.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from typing import Any

from grader.course.module import Check, Module, Profile
from grader.grading.check_plan import CheckPlan
from grader.grading.run_checks import CheckRun
from grader.inventory import Inventory
from grader.results import CheckResult, Finding, ModuleResult, ModuleVerdict, Summary, Verdict


@dataclass(frozen=True, kw_only=True)
class Collected:
    """What a run found out: what became of each module, what its owners should know of, and the inventory if one was asked
    for and could be made.
    """

    modules: tuple[ModuleResult, ...]
    findings: tuple[Finding, ...] = ()
    inventory: Inventory | None = None


def collect(plan: CheckPlan, ran: CheckRun) -> Collected:
    """Join a plan with the events of its run."""
    modules = tuple(_module_result(module, checks, ran, plan.profile) for module, checks in plan.modules)
    events = (ran.events.get(check.id) for check in plan.checks)
    findings = tuple(finding for event in events if event is not None for finding in event.findings)
    return Collected(modules=modules, findings=findings, inventory=ran.inventory)


def _module_result(module: Module, checks: Sequence[Check], ran: CheckRun, profile: Profile) -> ModuleResult:
    event = ran.modules.get(module.id)
    started = event.started if event is not None else True
    results = tuple(_check_result(check, ran, profile) for check in checks)
    return ModuleResult(
        id=module.id,
        title=module.info.title,
        session=module.info.session,
        core=module.info.core,
        verdict=_module_verdict(results, {check.id for check in checks if check.spec.required}, started),
        points=round(sum(check.points for check in results), 4),
        max_points=round(sum(check.max_points for check in results if _counts(check, profile)), 4),
        message="" if started or event is None else f"No work found. Looked for: {event.looked_for}.",
        folder=event.folder if event is not None and event.folder != "." else "",
        other_folders=event.other_folders if event is not None else (),
        reused=module.id in ran.reused,
        checks=results,
    )


def _counts(check: CheckResult, profile: Profile) -> bool:
    """Return whether the points of a check can be had: in exercises all planned ones can, whatever excuses a check."""
    return profile == "exercises" or check.verdict is not Verdict.not_applicable


def _check_result(check: Check, ran: CheckRun, profile: Profile) -> CheckResult:
    event = ran.events.get(check.id)
    spec = check.spec
    if event is None:
        verdict, message = ran.faults[check.id]
        found: dict[str, Any] = {"verdict": verdict, "message": message, "points": 0.0}
    else:
        points = {Verdict.passed: spec.points, Verdict.partial: min(event.points, spec.points)}
        found = {
            "verdict": event.verdict,
            "message": event.message,
            "unseen": event.unseen,
            "excused": event.excused,
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
        required=spec.is_required(profile),
        hint=spec.hint,
        often_fails=check.often_fails if profile == "project" else "",
        questions=spec.questions,
        boxes=spec.boxes,
        **found,
    )


def _module_verdict(checks: Sequence[CheckResult], deciding: Set[str], started: bool) -> ModuleVerdict:
    """Return the verdict of a module, by the checks that decide on it (all, if none does), in a project as in an exercise."""
    verdicts = {check.verdict for check in checks if check.id in deciding} or {
        check.verdict for check in checks
    }
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
    """Return the figures of the overview that checks decide."""
    checks = [check for module in modules for check in module.checks]
    counts = {verdict.value: sum(check.verdict is verdict for check in checks) for verdict in Verdict}
    return Summary(
        points=round(sum(module.points for module in modules), 4),
        max_points=round(sum(module.max_points for module in modules), 4),
        modules_passed=sum(module.verdict is ModuleVerdict.passed for module in modules),
        modules_reused=sum(module.reused for module in modules),
        modules_not_started=sum(module.verdict is ModuleVerdict.not_started for module in modules),
        **counts,
    )
