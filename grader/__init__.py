"""Automated grading of exercises and projects: a repository in, a result and a report out.

The stages, each a plain function of the one before: `grader.submission` fetches, `grader.grading` plans, runs and
collects, `grader.exam` assesses, `grader.render` writes. `grader.suite` is what a check is written with.
"""

__version__ = "0.1.0"
