"""P1: the engine's own suite for proofs, which runs one command of a solution."""

import pytest

from grader.suite import check
from grader.suite.plugin import SESSION
from grader.suite.student.student import Student


@check("The command ends well", environment="required")
def test_ends_well(request: pytest.FixtureRequest, student: Student) -> None:
    """Run the command that the job's facts hold."""
    student.run(request.config.stash[SESSION].job["facts"]["command"]).succeeded()
