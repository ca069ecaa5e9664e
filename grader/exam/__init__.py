"""Read an exam report and hold it against the evidence of the checks."""

from grader.exam.assess import assess
from grader.exam.edition import ChecklistBox, Edition, EditionQuestion, load_checklist, load_editions
from grader.exam.find import MAX_REPORT_BYTES, find_report, load_report
from grader.exam.read import MAX_ANSWER_BYTES, ParsedReport, read_report
from grader.exam.ticks import BoxLine, match_boxes

__all__ = [
    "MAX_ANSWER_BYTES",
    "MAX_REPORT_BYTES",
    "BoxLine",
    "ChecklistBox",
    "Edition",
    "EditionQuestion",
    "ParsedReport",
    "assess",
    "find_report",
    "load_checklist",
    "load_editions",
    "load_report",
    "match_boxes",
    "read_report",
]
