"""What a forge knows beside the repository: pull requests, reviews, workflow runs. Only where it is asked for.

A forge's answer changes without a commit, so nothing here is part of a result unless a token was named on the command line.
Whatever goes wrong is a note in the result, never an error: a grade does not hang on somebody else's server.
"""

from grader.forge.client import Access, read_access
from grader.forge.github import ask_forge
from grader.forge.pushes import pushed_until

__all__ = ["Access", "ask_forge", "pushed_until", "read_access"]
