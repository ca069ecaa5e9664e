"""Names in every form in which a submission holds them."""

from __future__ import annotations

import pytest

from grader.exam.report_data import ReportData, StudyNumber
from grader.render.pseudonymous import Pseudonyms
from grader.render.pseudonymous.people_of import Identity, identities

ABOUT = ReportData(study_number=StudyNumber(prefix="s", digits=6), nobody=frozenset({"faculty"}))
ADA = Identity(names=["Ada Augusta Lovelace"], words=["ada.lovelace@example.com", "adal", "s123456"])
SOREN = Identity(names=["Søren Ørsted-Aagaard"], words=["srn@example.com"])
WILL = Identity(names=["Will May"], words=["12345+willmay@users.noreply.github.com", "willmay"])
BO = Identity(names=["Bo Li"], words=["info@example.com", "faculty@example.com"])
NAMES = Pseudonyms([ADA, SOREN, WILL, BO], "https://github.com/adal/our-project", "group-7", ABOUT)


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("Ada Augusta Lovelace", "student-1"),
        ("ada lovelace did it, LOVELACE too", "student-1 did it, student-1 too"),
        ("ada_lovelace_mnist/train.py", "student-1_mnist/train.py"),
        ("src/adaModel.py AdaTrainer lovelaces", "src/student-1Model.py student-1Trainer student-1s"),
        ("Lovelace, Ada", "student-1"),
        ("alovelace@elsewhere.org", "somebody"),
        ("mail ada.lovelace@example.com now", "mail student-1 now"),
        ("s123456, S123456 and 123456", "s000001, S000001 and 000001"),
        ("adal/other", "student-1/other"),
        ("Soren Orsted-Aagaard, Søren Ørsted", "student-2, student-2 student-2"),
        ("S%C3%B8ren and S\\u00f8ren and Soeren", "student-2 and student-2 and student-2"),
        ("Søren in two characters: So\u0308ren", "student-2 in two characters: So\u0308ren"),
        ("This will do, and may be; Will May does", "This will do, and may be; student-3 does"),
        ("Will did", "student-3 did"),
        ("Bo wrote it in a bottle", "student-4 wrote it in a bottle"),
        ("https://github.com/adal/our-project/blob/main/a.py", "group-7/blob/main/a.py"),
        ("git@github.com:adal/our-project.git", "git@github.com:group-7"),
        ("git clone https://github.com/ADAL/Our-Project.git", "git clone group-7"),
        ("/home/al/mlops and C:\\Users\\al\\mlops", "/home/user/mlops and C:\\Users\\user\\mlops"),
        ("https://wandb.ai/some-team/run/1", "https://wandb.ai/user/run/1"),
        ("a stranger: x.y@uni.dk, s654321", "a stranger: somebody, s000000"),
    ],
)
def test_a_text_without_names(text: str, hidden: str) -> None:
    assert NAMES.text(text) == hidden


@pytest.mark.parametrize(
    "text",
    [
        "uses: actions/checkout@v4",
        "git@github.com:other/thing.git",
        "FROM python:3.12-slim@sha256:abc",
        "adapt the adapter of Canada",
        "https://github.com/SkafteNicki/dtu_mlops",
        "123457 images",
        "the faculty of science",
        "/home/student/work",
        "a commit 0123456789abcdef",
    ],
)
def test_what_is_no_name_stays(text: str) -> None:
    assert NAMES.text(text) == text


@pytest.mark.parametrize(
    ("source", "people"),
    [
        ("https://forge.example/faculty/adal/project", ["adal"]),
        ("git@forge.example:Faculty/project.git", []),
        ("faculty/project", []),
        ("adal/faculty", ["adal"]),
    ],
)
def test_an_account_that_is_nobody_is_no_person(source: str, people: list[str]) -> None:
    assert [one.words[0] for one in identities(source=source, about=ABOUT)] == people


def test_what_is_hidden_is_hidden_for_good() -> None:
    once = NAMES.text("Ada Lovelace (s123456), /home/ada/x, ada.lovelace@example.com, s654321")
    assert NAMES.text(once) == once


def test_somebody_who_is_named_as_such() -> None:
    assert [NAMES.person(name) for name in ("Søren Ørsted-Aagaard", "adal", "Unknown Person")] == [
        "student-2",
        "student-1",
        "student",
    ]


def test_a_long_text_takes_no_time() -> None:
    text = "a" * 500_000 + "@" + "b." * 100_000 + " /home/" * 20_000
    assert len(NAMES.text(text)) > 500_000
