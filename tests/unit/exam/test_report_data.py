"""What questions ask, how a student's number looks and whose material is the course's: data of the pack, not of the engine."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.errors import CourseError
from grader.exam import ReportData, load_editions, load_report_data
from grader.exam.claims import Answer, find_claims
from grader.exam.claims.finder import Repository
from grader.inventory import Inventory
from tests.claim_sample import ABOUT, repository
from tests.places import REPORTS

OTHER = """
accounts = ["The-Workshop"]
study_number = { prefix = "k", digits = 8 }

[asks]
members = [4]
coverage = [5]
"""


def load(folder: Path, text: str) -> ReportData:
    (folder / "report.toml").write_text(text)
    return load_report_data(folder)


def claimed(about: ReportData, number: int, text: str) -> dict[str, str]:
    """What a course with these words finds in an answer, by kind, and what became of it."""
    known = repository(measured={"coverage_percent": 93.0})
    known = Repository(
        inventory=known.inventory,
        checks=known.checks,
        measurements=known.measurements,
        source=known.source,
        about=about,
    )
    answer = Answer(number=number, current_number=number, topic="", text=text, asks=about.subjects(number))
    return {claim.kind: claim.why for claim in find_claims([answer], known)[number]}


def test_a_number_is_of_what_the_course_says_that_its_question_asks(tmp_path: Path) -> None:
    about = load(tmp_path, OTHER)
    said = "The code coverage of our code is 93 %."
    assert "coverage_percent" in claimed(about, 5, said)
    assert "study_numbers" in claimed(about, 4, "k12345678 and 87654321")
    assert "study_numbers" not in claimed(about, 4, "s123456 and 654321")
    # Number 2 asks for members in the bundled course alone.
    assert "study_numbers" not in claimed(about, 2, "k12345678")
    assert "study_numbers" in claimed(ABOUT, 2, "s123456")


def test_material_of_the_course_is_what_the_course_says() -> None:
    link = "[this](https://github.com/the-workshop/material/blob/main/slides.md)"
    known = Repository(inventory=Inventory(files=("a.py",)), about=ReportData(accounts=("The-Workshop",)))
    answer = Answer(number=1, current_number=1, topic="", text=link)
    (ours,) = find_claims([answer], known)[1]
    assert "course's own repository" in ours.why
    (others,) = find_claims([answer], Repository(inventory=known.inventory))[1]
    assert "course" not in others.why


def test_a_course_without_the_file_has_no_words_of_another(tmp_path: Path) -> None:
    assert load_report_data(tmp_path) == ReportData()
    assert claimed(ReportData(), 2, "s123456") == {}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[asks]\nweather = [1]\n", "asks"),
        ("account = ['x']\n", "account"),
        ("study_number = { digits = 0 }\n", "digits"),
        ("[asks\n", "report.toml"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(CourseError, match=named):
        load(tmp_path, text)


def test_every_number_is_a_question_of_the_current_edition() -> None:
    known = {question.number for question in load_editions(REPORTS)[0].questions}
    asked = {number for numbers in load_report_data(REPORTS).asks.values() for number in numbers}
    assert asked <= known
