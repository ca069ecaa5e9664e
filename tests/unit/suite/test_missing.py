"""What excuses a check, and what does not."""

from typing import Any

import pytest

from grader.repository.faults import Evidence
from grader.suite.missing import excused, reason, reason_for
from grader.suite.outcomes import NotApplicableOutcome, StudentFault

MISSING = {"torchvision": "no CPU build", "opencv-python": "no wheel"}


def fault(message: str, kind: str = "exception", evidence: Any = ()) -> Any:
    return StudentFault(kind, message, evidence)


def test_an_import_of_what_could_not_be_installed_is_excused() -> None:
    found = excused(fault("The code raised ModuleNotFoundError: No module named 'torchvision.ops'"), MISSING)
    assert isinstance(found, NotApplicableOutcome)
    assert "no CPU build" in str(found)


def test_it_is_found_in_what_a_command_said_too() -> None:
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
def test_anything_else_stays_what_it_was(problem: Any) -> None:
    assert excused(problem, MISSING) is problem


def test_a_module_goes_by_its_package() -> None:
    assert reason_for("cv2.dnn", MISSING).startswith("opencv-python")
    assert reason_for("numpy", MISSING) == ""


def test_what_may_have_come_with_a_missing_package_excuses_but_not_what_the_course_leaves_out() -> None:
    text = "ModuleNotFoundError: No module named 'einops.layers'"
    missing = {"nvidia-cublas-cu12": "there is no GPU", "some-models": "no wheel"}
    assert reason(text, missing) == ""
    assert "may come with some-models" in reason(text, missing, companions=["some-models"])
    assert reason(text, missing, companions=["some-models"], own={"einops"}) == ""


def test_a_part_of_a_namespace_excuses() -> None:
    missing = {"google-cloud-storage": "no wheel"}
    assert reason_for("google.cloud", missing).startswith("google-cloud-storage")
    assert reason_for("googlemaps", missing) == ""


@pytest.mark.parametrize(
    "text",
    [
        "ImportError: libGL.so.1: cannot open shared object file: No such file or directory",
        "RuntimeError: The grader's environment has this package without its compiled operators (torchvision).",
    ],
)
def test_what_the_system_lacks_excuses(text: str) -> None:
    assert isinstance(excused(fault(f"The code raised {text}"), {}), NotApplicableOutcome)


@pytest.mark.parametrize(
    "text",
    [
        "urllib.error.URLError: <urlopen error [Errno -3] Temporary failure in name resolution>",
        "OSError: We couldn't connect to 'https://hub.example' to load the files, and couldn't find them in the cached files.",
        "wandb.errors.errors.UsageError: api_key not configured (no-tty). call wandb.login(key=[your_api_key])",
    ],
)
def test_a_network_excuses_where_a_suite_asks(text: str) -> None:
    assert reason(text, {}) == ""
    assert "network" in reason(text, {}, network=True)


def test_a_word_of_networks_is_no_want_of_one() -> None:
    assert reason("AssertionError: assert api_key == 'secret'", {}, network=True) == ""
