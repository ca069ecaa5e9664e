"""Grade a class: several sources in one run, several at once, and the overview of all."""

from grader.batch.board import Board, HowFar
from grader.batch.class_run import ClassPlan, Graded, grade_all
from grader.batch.crew import Crew, EngineMaker
from grader.batch.fetching import Fetching, token_variable
from grader.batch.hand_ins import Shard
from grader.batch.overview import FILES as OVERVIEW

__all__ = [
    "OVERVIEW",
    "Board",
    "ClassPlan",
    "Crew",
    "EngineMaker",
    "Fetching",
    "Graded",
    "HowFar",
    "Shard",
    "grade_all",
    "token_variable",
]
