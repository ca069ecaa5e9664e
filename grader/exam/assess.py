"""Hold the exam report and the checklist against what the checks found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from grader.exam.edition import ChecklistBox, Edition
from grader.exam.read import ParsedReport, read_report
from grader.exam.ticks import match_boxes
from grader.results import Box, BoxVerdict, CheckResult, Exam, ModuleVerdict, Question, Result, Verdict


def assess(
    result: Result,
    report_text: str | None,
    report_path: str | None,
    editions: Sequence[Edition],
    boxes: Sequence[ChecklistBox],
) -> Result:
    """A new result with `exam`, `checklist` and their figures in `summary`; all else is as it was.

    A question lists the checks that name its number in the current edition. Without a report there is no
    exam, and nobody has claimed a box; an exercise repository without a report has no checklist at all.

    A box is judged by the checks that name it, those that do not apply left out:
    *supported* if there is one and all passed; *unsupported* if one failed, or was blocked because no work
    was found for its module; *undetermined* otherwise: no check decides it, or one was partial, timed out,
    was blocked by another check or hit a fault of the grader. What the students ticked plays no part in the
    verdict.

    Args:
        result: a graded submission.
        report_text: the text of the exam report, or None if there is none.
        report_path: where it lies in the repository (POSIX, relative).
        editions: the course's editions, newest first.
        boxes: the course's checklist.
    """
    report = read_report(report_text, editions) if report_text is not None else None
    exam = _exam(result, report, report_path or "") if report is not None else None
    wanted = report is not None or result.submission.profile == "project"
    checklist = _checklist(result, report, boxes) if wanted else ()
    questions = exam.questions if exam else ()
    summary = result.summary.model_copy(
        update={
            "questions": len(questions),
            "questions_answered": sum(question.answered for question in questions),
            "boxes_claimed": sum(box.claimed is True for box in checklist),
            "boxes_supported": sum(box.verdict is BoxVerdict.supported for box in checklist),
        }
    )
    return result.model_copy(update={"exam": exam, "checklist": checklist, "summary": summary})


def _exam(result: Result, report: ParsedReport, path: str) -> Exam:
    checks = [check for module in result.modules for check in module.checks]
    return Exam(
        edition=report.edition,
        report_path=path,
        questions=tuple(_with_checks(question, checks) for question in report.questions),
        problems=report.problems,
    )


def _with_checks(question: Question, checks: Iterable[CheckResult]) -> Question:
    ids = tuple(check.id for check in checks if question.current_number in check.questions)
    return question.model_copy(update={"checks": ids})


def _checklist(result: Result, report: ParsedReport | None, boxes: Sequence[ChecklistBox]) -> tuple[Box, ...]:
    ticks = match_boxes(report.boxes, boxes) if report else {}
    named: dict[str, list[tuple[CheckResult, bool]]] = {}
    for module in result.modules:
        started = module.verdict is not ModuleVerdict.not_started
        for check in module.checks:
            for box in check.boxes:
                named.setdefault(box, []).append((check, started))
    return tuple(
        Box(
            id=box.id,
            label=box.label,
            section=box.section,
            claimed=ticks.get(box.id),
            verdict=_verdict(named.get(box.id, [])),
            checks=tuple(check.id for check, _ in named.get(box.id, [])),
        )
        for box in boxes
    )


def _verdict(checks: Sequence[tuple[CheckResult, bool]]) -> BoxVerdict:
    applicable = [
        (check.verdict, started) for check, started in checks if check.verdict is not Verdict.not_applicable
    ]
    if any(
        verdict is Verdict.failed or (verdict is Verdict.blocked and not started)
        for verdict, started in applicable
    ):
        return BoxVerdict.unsupported
    if applicable and all(verdict is Verdict.passed for verdict, _ in applicable):
        return BoxVerdict.supported
    return BoxVerdict.undetermined
