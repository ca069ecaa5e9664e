"""A result with an exam report, without names: what the course says stays, and it is a result all the same."""

from __future__ import annotations

from pathlib import Path

from grader import render
from grader.exam.report_data import ReportData, StudyNumber
from grader.render.pseudonymous import NameHider, hidden
from grader.results import Claim, GroupInfo, Result, read_result
from tests.places import REPORTS
from tests.render_sample import rich_result

ABOUT = ReportData(study_number=StudyNumber(prefix="s", digits=6))
ANSWER = "We are s204070 and s214071, and 224072. Mads Mikkelsen did the most, mads@mikkelsen.dk reviewed."


def named() -> Result:
    result = rich_result()
    assert result.exam is not None
    first = result.exam.questions[0].model_copy(
        update={"answer": ANSWER, "claims": (Claim(text="3 study numbers", kind="study_numbers", claimed=3),)}
    )
    exam = result.exam.model_copy(update={"questions": (first, *result.exam.questions[1:])})
    group = GroupInfo(number=7, members=("s204070", "Mads Mikkelsen"))
    about = result.submission.model_copy(update={"group": group})
    return result.model_copy(update={"exam": exam, "submission": about})


def test_an_exam_report_without_names(tmp_path: Path) -> None:
    result = hidden(named(), ABOUT)
    assert result.exam is not None
    answer = result.exam.questions[0].answer
    # A study number keeps its shape: how many there are is a claim of the report.
    assert answer.startswith("We are s000001 and s")
    assert "student-2 did the most, somebody reviewed." in answer
    assert not [text for text in ("204070", "214071", "224072", "Mikkelsen", "mads") if text in answer]
    assert result.submission.group is not None
    assert result.submission.group.members == ("student-1", "student-2")
    for path in render.write_reports(result, tmp_path, render.FORMATS, REPORTS):
        text = path.read_text().casefold()
        assert not [name for name in ("204070", "mikkelsen") if name in text], path
    assert read_result(tmp_path / "result.json") == result


def test_what_the_course_says_stays() -> None:
    before, after = named(), hidden(named(), ABOUT)
    for one, other in zip(before.modules, after.modules, strict=True):
        assert (one.id, one.title, one.verdict, one.points) == (
            other.id,
            other.title,
            other.verdict,
            other.points,
        )
        for check, same in zip(one.checks, other.checks, strict=True):
            assert (check.id, check.title, check.hint, check.verdict) == (
                same.id,
                same.title,
                same.hint,
                same.verdict,
            )
    assert [box.label for box in before.checklist] == [box.label for box in after.checklist]
    assert before.summary == after.summary
    assert before.grader == after.grader
    assert before.submission.commit == after.submission.commit


def test_no_contributor_has_a_name_but_bots() -> None:
    result = hidden(named(), ABOUT)
    assert result.history.contributors
    for one, before in zip(result.history.contributors, named().history.contributors, strict=True):
        assert one.name == before.name if one.bot else one.name.startswith("student")
    people = [one.name for one in result.history.contributors if not one.bot]
    assert len(set(people)) == len(people)


def test_hidden_once_is_hidden() -> None:
    once = hidden(named(), ABOUT)
    assert hidden(once, ABOUT) == once
    assert (
        NameHider(members=("s204070", "Mads Mikkelsen"), name=once.submission.id, about=ABOUT).result(once)
        == once
    )
