"""What excuses a check, and what does not."""

import pytest

from grader.suite.faults import Evidence
from grader.suite.missing import excused, reason_for
from grader.suite.outcomes import NotApplicableOutcome, StudentFault

MISSING = {"torchvision": "no CPU build", "opencv-python": "no wheel"}


def fault(message, kind="exception", evidence=()):
    return StudentFault(kind, message, evidence)


def test_an_import_of_what_could_not_be_installed_is_excused():
    found = excused(fault("The code raised ModuleNotFoundError: No module named 'torchvision.ops'"), MISSING)
    assert isinstance(found, NotApplicableOutcome)
    assert "no CPU build" in str(found)


def test_it_is_found_in_what_a_command_said_too():
    said = fault(
        "`python x.py` ended with exit code 1.", "command", [Evidence("x", 1, "No module named 'cv2'")]
    )
    assert isinstance(excused(said, MISSING), NotApplicableOutcome)


@pytest.mark.parametrize(
    "problem",
    [
        None,
        AssertionError("No module named 'torchvision'"),
        fault("No module named 'requests'"),
        fault("No module named 'torchvision'", "timeout"),
        fault("torchvision"),
    ],
)
def test_anything_else_stays_what_it_was(problem):
    assert excused(problem, MISSING) is problem


def test_a_module_goes_by_its_package():
    assert reason_for("cv2.dnn", MISSING).startswith("opencv-python")
    assert reason_for("numpy", MISSING) == ""
