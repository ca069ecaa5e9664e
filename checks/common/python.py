"""What all suites know of Python files by their names."""

import re

#: What a course calls its own answer to an exercise.
SOLUTION = re.compile(r"_solution\d*\.py$")
#: Where pytest looks for tests.
FINDABLE = re.compile(r"(?:^|/)(?:test_[^/]*|[^/]*_test)\.py$")


def own_names(submission):
    """Every folder and module of the repository: an import that fails on one of these is the code's own fault."""
    return {part for path in submission.files("**/*.py") for part in path.removesuffix(".py").split("/")}
