"""Claims about numbers and subjects of tests."""

from __future__ import annotations

import pytest

from grader.exam.claims.tests import count_claims as counts
from tests.claim_sample import repository, verdicts


def _file(
    path: str, functions: int, cases: int | None = None, imports: tuple[str, ...] = ()
) -> dict[str, object]:
    subject = path.rpartition("_")[2].removesuffix(".py")
    names = [f"test_{subject}_{number}" for number in range(functions)]
    return {
        "path": path,
        "functions": names,
        "cases": functions if cases is None else cases,
        "imports": imports,
    }


KNOWN = repository(
    tests=[
        _file("tests/test_data.py", 3),
        _file("tests/test_model.py", 5, cases=8),
        _file("tests/integration/test_api.py", 4),
        _file("tests/test_subsampling.py", 8),
    ],
    measured={"n_tests_collected": 23, "n_tests_passed": 21},
)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("In total we have implemented 20 tests.", {"20": "supported"}),
        ("We wrote 23 tests.", {"23": "supported"}),
        ("In total there are twenty tests.", {"20": "supported"}),
        ("20", {"20": "supported"}),
        ("20 tests.", {"20": "supported"}),
        ("--- 35 ---", {"35": "contradicted"}),
        ("In total we have implemented **35** tests.", {"35": "contradicted"}),
        ("We have 7 unit tests in total", {"7": "contradicted"}),
        ("In total, we implemented four test scripts.", {"4": "supported"}),
        ("We have implemented 19 tests.", {"19": "undetermined"}),
        ("We have about 45 tests.", {"45": "undetermined"}),
        ("We have around 20 tests.", {"20": "supported"}),
        ("We have more than 15 tests.", {"15": "supported"}),
        ("We implemented 16 unit tests.", {"16": "supported"}),
        ("In total we have 30 tests, 10 of which are commented out.", {"30": "undetermined"}),
        ("We have 3 tests for the data and 5 for the model.", {"3": "supported", "5": "supported"}),
        (
            "- Subsampling (9 tests): reproducibility\n- API (4 tests)",
            {"9": "contradicted", "4": "supported"},
        ),
        ("There are 6 tests of the model.", {"6": "contradicted"}),
        ("There are 8 test cases for the model.", {"8": "supported"}),
        ("There are 12 tests of the monitoring.", {"12": "undetermined"}),
        ("We have five test suites.", {"5": "undetermined"}),
        ("In total we have 4 tests for the API and 5 for the model.", {"4": "supported", "5": "supported"}),
        (
            "We made 2 tests that check shapes. There are 9 tests more.",
            {"2": "undetermined", "9": "undetermined"},
        ),
        ("We have 5 tests that we run locally and 4 in CI.", {"5": "undetermined"}),
        ("We have a total of 4 tests covering the API, and some for the model.", {"4": "supported"}),
        ("We have 71 tests across 6 domains.", {"71": "contradicted"}),
        ("We wrote 2 tests per module.", {}),
        ("We wrote 40 tests, 3 of them for the data.", {"40": "contradicted", "3": "supported"}),
    ],
)
def test_a_number_is_read_as_functions_cases_and_files(text: str, told: dict[str, str]) -> None:
    assert verdicts(counts.find, 7, text, KNOWN) == told


@pytest.mark.parametrize(
    "text",
    [
        "We ran Locust with 100 test users.",
        "It uses 500 test images.",
        "We would have liked 50 tests.",
        "We do not have 50 tests.",
        "We use Python 3.11 tests.",
        "One tests the API.",
        "Two of the tests are slow.",
        "We have two workflows with tests.",
        "Three group members wrote tests.",
        "We have three types of tests.",
        "",
    ],
)
def test_other_numbers_are_no_numbers_of_tests(text: str) -> None:
    assert "contradicted" not in verdicts(counts.find, 7, text, KNOWN).values()
    assert all(not claimed.isdigit() for claimed in verdicts(counts.find, 7, text, KNOWN))


@pytest.mark.parametrize("text", ["We have 12 load tests.", "We ran 3 performance tests in total."])
def test_load_tests_are_not_pytests(text: str) -> None:
    assert set(verdicts(counts.find, 7, text, KNOWN).values()) <= {"undetermined", "supported"}


def test_a_total_with_its_parts() -> None:
    text = "In total we implemented 20 tests: 3 relating to data, 5 relating to the model and 4 for the API."
    assert verdicts(counts.find, 7, text, KNOWN) == dict.fromkeys(("20", "3", "5", "4"), "supported")


def test_two_files_about_a_subject_leave_a_part_open() -> None:
    known = repository(tests=[_file("tests/test_model.py", 5), _file("tests/gpu/test_model.py", 2)])
    assert (
        verdicts(counts.find, 7, "There are 6 tests for the model, and 1 test more.", known)["6"]
        == "undetermined"
    )


def test_subjects_without_a_number() -> None:
    known = repository(
        tests=[_file("tests/test_model.py", 2, imports=("plants.model", "plants.data.loader"))]
    )
    told = verdicts(
        counts.find, 7, "We implemented tests for model construction and preprocessing of data.", known
    )
    assert told == {"['data', 'model']": "supported"}
    told = verdicts(counts.find, 7, "Our tests cover the model and the API.", known)
    assert told == {"['model', 'API']": "undetermined"}


def test_other_questions_can_only_be_borne_out() -> None:
    assert verdicts(counts.find, 25, "We wrote 4 tests for the API.", KNOWN) == {"4": "supported"}
    assert verdicts(counts.find, 25, "We wrote 9 tests for the API.", KNOWN) == {}
    assert verdicts(counts.find, 30, "We wrote 4 tests for the API.", KNOWN) == {}


def test_tests_that_were_not_read_contradict_nothing() -> None:
    assert verdicts(counts.find, 7, "We have 50 tests in total.", repository(cut=("tests",))) == {
        "50": "undetermined"
    }
