"""Hold the exam report and the checklist against what the checks found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from grader.exam.boxes import judge_boxes
from grader.exam.checklist import Checklist
from grader.exam.claims import Answer, Repository, find_claims
from grader.exam.edition import ChecklistBox, Edition
from grader.exam.place import on_place
from grader.exam.read import ParsedReport, read_report
from grader.results import BoxVerdict, CheckResult, ClaimVerdict, Exam, Measurement, Question, Result


def assess(
    result: Result,
    report_text: str | None,
    report_path: str | None,
    editions: Sequence[Edition],
    boxes: Sequence[ChecklistBox],
    tools: Mapping[str, Any] | None = None,
    *,
    lists: Sequence[Checklist] = (),
    reports: Sequence[str] = (),
) -> Result:
    """A new result with `exam`, `checklist` and their figures in `summary`; all else is as it was.

    A question lists the checks that name its number in the current edition. Without a report there is no
    exam, and nobody has claimed a box; an exercise repository without a report has no checklist at all.

    Args:
        result: a graded submission.
        report_text: the text of the exam report, or None if there is none.
        report_path: where it lies in the repository (POSIX, relative).
        editions: the course's editions, newest first.
        boxes: the course's checklist.
        lists: other lists of boxes in the repository, for what the report's own list lacks.
        reports: the paths of all reports in the repository, this one first.
        tools: the course's dictionary of tools, as `load_tools` reads it.
    """
    report = read_report(report_text, editions) if report_text is not None else None
    wanted = report is not None or result.submission.profile == "project"
    checklist = judge_boxes(result.modules, report, boxes, lists) if wanted else ()
    exam = None
    if report is not None:
        place = on_place(reports or [report_path or ""], checklist)
        exam = _exam(result, report, report_path or "", place)
    questions = exam.questions if exam else ()
    summary = result.summary.model_copy(
        update={
            "questions": len(questions),
            "questions_answered": sum(question.answered for question in questions),
            "boxes_claimed": sum(box.claimed is True for box in checklist),
            "boxes_supported": sum(box.verdict is BoxVerdict.supported for box in checklist),
            "boxes_claimed_unsupported": sum(
                box.claimed is True and box.verdict is BoxVerdict.unsupported for box in checklist
            ),
        }
    )
    assessed = result.model_copy(update={"exam": exam, "checklist": checklist, "summary": summary})
    return assess_claims(assessed, tools or {})


def assess_claims(result: Result, tools: Mapping[str, Any]) -> Result:
    """A new result whose answers are held against its own inventory, checks and history once more.

    A result is all that this takes, so that claims can be judged anew without a container.

    Args:
        result: an assessed submission.
        tools: the course's dictionary of tools, as `load_tools` reads it.
    """
    if result.exam is None:
        return result
    found = find_claims(_answers(result.exam), _repository(result, tools))
    questions = tuple(
        question.model_copy(update={"claims": found.get(question.number, ())})
        for question in result.exam.questions
    )
    verdicts = [claim.verdict for question in questions for claim in question.claims]
    counts = {f"claims_{verdict}": verdicts.count(verdict) for verdict in ClaimVerdict}
    return result.model_copy(
        update={
            "exam": result.exam.model_copy(update={"questions": questions}),
            "summary": result.summary.model_copy(update=counts),
        }
    )


def _answers(exam: Exam) -> list[Answer]:
    return [
        Answer(
            number=question.number,
            current_number=question.current_number,
            topic=question.topic,
            text=question.answer,
        )
        for question in exam.questions
        if question.answered
    ]


def _repository(result: Result, tools: Mapping[str, Any]) -> Repository:
    checks = {check.id: check for module in result.modules for check in module.checks}
    measurements: dict[str, list[Measurement]] = {}
    for check in checks.values():
        for measurement in check.measurements:
            measurements.setdefault(measurement.name, []).append(measurement)
    return Repository(
        inventory=result.inventory,
        checks=checks,
        measurements={name: tuple(values) for name, values in measurements.items()},
        history=result.history,
        source=result.submission.source,
        report_path=result.exam.report_path if result.exam else "",
        tools=tools,
    )


def _exam(result: Result, report: ParsedReport, path: str, place: Sequence[str]) -> Exam:
    checks = [check for module in result.modules for check in module.checks]
    return Exam(
        edition=report.edition,
        report_path=path,
        questions=tuple(_with_checks(question, checks) for question in report.questions),
        problems=(*place, *report.problems),
    )


def _with_checks(question: Question, checks: Iterable[CheckResult]) -> Question:
    ids = tuple(check.id for check in checks if question.current_number in check.questions)
    return question.model_copy(update={"checks": ids})
