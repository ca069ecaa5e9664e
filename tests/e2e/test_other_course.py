"""The engine knows no course: a pack with other letters, without an exam, grades and renders like the bundled one."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grader.course.pack import load_course
from grader.errors import UsageError
from grader.render.overview_columns import load_overview
from grader.testing import run_check
from tests.course_words import course_words, without_drawings
from tests.git_command import git
from tests.other_pack import write_other_pack
from tests.places import REPORTS

#: Ten questions and ten boxes: what looks like the report of a course that has one.
REPORT = "".join(
    f"### Question {n}\n\nAnswer: Hello.\n\n* [x] A thing to do (M{n})\n\n" for n in range(1, 15)
)


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return write_other_pack(tmp_path / "pack")


def test_check_grades_and_renders_a_report(
    grader: Callable[..., Any], repository: Path, tmp_path: Path, pack: Path
) -> None:
    (repository / "README.md").write_text("Hello\n")
    (repository / "reports").mkdir()
    (repository / "reports" / "README.md").write_text(REPORT)
    done = grader("check", str(repository), "--course", str(pack), "--sandbox", "local", "--out", "out")
    assert done.returncode == 1, done.stderr
    data = json.loads((repository.parent / "out" / "result.json").read_text())
    verdicts = {check["id"]: check["verdict"] for module in data["modules"] for check in module["checks"]}
    assert verdicts == {"X1.greets": "passed", "X1.long": "failed"}
    assert (data["exam"], data["checklist"], data["submission"]["profile"]) == (None, [], "exercises")
    page = (repository.parent / "out" / "report.html").read_text()
    assert "First steps" in page
    assert 'id="questions"' not in page
    assert 'id="checklist"' not in page


def test_a_project_without_an_exam_misses_no_report(
    grader: Callable[..., Any], repository: Path, pack: Path
) -> None:
    (repository / "README.md").write_text("Hello\n")
    command = ("check", str(repository), "--course", str(pack), "--sandbox", "local", "--out", "out")
    done = grader(*command, "--profile", "project")
    assert done.returncode == 1, done.stderr
    data = json.loads((repository.parent / "out" / "result.json").read_text())
    assert not [note for note in data["notes"] if "report" in note]


ANSWERS = """# Log

- [x] Greet the reader (X1)
- [ ] Write much about it (X1)
- [x] Read to others (X1): twice

## Task 1

Solution: Ann and Bo, who know s123456.

## Task 2

Solution: The coverage of our code is 93 %.

## Task 3

Solution: See [this](https://github.com/the-workshop/slides/blob/main/one.md).
"""


def test_an_exam_has_words_numbers_and_a_place_of_its_own(
    grader: Callable[..., Any], repository: Path, tmp_path: Path
) -> None:
    pack = write_other_pack(tmp_path / "pack", exam=True)
    (repository / "answers").mkdir()
    (repository / "answers" / "log.md").write_text(ANSWERS)
    (repository / "README.md").write_text("Hello\n")
    done = grader("check", str(repository), "--course", str(pack), "--sandbox", "local", "--out", "out")
    assert done.returncode == 1, done.stderr
    data = json.loads((repository.parent / "out" / "result.json").read_text())
    exam = data["exam"]
    assert (exam["report_path"], exam["edition"], exam["problems"]) == ("answers/log.md", "first", [])
    assert [question["answered"] for question in exam["questions"]] == [True, True, True]
    who, trial_runs, link = (
        {claim["kind"]: claim["why"] for claim in each["claims"]} for each in exam["questions"]
    )
    # Of the bundled course's second question, numbers of students are compared; here it asks for coverage.
    assert (list(who), list(trial_runs)) == ([], ["coverage_percent"])
    assert "course's own" in link["link"]
    assert {box["id"]: box["claimed"] for box in data["checklist"]} == {"b1": True, "b2": False, "b3": True}


def test_grade_writes_a_class_overview_and_a_table(
    grader: Callable[..., Any], repository: Path, tmp_path: Path, pack: Path
) -> None:
    out = tmp_path / "class"
    command = ("grade", str(repository), "--course", str(pack), "--sandbox", "local", "--trust-submissions")
    done = grader(*command, "--modules", "w1", "--out", str(out))
    assert done.returncode == 0, done.stderr
    assert "First steps" in (out / "index.html").read_text()
    rows = list(csv.DictReader((out / "grades.csv").read_text().splitlines()))
    assert [row["X1"] for row in rows] == ["not_started"]


def test_nothing_that_it_renders_has_a_word_of_the_bundled_course(
    grader: Callable[..., Any], repository: Path, tmp_path: Path
) -> None:
    pack = write_other_pack(tmp_path / "pack", exam=True)
    (repository / "answers").mkdir()
    (repository / "answers" / "log.md").write_text(ANSWERS)
    (repository / "README.md").write_text("Hello\n")
    git(repository, "add", ".")
    git(repository, "commit", "-q", "-m", "Write the log")
    course = ("--course", str(pack), "--sandbox", "local")
    formats = ("html", "json", "junit", "markdown", "github")
    single = grader("check", str(repository), *course, "--format", ",".join(formats), "--out", "out")
    whole = grader("grade", str(repository), *course, "--trust-submissions", "--out", "class")
    again = grader("report", "out/result.json", "--course", str(pack), "--out", "again")
    assert (single.returncode, whole.returncode, again.returncode) == (1, 0, 0), single.stderr
    said = [grader("modules", "--course", str(pack)), grader("start", "--help")]
    texts = {
        path.relative_to(tmp_path).as_posix(): path.read_text(errors="replace")
        for folder in ("out", "class", "again")
        for path in (tmp_path / folder).rglob("[!.]*.*")
    }
    assert {Path(name).name for name in texts} == {
        *("report.html", "result.json", "junit.xml", "summary.md", "annotations.txt"),
        *("index.html", "grades.csv", "summary.json", "journal.sqlite"),
    }
    for done in (single, whole, again, *said):
        texts[" ".join(map(str, done.args[3:5]))] = done.stdout + done.stderr
    wanted = course_words()
    found = {
        name: wanted.findall(without_drawings(text).replace(str(tmp_path), ""))
        for name, text in texts.items()
    }
    assert {name: words for name, words in found.items() if words} == {}
    pages = "".join(text for name, text in texts.items() if name.endswith(".html"))
    assert [name for name in _names_of_its_own() if f">{name}<" in pages] == []


def _names_of_its_own() -> set[str]:
    """Return what figures are called in the bundled course alone."""
    theirs, ours = load_overview(REPORTS), load_overview(Path("no such folder"))
    names = {name for column in theirs.column for name in (column.heading, column.label) if name}
    return names - {column.heading for column in ours.column}


@pytest.mark.parametrize("name", ["X1", "x1", "x01", "1", "W1", "w01"])
def test_modules_are_named_as_in_any_course(pack: Path, name: str) -> None:
    assert [module.id for module in load_course(pack).select([name])] == ["X1"]


def test_an_unknown_name_is_named_in_the_letters_of_the_course(pack: Path) -> None:
    course = load_course(pack)
    with pytest.raises(UsageError, match="Unknown module X9"):
        course.select(["9"])
    with pytest.raises(UsageError, match="no session 'W9'"):
        course.select(["w9"])


def test_an_author_runs_one_check(pack: Path) -> None:
    found = run_check(pack / "checks" / "x01_first", "greets", {"README.md": "Hello"})
    assert (found.id, found.verdict) == ("X1.greets", "passed")
