"""What people do with results: judge them beside the machine (`overrides.toml`), and compare two runs.

Nothing here runs anything, and nothing is written: functions from results to results, for `grader.render` to show.
"""

from grader.review.differences import ClassDifference, Difference, compare, compare_classes
from grader.review.judged import judge, strangers
from grader.review.overrides_file import OverridesFile, parse_overrides, read_overrides
from grader.review.targets import Seen, find, statement_ids, targets

__all__ = [
    "ClassDifference",
    "Difference",
    "OverridesFile",
    "Seen",
    "compare",
    "compare_classes",
    "find",
    "judge",
    "parse_overrides",
    "read_overrides",
    "statement_ids",
    "strangers",
    "targets",
]
