"""Fetch a submission: turn a path or address into files written by the grader, and facts about them."""

from grader.submission.fetch import fetch, fetch_working_tree
from grader.submission.model import Skipped, Submission

__all__ = ["Skipped", "Submission", "fetch", "fetch_working_tree"]
