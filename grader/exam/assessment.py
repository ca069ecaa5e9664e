"""Hold the exam report and the checklist against what the checks found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from grader.exam.checklist.boxes import Checklist, Tick, claimed
from grader.exam.checklist.course_boxes import ChecklistBox
from grader.exam.checklist.judge import judge_boxes
from grader.exam.claims import Answer, Repository, find_claims
from grader.exam.report.notes import on_place
from grader.exam.report.read import ParsedReport
from grader.exam.report_data import ReportData
from grader.results import Box, BoxVerdict, CheckResult, ClaimVerdict, Exam, Measurement, Question, Result


def assess(
    result: Result,
    report: ParsedReport | None,
    report_path: str | None,
    boxes: Sequence[ChecklistBox],
    tools: Mapping[str, Any] | None = None,
    about: ReportData | None = None,
    *,
    lists: Sequence[Checklist] = (),
    reports: Sequence[str] = (),
) -> Result:
    """Return a new result with `exam`, `checklist` and their figures in `summary`; all else is as it was.

    A question lists the checks that name its number in the current edition. Without a report there is no
    exam, and nobody has claimed a box; an exercise repository without a report has no checklist at all.

    Args:
        result: a graded submission.
        report: the exam report, as `read_report` reads it, or None if there is none.
        report_path: where it lies in the repository (POSIX, relative).
        boxes: the course's checklist.
        lists: other lists of boxes in the repository, for what the report's own list lacks.
        reports: the paths of all reports in the repository, this one first.
        tools: the course's dictionary of tools, as `load_tools` reads it.
        about: what the course says of its report, as `load_report_data` reads it.
    """
    wanted = report is not None or result.submission.profile == "project"
    ticks = claimed(report.boxes if report else (), lists, boxes) if wanted else {}
    checklist = judge_boxes(result.modules, ticks, boxes) if wanted else ()
    exam = None
    if report is not None:
        place = on_place(reports or [report_path or ""], checklist, (about or ReportData()).path)
        exam = _exam(result, report, report_path or "", place)
    read = result.model_copy(update={"exam": exam, "checklist": checklist})
    return assess_again(read, boxes, tools or {}, about or ReportData())


def assess_again(
    result: Result, boxes: Sequence[ChecklistBox], tools: Mapping[str, Any], about: ReportData
) -> Result:
    """Return a new result whose answers and ticks are held against its own inventory, checks and history once more.

    A result is all that this takes, so that an assessment can be redone without a container.

    Args:
        result: a result whose report was read.
        boxes: the course's checklist.
        tools: the course's dictionary of tools, as `load_tools` reads it.
        about: what the course says of its report, as `load_report_data` reads it.
    """
    exam = result.exam
    if exam is not None:
        found = find_claims(_answers(exam, about), _repository(result, tools, about))
        questions = tuple(
            question.model_copy(update={"claims": found.get(question.number, ())})
            for question in exam.questions
        )
        exam = exam.model_copy(update={"questions": questions})
    ticks = {box.id: Tick(box.claimed, box.claimed_in) for box in result.checklist if box.claimed is not None}
    answers = exam.questions if exam else ()
    checklist = judge_boxes(result.modules, ticks, boxes, answers) if result.checklist else ()
    summary = result.summary.model_copy(update={**_claim_counts(answers), **_box_counts(checklist)})
    return result.model_copy(update={"exam": exam, "checklist": checklist, "summary": summary})


def _claim_counts(questions: Sequence[Question]) -> dict[str, int]:
    verdicts = [claim.verdict for question in questions for claim in question.claims]
    return {
        "questions": len(questions),
        "questions_answered": sum(question.answered for question in questions),
        **{f"claims_{verdict}": verdicts.count(verdict) for verdict in ClaimVerdict},
    }


def _box_counts(checklist: Sequence[Box]) -> dict[str, int]:
    fallen = [box for box in checklist if box.claimed is True and box.verdict is BoxVerdict.unsupported]
    return {
        "boxes_claimed": sum(box.claimed is True for box in checklist),
        "boxes_supported": sum(box.verdict is BoxVerdict.supported for box in checklist),
        "boxes_claimed_unsupported": len(fallen),
    }


def _answers(exam: Exam, about: ReportData) -> list[Answer]:
    return [
        Answer(
            number=question.number,
            current_number=question.current_number,
            topic=question.topic,
            text=question.answer,
            asks=about.subjects(question.current_number),
        )
        for question in exam.questions
        if question.answered
    ]


def _repository(result: Result, tools: Mapping[str, Any], about: ReportData) -> Repository:
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
        about=about,
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
