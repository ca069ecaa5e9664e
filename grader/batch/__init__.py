"""Grade a class: several sources in one run, and the overview of all."""

from grader.batch.class_run import Graded, grade_all

__all__ = ["Graded", "grade_all"]
