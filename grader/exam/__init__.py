"""Read an exam report and hold it against the evidence of the checks."""

from grader.exam.assess import assess, assess_again
from grader.exam.checklist import Checklist, Tick, claimed, match_boxes
from grader.exam.claims import load_tools
from grader.exam.edition import ChecklistBox, Edition, EditionQuestion, load_checklist, load_editions
from grader.exam.find import MAX_REPORT_BYTES, find_checklists, find_report, find_reports, load_report
from grader.exam.place import without_report
from grader.exam.question import MAX_ANSWER_BYTES
from grader.exam.read import ParsedReport, read_report
from grader.exam.ticks import BoxLine

__all__ = [
    "MAX_ANSWER_BYTES",
    "MAX_REPORT_BYTES",
    "BoxLine",
    "Checklist",
    "ChecklistBox",
    "Edition",
    "EditionQuestion",
    "ParsedReport",
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
    "load_tools",
    "match_boxes",
    "read_report",
    "without_report",
]
