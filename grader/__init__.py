"""Automated grading of exercises and projects: a repository in, a result and a report out.

The steps, put in order by `grader.pipeline`: `grader.submission` fetches, `grader.grading` plans, runs and
collects, `grader.exam` assesses, `grader.render` writes. `grader.suite` is what a check is written with.
"""

import logging
import os

# No plugin of whatever else is installed has a say in the contract; looking for some takes longer than rendering a report.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")

# The engine logs to `grader.…`; whoever wants to read it adds a handler (`--verbose` does).
logging.getLogger(__name__).addHandler(logging.NullHandler())

__all__ = ["__version__"]

__version__ = "0.1.0"
