"""Grade a class: several sources in one run, several at once, and the overview of all."""

from grader.batch.board import Board, Standing
from grader.batch.class_run import Graded, Plan, grade_all
from grader.batch.overview import FILES as OVERVIEW

__all__ = ["OVERVIEW", "Board", "Graded", "Plan", "Standing", "grade_all"]
