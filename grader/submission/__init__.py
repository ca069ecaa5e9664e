"""Fetch: what a person names becomes a `Submission`: files that we wrote ourselves, and facts about them."""

from grader.submission.fetch import fetch, fetch_working_tree
from grader.submission.model import Skipped, Submission

__all__ = ["Skipped", "Submission", "fetch", "fetch_working_tree"]
