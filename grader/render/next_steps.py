"""What to do next: the checks that did not pass, the most valuable first."""

from __future__ import annotations

from dataclasses import dataclass

from grader.render import labels as words
from grader.results import (
    CheckResult,
    Claim,
    ClaimVerdict,
    ModuleResult,
    ModuleVerdict,
    Question,
    Result,
    Verdict,
)

#: Verdicts that ask something of the student, the worst first.
TO_DO = (Verdict.failed, Verdict.timeout, Verdict.partial)

_WORST_FIRST = (
    ModuleVerdict.error,
    ModuleVerdict.failed,
    ModuleVerdict.partial,
    ModuleVerdict.not_started,
    ModuleVerdict.passed,
    ModuleVerdict.not_applicable,
)


#: Verdicts of modules in which something was found.
_WITH_WORK = (ModuleVerdict.failed, ModuleVerdict.partial, ModuleVerdict.passed)


@dataclass(frozen=True, kw_only=True, slots=True)
class NextStep:
    """One thing to do: a check of a module, and the points that it would bring."""

    module: ModuleResult
    check: CheckResult
    gain: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Agenda:
    """Everything that could be better, in the order in which to do it.

    `required` decides the exit code, `optional` does not. `not_started` are core modules without work.
    `errors` are the grader's own faults, which no student can mend.
    """

    required: tuple[NextStep, ...]
    optional: tuple[NextStep, ...]
    not_started: tuple[ModuleResult, ...]
    contradicted: tuple[tuple[Question, Claim], ...]
    unanswered: tuple[Question, ...]
    errors: tuple[NextStep, ...]


def agenda(result: Result) -> Agenda:
    """Return what the result asks of the student.

    A blocked check is not on it: what it waits for is. A check of a module without work is not, either: the
    module is.
    """
    order = {verdict: rank for rank, verdict in enumerate(TO_DO)}
    steps: list[NextStep] = []
    errors: list[NextStep] = []
    for module in result.modules:
        for check in module.checks:
            step = NextStep(module=module, check=check, gain=max(check.max_points - check.points, 0.0))
            if check.verdict is Verdict.error:
                errors.append(step)
            elif check.verdict in order and module.verdict is not ModuleVerdict.not_started:
                steps.append(step)
    steps.sort(key=lambda step: (-step.gain, not step.module.core, order[step.check.verdict]))
    questions = result.exam.questions if result.exam else ()
    return Agenda(
        required=tuple(step for step in steps if step.check.required),
        optional=tuple(step for step in steps if not step.check.required),
        not_started=tuple(m for m in result.modules if m.core and m.verdict is ModuleVerdict.not_started),
        contradicted=tuple(
            (question, claim)
            for question in questions
            for claim in question.claims
            if claim.verdict is ClaimVerdict.contradicted
        ),
        unanswered=tuple(question for question in questions if not question.answered),
        errors=tuple(errors),
    )


def worst_first(modules: tuple[ModuleResult, ...]) -> list[ModuleResult]:
    """Return modules by how much they need attention; the course's order within the same verdict."""
    return sorted(modules, key=lambda module: _WORST_FIRST.index(module.verdict))


_ATTENTION = (
    Verdict.failed,
    Verdict.timeout,
    Verdict.partial,
    Verdict.error,
    Verdict.blocked,
    Verdict.passed,
    Verdict.not_applicable,
)


def attention(checks: tuple[CheckResult, ...]) -> list[CheckResult]:
    """Return checks by how much they need attention; the suite's order within the same verdict."""
    return sorted(checks, key=lambda check: _ATTENTION.index(check.verdict))


def course_order(module: str) -> tuple[str, int, str]:
    """Return a key that sorts module ids as a course counts them: X2 before X10."""
    letters = module.rstrip("0123456789")
    digits = module[len(letters) :]
    return letters, int(digits[:9] or 0), module


def groups(result: Result) -> tuple[tuple[str, tuple[NextStep, ...]], ...]:
    """Return what to do in groups with a heading: of a project, what is broken comes before what could be better."""
    todo = agenda(result)
    if result.submission.profile == "project":
        return (("Broken", todo.required), ("Could be better", todo.optional))
    return (("Required", todo.required), ("Optional", todo.optional))


def cannot_tell(result: Result) -> int:
    """Return how many checks could not be told, for what is missing where grading ran: they count for nothing."""
    return sum(check.excused for check in _checks(result))


def headline(result: Result) -> tuple[str, str]:
    """Return the verdict in one line, and its kind: `passed`, `failed` or `error`."""
    todo = agenda(result)
    count = len(todo.required)
    project = result.submission.profile == "project"
    if count and project:
        return f"{words.plural(count, 'thing')} broken", "failed"
    if count:
        return f"{count} required check{'' if count == 1 else 's'} to fix", "failed"
    if todo.errors:
        return "Part of this could not be graded", "error"
    if result.exit_code == 1:
        return "Some required checks could not run yet", "failed"
    if not any(module.verdict in _WITH_WORK for module in result.modules):
        return "Nothing to grade yet", "neutral"
    if project:
        better = words.plural(len(todo.optional), "check")
        return f"Nothing is broken{f', {better} could be better' if todo.optional else ''}", "passed"
    if todo.optional and not any(
        check.required and check.verdict is Verdict.passed for check in _checks(result)
    ):
        count = len(todo.optional)
        return f"{count} optional check{'' if count == 1 else 's'} to improve", "neutral"
    return "Everything required passes", "passed"


def _checks(result: Result) -> list[CheckResult]:
    return [check for module in result.modules for check in module.checks]
