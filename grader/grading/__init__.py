"""The steps between a fetched submission and its verdicts: plan, run, collect, describe. `grader.pipeline` puts them in order."""

from grader.grading.check_plan import CheckPlan, plan
from grader.grading.module_results import Collected, collect, summarise
from grader.grading.planned import Options, Planned, find_profile, plan_submission
from grader.grading.run_checks import MOST_RUNS, CheckRun, OnEvent, run

__all__ = [
    "MOST_RUNS",
    "CheckPlan",
    "CheckRun",
    "Collected",
    "OnEvent",
    "Options",
    "Planned",
    "collect",
    "find_profile",
    "plan",
    "plan_submission",
    "run",
    "summarise",
]
