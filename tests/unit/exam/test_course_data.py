"""The course's editions and checklist, and how a report is found among a repository's files."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from grader.errors import CourseError
from grader.exam import (
    MAX_REPORT_BYTES,
    find_checklists,
    find_report,
    find_reports,
    load_checklist,
    load_editions,
    load_report,
)
from tests.exam_sample import BOXES, EDITIONS
from tests.places import REPORTS


def test_the_shipped_editions() -> None:
    editions = load_editions(REPORTS)
    assert [edition.id[:2] for edition in editions] == ["E7", "E6", "E5", "E4", "E3", "E2", "E1"]
    assert [len(edition.questions) for edition in editions] == [31, 31, 31, 31, 27, 27, 27]
    assert [edition.boxes for edition in editions] == [53, 52, 52, 52, 36, 36, 0]
    for edition in editions:
        numbers = [question.number for question in edition.questions]
        assert numbers == list(range(1, len(numbers) + 1))
        assert all(question.prompt and question.topic for question in edition.questions)
    assert len(load_checklist(REPORTS)) == 53


def test_questions_and_boxes_name_each_other() -> None:
    questions = {question.number: question for question in load_editions(REPORTS)[0].questions}
    boxes = {box.id: box for box in load_checklist(REPORTS)}
    for question in questions.values():
        assert set(question.boxes) <= set(boxes)
    for box in boxes.values():
        assert all(box.id in questions[number].boxes for number in box.questions)


def test_older_numbers_lead_to_todays_questions() -> None:
    current, *older = load_editions(REPORTS)
    for edition in older:
        for question in edition.questions:
            today = current.question(question.current_number)
            assert today is not None
            assert (question.modules, question.boxes) == (today.modules, today.boxes)


def test_an_extension_overrides_and_can_undo_a_rule() -> None:
    editions = {edition.id: edition for edition in load_editions(REPORTS)}
    ranges = {name: edition.question(7) for name, edition in editions.items()}
    assert ranges["E1-2023a"] is not None
    assert ranges["E1-2023a"].word_range is None
    assert ranges["E2-2023b-2024"] is not None
    assert ranges["E2-2023b-2024"].word_range == (50, 100)


def test_a_course_without_a_report_has_no_editions(tmp_path: Path) -> None:
    assert load_editions(tmp_path) == []
    assert load_checklist(tmp_path) == []


EDITION = """
id = "A"
since = 2030-01-01
sections = ["One"]
[[question]]
number = 1
section = "One"
topic = "it"
"""


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("id = ", "TOML"),
        ("id = 'A'\nsince = 2030-01-01", "questions"),
        (EDITION.replace("2030-01-01", "'soon'"), "since"),
        (EDITION + "word_rnage = [1, 2]", "word_rnage"),
        (EDITION + "word_range = [200, 100]", "200"),
        (EDITION + "word_range = [1]", "word_range"),
        (EDITION.replace('section = "One"', 'section = "Two"'), "Two"),
        (EDITION + EDITION[EDITION.index("[[") :], "ascending"),
        (EDITION.replace("[[question]]", "[question]"), "[[question]]"),
        ('extends = "gone"\n' + EDITION, "gone"),
        ('extends = "broken"\n' + EDITION, "extends another"),
    ],
)
def test_a_malformed_edition_names_file_and_reason(tmp_path: Path, text: str, reason: str) -> None:
    (tmp_path / "exam").mkdir()
    (tmp_path / "exam" / "broken.toml").write_text(text, encoding="utf-8")
    with pytest.raises(CourseError) as caught:
        load_editions(tmp_path)
    assert "broken.toml" in str(caught.value)
    assert reason in str(caught.value)


def test_two_editions_with_one_id_are_refused(tmp_path: Path) -> None:
    (tmp_path / "exam").mkdir()
    for name in ("a.toml", "b.toml"):
        (tmp_path / "exam" / name).write_text(EDITION, encoding="utf-8")
    with pytest.raises(CourseError, match="'A'"):
        load_editions(tmp_path)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[[box]]\nid = 'a'", "label"),
        ("[[box]]\nid = 'a'\nlabel = 'b'\n" * 2, "two boxes"),
        ("box = 3", "[[box]]"),
        ("[[box]]\nid = 'a'\nlabel = 'b'\ndecidable = 'perhaps'", "decidable"),
        ("\x00", "TOML"),
    ],
)
def test_a_malformed_checklist_names_file_and_reason(tmp_path: Path, text: str, reason: str) -> None:
    (tmp_path / "checklist.toml").write_text(text, encoding="utf-8")
    with pytest.raises(CourseError) as caught:
        load_checklist(tmp_path)
    assert "checklist.toml" in str(caught.value)
    assert reason in str(caught.value)


# ---- finding the file

QUESTIONS = "\n\n".join(f"### Question {number}\n\n> Answer:\n\nyes" for number in range(1, 32))

UNFILLED = "\n\n".join(
    f"### Question {number}\n\n> Answer:\n\n--- question {number} fill here ---" for number in range(1, 32)
)
ON_THE_LINE = UNFILLED.replace("> Answer:", "> Answer: yes")


def repository(root: Path, files: dict[str, str]) -> list[str]:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return list(files)


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({"reports/README.md": QUESTIONS, "README.md": "# Hello"}, "reports/README.md"),
        ({"Reports/readme.MD": QUESTIONS, "README.md": "# Hello"}, "Reports/readme.MD"),
        ({"reports/readme.md": QUESTIONS, "reports/README.md": QUESTIONS}, "reports/README.md"),
        (
            {"project/reports/README.md": QUESTIONS, "a/b/reports/README.md": QUESTIONS},
            "project/reports/README.md",
        ),
        ({"project/report/README.md": QUESTIONS}, "project/report/README.md"),
        ({"reports/README.md": QUESTIONS, "a/reports/README.md": QUESTIONS}, "reports/README.md"),
        ({"reports/reports.md": QUESTIONS, "README.md": "# Hello"}, "reports/reports.md"),
        ({"reports/README.md": "Here be figures.", "reports/exam.md": QUESTIONS}, "reports/exam.md"),
        ({"reports/README.md": "Here be figures.", "README.md": "# Hello"}, "reports/README.md"),
        ({"README.md": "# Hello", "docs/faq.md": "### Question 1\n\n### Question 2"}, None),
        ({"notes.txt": QUESTIONS}, None),
        ({"reports/README.md": UNFILLED, "reports/final.md": QUESTIONS}, "reports/final.md"),
        ({"reports/README.md": UNFILLED, "reports/final.md": UNFILLED}, "reports/README.md"),
        ({"reports/README.md": ON_THE_LINE, "old.md": QUESTIONS}, "reports/README.md"),
        ({"a/reports/README.md": UNFILLED, "b/reports/README.md": QUESTIONS}, "b/reports/README.md"),
        ({".github/agents/report.md": QUESTIONS, "README.md": "# Hello"}, None),
        ({"node_modules/a/report.md": QUESTIONS, "docs/exam.md": QUESTIONS}, "docs/exam.md"),
        (
            {**{f"docs/{index}.md": "" for index in range(300)}, "z/exam_report.md": QUESTIONS},
            "z/exam_report.md",
        ),
        ({"reports/report.qmd": QUESTIONS}, "reports/report.qmd"),
        ({"reports/README.md": QUESTIONS.replace("### Question", "## Spørgsmål")}, "reports/README.md"),
        ({"docs/hidden.md": f"<!--\n{QUESTIONS}\n-->"}, None),
        ({"docs/how.md": "```\n" + QUESTIONS + "\n```"}, None),
        ({}, None),
    ],
)
def test_where_a_report_is_found(tmp_path: Path, files: dict[str, str], found: str | None) -> None:
    assert find_report(tmp_path, repository(tmp_path, files), EDITIONS) == found


def test_symlinks_pipes_folders_and_ways_out_are_passed_over(tmp_path: Path) -> None:
    root = tmp_path / "root"
    (root / "link").mkdir(parents=True)
    (tmp_path / "secret.md").write_text(QUESTIONS, encoding="utf-8")
    (tmp_path / "away" / "reports").mkdir(parents=True)
    (tmp_path / "away" / "reports" / "README.md").write_text(QUESTIONS, encoding="utf-8")
    (root / "reports").mkdir()
    (root / "reports" / "README.md").symlink_to(tmp_path / "secret.md")
    (root / "far").symlink_to(tmp_path / "away")
    (root / "folder.md").mkdir()
    os.mkfifo(root / "pipe.md")
    paths = ["reports/README.md", "far/reports/README.md", "folder.md", "pipe.md", "../secret.md", "gone.md"]
    paths += [str(tmp_path / "secret.md"), "a\0b.md", "", "\ud800.md"]
    assert find_report(root, paths, EDITIONS) is None
    for path in paths:
        with pytest.raises(FileNotFoundError):
            load_report(root, path)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("æ".encode(), "æ"),
        ("\ufeffæ".encode(), "æ"),
        ("æ – é".encode("cp1252"), "æ – é"),
        ("æ".encode("utf-16"), "æ"),
        (b"\x81\xff", "\ufffdÿ"),
        (b"", ""),
    ],
)
def test_encodings(tmp_path: Path, data: bytes, text: str) -> None:
    (tmp_path / "README.md").write_bytes(data)
    assert load_report(tmp_path, "README.md") == text


def test_a_huge_report_is_read_up_to_the_limit(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_bytes(b"a" + "æ".encode() * MAX_REPORT_BYTES)
    text = load_report(tmp_path, "README.md")
    assert set(text) == {"a", "æ"}
    assert len(text.encode()) == MAX_REPORT_BYTES - 1


def test_all_reports_are_named_the_one_to_read_first(tmp_path: Path) -> None:
    paths = repository(
        tmp_path, {"reports/README.md": QUESTIONS, "old/report.md": QUESTIONS, "README.md": ""}
    )
    assert find_reports(tmp_path, paths, EDITIONS) == ["reports/README.md", "old/report.md"]
    assert find_reports(tmp_path, ["README.md"], EDITIONS) == []


def test_lists_of_boxes_are_found_outside_the_report_and_hidden_folders(tmp_path: Path) -> None:
    boxes = "\n".join(f"* [x] Thing {index} to do" for index in range(12))
    files = dict.fromkeys(("reports/README.md", "README.md", "docs/plan.md", ".github/agents/a.md"), boxes)
    paths = repository(tmp_path, {**files, "few.md": "* [x] One or two", "a.txt": boxes})
    found = find_checklists(tmp_path, paths, "reports/README.md", BOXES)
    assert [(each.path, len(each.boxes)) for each in found] == [("README.md", 12), ("docs/plan.md", 12)]
