"""Many submissions, one after the other: what was graded before a fault is kept."""

from grader.batch.sequential import Graded, grade_all

__all__ = ["Graded", "grade_all"]
