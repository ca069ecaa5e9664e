"""The contract: everything that leaves a sandbox or goes to disk.

`Result` is what `result.json` holds; its keys are stable, more may be added, and `schema_version` says which. The
models are frozen: a stage returns a new result, it never edits one. All times are UTC in ISO 8601; durations are
seconds, and the only values that differ between two runs on the same commit, course pack and image.
"""

from typing import TYPE_CHECKING

from grader.late_names import late_names
from grader.results.class_info import DeadlineInfo, GroupInfo
from grader.results.exam_results import Box, Claim, ClaimKind, Exam, Question
from grader.results.figures import Contributor, Forge, HistoryFigures, LargeFile, Statistics, WorkflowRun
from grader.results.graded import BoxSaid, CheckResult, EvidenceRecord, Finding, Measurement, ModuleResult
from grader.results.judgement import (
    Applied,
    JudgedResult,
    Judgement,
    NotApplied,
    Override,
    OverrideTarget,
    TargetKind,
    judgement_of,
)
from grader.results.result import (
    MAX_RESULT_BYTES,
    SCHEMA_VERSION,
    GraderInfo,
    Result,
    SubmissionInfo,
    Summary,
    read_result,
)
from grader.results.verdicts import BoxVerdict, ClaimVerdict, Model, ModuleVerdict, Verdict

if TYPE_CHECKING:
    from grader.results.class_summary import (
        CheckInClass,
        ClassSummary,
        JudgedPoints,
        ModuleInClass,
        Share,
        Ungraded,
        WeekOfClass,
    )
    from grader.results.similar_class import (
        CodePlace,
        ComparedSubmission,
        SharedPassage,
        SimilarClass,
        SimilarPair,
    )
else:
    # Of a class; a single submission has no use for these models.
    __getattr__ = late_names(
        __name__,
        {
            "grader.results.class_summary": [
                "CheckInClass",
                "ClassSummary",
                "JudgedPoints",
                "ModuleInClass",
                "Share",
                "Ungraded",
                "WeekOfClass",
            ],
            "grader.results.similar_class": [
                "CodePlace",
                "ComparedSubmission",
                "SharedPassage",
                "SimilarClass",
                "SimilarPair",
            ],
        },
    )

__all__ = [
    "MAX_RESULT_BYTES",
    "SCHEMA_VERSION",
    "Applied",
    "Box",
    "BoxSaid",
    "BoxVerdict",
    "CheckInClass",
    "CheckResult",
    "Claim",
    "ClaimKind",
    "ClaimVerdict",
    "ClassSummary",
    "CodePlace",
    "ComparedSubmission",
    "Contributor",
    "DeadlineInfo",
    "EvidenceRecord",
    "Exam",
    "Finding",
    "Forge",
    "GraderInfo",
    "GroupInfo",
    "HistoryFigures",
    "JudgedPoints",
    "JudgedResult",
    "Judgement",
    "LargeFile",
    "Measurement",
    "Model",
    "ModuleInClass",
    "ModuleResult",
    "ModuleVerdict",
    "NotApplied",
    "Override",
    "OverrideTarget",
    "Question",
    "Result",
    "Share",
    "SharedPassage",
    "SimilarClass",
    "SimilarPair",
    "Statistics",
    "SubmissionInfo",
    "Summary",
    "TargetKind",
    "Ungraded",
    "Verdict",
    "WeekOfClass",
    "WorkflowRun",
    "judgement_of",
    "read_result",
]
