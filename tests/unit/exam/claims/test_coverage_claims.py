"""Claims about code coverage."""

from __future__ import annotations

import pytest

from grader.exam.claims import coverage_claims as coverage
from tests.claim_sample import claims, repository, verdicts

MEASURED = {
    "coverage_percent": 62.0,
    "coverage_all_percent": 40.0,
    "coverage_with_tests_percent": 74.0,
    "n_tests_failed": 0,
    "n_tests_skipped": 0,
    "n_tests_collected": 20,
}
KNOWN = repository(measured=MEASURED)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "The total code coverage of our code is 62%, which includes all our source code.",
            {"62.0": "supported"},
        ),
        ("Our coverage is 60 percent.", {"60.0": "supported"}),
        (r"Total coverage: 74\%.", {"74.0": "supported"}),
        ("The coverage is [40]%.", {"40.0": "supported"}),
        ("Coverage: **62,4%**", {"62.4": "supported"}),
        ("We have 91% coverage of the whole code base.", {"91.0": "contradicted"}),
        ("The total coverage is 15%.", {"15.0": "contradicted"}),
        ("The total coverage is 68%.", {"68.0": "contradicted"}),
        ("The total coverage is 67%.", {"67.0": "undetermined"}),
        ("The total coverage is about 35-45%.", {"35–45 %": "supported"}),
        ("The total coverage is about 65-69%.", {"65–69 %": "supported"}),
        ("The total coverage is about 66-69%.", {"66–69 %": "contradicted"}),
        ("The coverage is above 78%.", {"at least 78 %": "undetermined"}),
        ("The total coverage lies between 80% and 90%.", {"80–90 %": "contradicted"}),
        ("The coverage is above 60%.", {"at least 60 %": "supported"}),
        ("The coverage is over 90%.", {"at least 90 %": "contradicted"}),
        ("Our coverage went up from 20% to 62%.", {"62.0": "supported"}),
        ("The coverage is only 11% of the critical code.", {"11.0": "undetermined"}),
        ("Our total coverage is 100%.", {"100.0": "contradicted"}),
        ("The data tests reach 90% coverage.", {"90.0": "undetermined"}),
        ("The coverage of data is 92%, that of the API 20%.", {"92.0": "undetermined"}),
        (
            "In our project, the loader tests reach 90% coverage, and the route tests reach 15%.",
            {"90.0": "undetermined", "15.0": "undetermined"},
        ),
        ("Our unit tests reach 91% coverage.", {"91.0": "contradicted"}),
    ],
)
def test_a_stated_coverage_is_held_against_every_variant(text: str, told: dict[str, str]) -> None:
    assert verdicts(coverage.find, 8, text, KNOWN) == told


@pytest.mark.parametrize(
    "text",
    [
        "Even if we had 100% coverage, we would not trust it.",
        "With a coverage of 100% nothing is guaranteed.",
        "A coverage of 95% would be nice.",
        "Our goal was a coverage of 80%.",
        "We did not reach a coverage of 80%.",
        "The file model.py has a coverage of 12%.",
        "Our lowest coverage is in src/models/utils.py with 16%.",
        "Training accuracy rose a lot, and so did coverage.",
        "There was 250% more coverage.",
        "In the beginning the total coverage was 30%.",
        "Our coverage increased by 15%.",
        "Each pull request needs at least 80% coverage.",
        "Some files of our code have just 20% coverage.",
        "",
    ],
)
def test_goals_hypotheses_and_single_files_are_no_claims(text: str) -> None:
    assert verdicts(coverage.find, 8, text, KNOWN) == {}


def test_the_total_goes_before_what_is_said_of_parts() -> None:
    text = "The overall statement coverage is 62%. Core utilities are at 93%. The API has 20% coverage."
    assert verdicts(coverage.find, 8, text, KNOWN) == {"62.0": "supported"}


@pytest.mark.parametrize("fence", ["", "```\n"])
def test_the_last_line_of_a_pasted_table_is_the_total(fence: str) -> None:
    table = (
        "Name              Stmts   Miss  Cover\n-----------------------\nsrc/model.py         70     2    97%\n"
        "src/other.py         55    30    45%\nTOTAL               213    82    62%\n"
    )
    text = f"{fence}{table}{fence}\nThe code coverage is 45% for other.py."
    assert verdicts(coverage.find, 8, text, KNOWN) == {"62.0": "supported"}
    assert verdicts(coverage.find, 8, "| TOTAL | 213 | 48 | 12 | 3 | 90% |", KNOWN) == {
        "90.0": "contradicted"
    }


@pytest.mark.parametrize(
    ("changed", "verdict"),
    [
        ({"n_tests_failed": 2}, "undetermined"),
        ({"n_tests_skipped": 9}, "undetermined"),
        ({"n_tests_skipped": 1}, "contradicted"),
    ],
)
def test_tests_that_did_not_run_here_may_cover_more_elsewhere(
    changed: dict[str, float], verdict: str
) -> None:
    known = repository(measured={**MEASURED, **changed})
    assert verdicts(coverage.find, 8, "Our total coverage is 90%.", known) == {"90.0": verdict}


def test_what_was_not_measured_contradicts_nothing() -> None:
    assert verdicts(coverage.find, 8, "Our coverage is 90%.", repository()) == {"90.0": "undetermined"}


def test_coverage_settings_may_leave_files_out() -> None:
    configured = repository(measured=MEASURED, settings={"coverage.omit": {"path": "pyproject.toml"}})
    assert verdicts(coverage.find, 8, "Our total coverage is 50%.", configured) == {"50.0": "undetermined"}
    assert verdicts(coverage.find, 8, "Our total coverage is 50%.", KNOWN) == {"50.0": "contradicted"}


def test_other_questions_are_never_contradicted() -> None:
    assert verdicts(coverage.find, 11, "CI reports a coverage of 95%.", KNOWN) == {}
    assert verdicts(coverage.find, 11, "CI reports a coverage of 62%.", KNOWN) == {"62.0": "supported"}
    assert verdicts(coverage.find, 14, "The accuracy is 62%.", KNOWN) == {}


def test_a_claim_quotes_its_sentence_and_what_was_measured() -> None:
    claim = claims(coverage.find, 8, "First. Our total coverage is 62%. Last.", KNOWN)[0]
    assert claim.text == "Our total coverage is 62%."
    assert claim.kind == "coverage_percent"
    assert "62 %" in str(claim.found)
    assert "40 %" in str(claim.found)
