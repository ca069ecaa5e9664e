"""What of a result a person can judge, and a short digest of what there is to see of it.

The digest covers what a report shows of the target (verdict, points, message, evidence, measurements), not titles, hints and
durations: if it is another one, the person has judged something else.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from grader.results import Box, CheckResult, Claim, ModuleVerdict, OverrideTarget, Question, Result, Verdict

_DIGEST, _STATEMENT = 12, 8


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """A target as the machine left it.

    Attributes:
        title: what the report calls it.
        verdict: the machine's; empty where it gives none.
        points, max_points: None where the machine counts none.
        digest: of what there is to see.
    """

    target: OverrideTarget
    title: str
    verdict: str = ""
    points: float | None = None
    max_points: float | None = None
    digest: str


def targets(result: Result) -> Iterator[Seen]:
    """Yield everything of a result that can be judged: the group, checks, questions with their statements, boxes."""
    yield _group(result)
    for module in result.modules:
        for check in module.checks:
            yield _seen(
                "check",
                check.id,
                _of_check(check),
                title=check.title,
                verdict=check.verdict.value,
                points=check.points,
                max_points=check.max_points,
            )
    checks = {check.id: check.verdict.value for module in result.modules for check in module.checks}
    for question in result.exam.questions if result.exam else ():
        told = [_of_claim(claim) for claim in question.claims]
        shown = [
            question.answered,
            question.answer,
            told,
            {name: checks.get(name, "") for name in question.checks},
        ]
        yield _seen("question", str(question.number), shown, title=question.topic)
        for name, claim in zip(statement_ids(question), question.claims, strict=True):
            yield _seen("statement", name, _of_claim(claim), title=claim.text, verdict=claim.verdict.value)
    for box in result.checklist:
        yield _seen("box", box.id, _of_box(box, checks), title=box.label, verdict=box.verdict.value)


def find(result: Result, target: OverrideTarget) -> Seen | None:
    """Return what there is to see of a target, or None if the result has no such."""
    return next((seen for seen in targets(result) if seen.target == target), None)


def statement_ids(question: Question) -> list[str]:
    """Return a name for each statement of an answer, of its words and kind: it stays when others come or go."""
    names: list[str] = []
    for claim in question.claims:
        name = f"{question.number}.{_digest([claim.kind, claim.text, claim.claimed])[:_STATEMENT]}"
        again = sum(other == name or other.startswith(f"{name}-") for other in names)
        names.append(f"{name}-{again + 1}" if again else name)
    return names


def counts(verdict: str, *, profile: str) -> bool:
    """Return whether a check's points are among those that can be had, as the machine counts (`grader.grading`)."""
    return profile == "exercises" or verdict != Verdict.not_applicable


def _group(result: Result) -> Seen:
    submission, summary = result.submission, result.summary
    shown = [
        submission.commit,
        submission.subfolder,
        [
            [check.id, check.verdict.value, check.points, check.max_points]
            for module in result.modules
            for check in module.checks
        ],
        [module.id for module in result.modules if module.verdict is ModuleVerdict.not_started],
        [[one.number, one.answered] for one in (result.exam.questions if result.exam else ())],
        [[box.id, box.claimed, box.verdict.value] for box in result.checklist],
    ]
    return _seen(
        "group", "", shown, title=submission.id, points=summary.points, max_points=summary.max_points
    )


def _of_check(check: CheckResult) -> list[Any]:
    return [
        check.verdict.value,
        check.points,
        check.max_points,
        check.message,
        [[one.path, one.line, one.text] for one in check.evidence],
        [[one.name, one.value, one.unit] for one in check.measurements],
    ]


def _of_claim(claim: Claim) -> list[Any]:
    where = [[one.path, one.line, one.text] for one in claim.evidence]
    return [claim.kind, claim.text, claim.claimed, claim.found, claim.verdict.value, claim.why, where]


def _of_box(box: Box, checks: dict[str, str]) -> list[Any]:
    return [box.claimed, box.verdict.value, box.why, {name: checks.get(name, "") for name in box.checks}]


def _seen(kind: str, name: str, shown: list[Any], *, title: str, **found: Any) -> Seen:
    target = OverrideTarget.model_validate({"kind": kind, "id": name})
    return Seen(target=target, title=title, digest=_digest([kind, name, shown])[:_DIGEST], **found)


def _digest(shown: Any) -> str:
    text = json.dumps(shown, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
