"""A class in figures: what each submission has of each module, which checks most fail, and what could not be graded."""

from __future__ import annotations

from collections.abc import Sequence

from grader.render.classwide.weekly_activity import weeks
from grader.render.next_steps import course_order
from grader.results import (
    CheckInClass,
    CheckResult,
    ClassSummary,
    JudgedPoints,
    ModuleInClass,
    ModuleResult,
    ModuleVerdict,
    Result,
    Share,
    Ungraded,
    Verdict,
    judgement_of,
)

#: Verdicts on work that was there; what is blocked waits for another check, and is no lesson of its own.
_TRIED = frozenset((Verdict.passed, Verdict.failed, Verdict.partial, Verdict.timeout))
#: Fewer submissions than this are not "most".
_FEW = 3
_EXAMPLES = 3


def class_summary(results: Sequence[Result], ungraded: Sequence[Ungraded] = ()) -> ClassSummary:
    """Return the figures of a class, in the order given."""
    return ClassSummary(
        course=results[0].grader.course if results else "",
        graded={result.submission.id: result.summary for result in results},
        in_part={result.submission.id: lost for result in results if (lost := lost_checks(result))},
        not_graded=tuple(ungraded),
        judgement={
            result.submission.id: JudgedPoints(
                points=found.points,
                max_points=found.max_points,
                applied=len(found.applied),
                not_applied=len(found.not_applied),
            )
            for result in results
            if (found := judgement_of(result)) is not None
        },
        shares={result.submission.id: shares(result) for result in results},
        modules=modules_of(results),
        teach_again=teach_again(results),
        weeks=weeks(results),
    )


def lost_checks(result: Result) -> tuple[str, ...]:
    """Return the checks that a fault of the grader kept from being run."""
    return tuple(check.id for check in _checks(result) if check.verdict is Verdict.error)


def shares(result: Result) -> dict[str, Share]:
    """Return what a submission has of each module to which it was held, in the course's order."""
    judgement = judgement_of(result)
    decided = {one.override.target.id for one in judgement.applied} if judgement else set()
    return {
        module.id: Share(
            verdict=module.verdict,
            points=module.points,
            max_points=module.max_points,
            judged=any(check.id in decided for check in module.checks),
        )
        for module in sorted(result.modules, key=lambda module: course_order(module.id))
    }


def modules_of(results: Sequence[Result]) -> tuple[ModuleInClass, ...]:
    """Return the modules of a class in the course's order; where it does not apply, a module is not counted."""
    known: dict[str, list[ModuleResult]] = {}
    for result in results:
        for module in result.modules:
            known.setdefault(module.id, []).append(module)
    rows = []
    for name in sorted(known, key=course_order):
        verdicts = [module.verdict for module in known[name]]
        rows.append(
            ModuleInClass(
                id=name,
                title=known[name][-1].title,
                session=known[name][-1].session,
                graded=sum(verdict is not ModuleVerdict.not_applicable for verdict in verdicts),
                passed=verdicts.count(ModuleVerdict.passed),
                partial=verdicts.count(ModuleVerdict.partial),
                failed=verdicts.count(ModuleVerdict.failed),
                not_started=verdicts.count(ModuleVerdict.not_started),
                error=verdicts.count(ModuleVerdict.error),
            )
        )
    return tuple(rows)


def teach_again(results: Sequence[Result]) -> tuple[CheckInClass, ...]:
    """Return the checks that more than half of those who tried did not pass, the largest share first."""
    tried: dict[str, list[tuple[ModuleResult, CheckResult, Result]]] = {}
    for result in results:
        for module in result.modules:
            for check in module.checks:
                if module.verdict is not ModuleVerdict.not_started and check.verdict in _TRIED:
                    tried.setdefault(check.id, []).append((module, check, result))
    found = []
    for name, all_of_it in tried.items():
        failing = [one for one in all_of_it if one[1].verdict is not Verdict.passed]
        if len(all_of_it) < _FEW or 2 * len(failing) <= len(all_of_it):
            continue
        module, check, _ = failing[0]
        judgements = [judgement_of(result) for _, _, result in all_of_it]
        found.append(
            CheckInClass(
                id=name,
                module=module.id,
                title=check.title,
                hint=check.hint,
                tried=len(all_of_it),
                failing=len(failing),
                judged=sum(one is not None and one.of("check", name) is not None for one in judgements),
                examples=tuple(result.submission.id for _, _, result in failing[:_EXAMPLES]),
            )
        )
    found.sort(key=lambda one: (-one.failing / one.tried, -one.failing, course_order(one.module), one.id))
    return tuple(found)


def _checks(result: Result) -> list[CheckResult]:
    return [check for module in result.modules for check in module.checks]
