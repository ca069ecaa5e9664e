"""Any text at all: a report gives back the answers, numbers and ticks that it was made of; nothing makes it raise."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from grader.exam import (
    Edition,
    ParsedReport,
    claimed,
    find_checklists,
    find_reports,
    load_report,
    match_boxes,
)
from grader.exam.checklist.boxes import Checklist
from tests.exam_sample import BOXES, EDITIONS, checklist, read, report

# ---- answers of any text come back

#: What Markdown is made of, and what a template is made of.
PIECES = st.sampled_from(
    ["### Question 3", "# Question 99", "**Question 4**", "Question 5\n==", "## Deployment", "### Tests",
     "# Big", "> a quote", ">", "> > deep", "Answer: no", "> Answer:", "> Example:", "> *We used ...*",
     "> Recommended answer length: 100-200 words.", "```", "```python", "~~~", "`code`", "``", "    indented",
     "---", "***", "===", "- item", "* [x] Create a git repository (M5)", "1. one", "| a | b |\n|---|---|",
     "![a](figures/a.png)", "![a][b]", "[b]: figures/b.png", "<img src='a.png'>", "<details>", "</details>",
     "<!-- a comment -->", "-->", "a --> b", "$x_1^2$", "\\", "&amp;", "\0", "\x0b", "\u2028", "\u200b", "\x85",
     "ø", "\U0001f600", "question 3 fill", "--- question", "S000000", "<<<<<<< HEAD", "=======", ">>>>>>> main"]
)  # fmt: skip
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), max_size=30)
ANSWERS = st.lists(
    st.tuples(st.one_of(PIECES, PIECES, TEXTS), st.sampled_from(["\n", "\n\n", " "])), max_size=12
).map(lambda parts: "".join(text + gap for text, gap in parts))

EDGES = re.compile(r"\A(?:\s|-{3,})+|(?:\s|-{3,})+\Z")
HEADING = re.compile(r"^[ \t]{0,3}#{1,6}[ \t]*\**[ \t]*question[ \t:#]*\d{1,2}\b", re.I)
FENCE = re.compile(r"^[ \t]*(`{3,}|~{3,})")
MARK = re.compile(r"[ \t>]*#{0,6}[ \t]*[*_]{0,3}answer[*_]{0,3}[ \t]*(:|$)", re.I | re.M)


def as_read(answer: str) -> str:
    """What a report can give back of an answer: all but blanks and runs of three dashes at its ends.

    The template's placeholder stands between such dashes, and groups leave them around their text.
    """
    return EDGES.sub("", answer)


def looks_like_template(answer: str) -> bool:
    """Whether a person could not tell the answer from the template either. It then

    - starts with the mark `Answer:`, which groups repeat below the prompt;
    - holds a placeholder, which is an answer that nobody gave;
    - holds a heading of a question with a quote below it, as each question of the template begins;
    - has a last line that opens an HTML comment right before the next question, which is commented out then.
    """
    text = as_read(answer)
    lines = text.split("\n")
    if MARK.match(text) or re.search(r"question[ \t]*\d{1,2}[ \t]*fill[ \t]*here", answer, re.I):
        return True
    for index, line in enumerate(lines):
        following = [each.lstrip() for each in lines[index + 1 : index + 5] if each.strip(" \t=-")]
        if HEADING.match(line) and (not following or following[0].startswith(">")):
            return True
    return lines[-1].lstrip().startswith("<!--")


def answered(data: st.DataObject, of: Edition, numbers: list[int]) -> dict[int, str]:
    answers = {
        number: data.draw(ANSWERS.filter(lambda text: not looks_like_template(text))) for number in numbers
    }
    return {each.number: answers.get(each.number, "") for each in of.questions}


@pytest.mark.parametrize("of", EDITIONS, ids=lambda each: each.id)
@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(data=st.data())
def test_any_answers_come_back_exactly(of: Edition, data: st.DataObject) -> None:
    numbers = data.draw(st.lists(st.sampled_from([q.number for q in of.questions]), max_size=4, unique=True))
    answers = answered(data, of, numbers)
    come_back(of, answers, data.draw(st.sets(st.sampled_from([box.id for box in BOXES]))))


def come_back(of: Edition, answers: dict[int, str], ticked: set[str]) -> None:
    """Assert that a report of these answers and ticks is read as what it was made of."""
    boxes = checklist(of.boxes, mark=lambda name: "[x]" if name in ticked else "[ ]")
    parsed = read(report(answers, of, boxes=boxes))
    assert parsed.edition == of.id
    assert [(q.number, q.current_number) for q in parsed.questions] == [
        (q.number, q.current_number) for q in of.questions
    ]
    assert {q.number: q.answer for q in parsed.questions} == {n: as_read(text) for n, text in answers.items()}
    assert {q.number: q.words for q in parsed.questions} == {
        n: len(as_read(text).split()) for n, text in answers.items()
    }
    if of.boxes:
        found = match_boxes(parsed.boxes, BOXES)
        assert {name for name, tick in found.items() if tick} == ticked & found.keys()
        assert len(found) >= of.boxes - 1


#: Answers that open what they do not close, behind what reads like the heading of a question further on.
OPEN = {
    "fence": "### Question 3\n```\n",
    "tildes": "### Question 3\n~~~python\nx = 1",
    "long fence": "``````\ncode\n```\n### Question 3\n",
    "fence before": "```\n### Question 3\nand so on",
    "comment": "### Question 3\n<!-- to do\nand more",
    "comment amid": "### Question 3\nWe <!-- did it\n\nso.",
    "comment before": "<!-- x\n### Question 3 and so on\n\na",
    "element": "### Question 3\n<pre>\n\n```\n",
    "every number": "".join(f"### Question {number}\n\n" for number in range(1, 32)) + "```\n",
    "bold": "**Question 3**\n\n```\n",
    "underlined": "Question 3\n---\n~~~~\n",
    "list": "- a\n  - b\n    ```\n### Question 3\n",
    "quote": "> ```\n> code\n\n### Question 3\n",
    "nested too deeply": "- " * 30 + "a\n```\n",
}


@pytest.mark.parametrize("of", EDITIONS, ids=lambda each: each.id)
@pytest.mark.parametrize("name", OPEN)
@pytest.mark.parametrize("numbers", [(2,), (1, 2), (2, 3, 7)], ids=str)
def test_what_an_answer_leaves_open_ends_with_it(of: Edition, name: str, numbers: tuple[int, ...]) -> None:
    answers = {each.number: f"That is {each.number}." for each in of.questions}
    closed = "Here:\n\n```\n### Question 9\n> Answer:\n```\n\n--> so."
    come_back(of, answers | dict.fromkeys(numbers, OPEN[name]) | {20: closed}, set())


@given(
    st.sampled_from(EDITIONS),
    st.text(st.characters(exclude_categories=["C"]), max_size=80),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_encodings_and_line_ends_change_nothing(
    tmp_path_factory: pytest.TempPathFactory, of: Edition, text: str, ending: str, encoding: str
) -> None:
    root = tmp_path_factory.mktemp("report")
    answers = {4: f"æøå {text} it is"}
    (root / "report.md").write_bytes(report(answers, of).replace("\n", ending).encode(encoding))
    assert find_reports(root, ["report.md"], EDITIONS) == ["report.md"]
    parsed = read(load_report(root, "report.md"))
    assert next(q.answer for q in parsed.questions if q.number == 4) == as_read(answers[4])


# ---- no input makes it raise

SOUP = st.one_of(
    PIECES,
    st.sampled_from(["[", "]", "(", "<", "![", "<!--", "|", "`", "*", "[ ] ", "\r", "\ud800"]),
    st.text(max_size=8),
)


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(st.text(), st.lists(SOUP, max_size=60).map("".join)))
@example("\ud800### Question 1\n\ud800")
@example("### Question 4\n\n&#" + "9" * 6000 + ";")
@example("<!--\n### Question 1\n> a\n-->")
@example("* [")
@example("* a]")
def test_no_text_raises_and_what_comes_back_can_be_written(text: str) -> None:
    parsed = read(text)
    claimed(parsed.boxes, [Checklist("a.md", parsed.boxes)], BOXES)
    assert ParsedReport.model_validate_json(parsed.model_dump_json()) == parsed
    assert all(len(each.answer.encode()) <= 20_000 for each in parsed.questions)


@given(
    st.one_of(
        st.binary(),
        st.lists(SOUP, max_size=40).map(lambda parts: "\n".join(parts).encode("utf-16", "replace")),
    )
)
def test_no_bytes_raise(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    root: Path = tmp_path_factory.mktemp("report")
    (root / "reports").mkdir()
    (root / "reports/README.md").write_bytes(data)
    (root / "NOTES.md").write_bytes(data)
    paths = ["reports/README.md", "NOTES.md"]
    assert find_reports(root, paths, EDITIONS)[0] == "reports/README.md"
    read(load_report(root, "reports/README.md"))
    find_checklists(root, paths, "reports/README.md", BOXES)
