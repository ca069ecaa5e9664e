"""Read an exam report and hold it against the evidence of the checks."""

from typing import TYPE_CHECKING

from grader.late_names import late_names

if TYPE_CHECKING:
    from grader.exam.assessment import assess, assess_again
    from grader.exam.checklist.boxes import Checklist, Tick, claimed, match_boxes
    from grader.exam.checklist.course_boxes import ChecklistBox, load_checklist
    from grader.exam.checklist.ticks import BoxLine
    from grader.exam.claims import load_tools
    from grader.exam.report.edition import Edition, EditionQuestion, load_editions
    from grader.exam.report.find import (
        MAX_REPORT_BYTES,
        find_checklists,
        find_report,
        find_reports,
        load_report,
    )
    from grader.exam.report.notes import without_report
    from grader.exam.report.question import MAX_ANSWER_BYTES
    from grader.exam.report.read import ParsedReport, read_report
    from grader.exam.report_data import ReportData, load_report_data
else:
    __getattr__ = late_names(
        __name__,
        {
            "grader.exam.assessment": ["assess", "assess_again"],
            "grader.exam.checklist.boxes": ["Checklist", "Tick", "claimed", "match_boxes"],
            "grader.exam.checklist.course_boxes": ["ChecklistBox", "load_checklist"],
            "grader.exam.checklist.ticks": ["BoxLine"],
            "grader.exam.claims": ["load_tools"],
            "grader.exam.report.edition": ["Edition", "EditionQuestion", "load_editions"],
            "grader.exam.report.find": [
                "MAX_REPORT_BYTES",
                "find_checklists",
                "find_report",
                "find_reports",
                "load_report",
            ],
            "grader.exam.report.notes": ["without_report"],
            "grader.exam.report.question": ["MAX_ANSWER_BYTES"],
            "grader.exam.report.read": ["ParsedReport", "read_report"],
            "grader.exam.report_data": ["ReportData", "load_report_data"],
        },
    )


__all__ = [
    "MAX_ANSWER_BYTES",
    "MAX_REPORT_BYTES",
    "BoxLine",
    "Checklist",
    "ChecklistBox",
    "Edition",
    "EditionQuestion",
    "ParsedReport",
    "ReportData",
    "Tick",
    "assess",
    "assess_again",
    "claimed",
    "find_checklists",
    "find_report",
    "find_reports",
    "load_checklist",
    "load_editions",
    "load_report",
    "load_report_data",
    "load_tools",
    "match_boxes",
    "read_report",
    "without_report",
]
