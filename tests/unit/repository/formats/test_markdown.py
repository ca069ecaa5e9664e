"""The blocks of a Markdown text, and that all who read reports see the same ones."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.exam.checklist.ticks import box_lines
from grader.exam.claims.command_lines.quoted_commands import typed
from grader.exam.claims.language.sentences import sentences
from grader.repository.formats.markdown import MAX_LINES, read_blocks
from grader.repository.formats.prose import words_rendered
from tests.exam_sample import CURRENT, all_answers, question, read, report


def blocks(text: str) -> list[tuple[str, int, int]]:
    return [(block.kind, block.first, block.end) for block in read_blocks(text.split("\n"))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("# a\nb\nc\n\n---", [("heading", 0, 1), ("paragraph", 1, 3), ("rule", 4, 5)]),
        ("a\n```\nb\n```\nc", [("paragraph", 0, 1), ("fence", 1, 4), ("paragraph", 4, 5)]),
        ("~~~\na\n```\n~~~~\nb", [("fence", 0, 4), ("paragraph", 4, 5)]),
        ("````\n```\na\n```\n````", [("fence", 0, 5)]),
        ("```a`b\nc", [("paragraph", 0, 2)]),
        ("```\na", [("fence", 0, 2)]),
        ("> ```\n> a\n\nb", [("fence", 0, 2), ("paragraph", 3, 4)]),
        ("- a\n  ```\n  b\n\nc", [("paragraph", 0, 1), ("fence", 1, 4), ("paragraph", 4, 5)]),
        ("    a", [("code", 0, 1)]),
        ("|a|\n|-|\n|b|", [("table", 0, 3)]),
        ("<!-- a\n\nb -->\nc", [("comment", 0, 3), ("paragraph", 3, 4)]),
        ("<!-- a\n```\nb\n```", [("paragraph", 0, 1), ("fence", 1, 4)]),
        ("<details>\na\n\nb", [("html", 0, 2), ("paragraph", 3, 4)]),
        ("-\n[a]: b", [("paragraph", 0, 1), ("paragraph", 1, 2)]),
        (f"{'- ' * 40}a\n\n```\nb\n```", [("paragraph", 0, 1), ("fence", 2, 5)]),
        (f"{'> ' * 40}a\n\n```\nb\n```", [("paragraph", 0, 1), ("fence", 2, 5)]),
        ("\n" * MAX_LINES + "```", [("unread", MAX_LINES, MAX_LINES + 1)]),
    ],
)
def test_blocks_and_their_lines(text: str, expected: list[tuple[str, int, int]]) -> None:
    assert blocks(text) == expected


def test_a_fence_knows_its_text_its_language_and_whether_it_ends() -> None:
    closed, opened = read_blocks(["> ~~~ sh", "> ls", "> ~~~", "", "```", "cd"])
    assert (closed.text, closed.info, closed.closed) == ("ls\n", "sh", True)
    assert (opened.text, opened.info, opened.closed) == ("cd\n", "", False)


PIECES = st.sampled_from(
    ["> ", "- ", "1. ", "    ", "```", "~~~", "<!--", "-->", "<div>", "<pre>", "|", "|-|", "a", "\n", "\n\n", "# ",
     "---", "===", "\t", "`", "<?", "<![CDATA[", "\0", "\x0b", "\u2028", "\r", "[b]: c"]
)  # fmt: skip


@given(st.one_of(st.text(), st.lists(PIECES, max_size=60).map("".join)))
def test_every_line_that_is_not_blank_is_in_one_block(text: str) -> None:
    lines = text.split("\n")
    found = [line for block in read_blocks(lines) for line in range(block.first, block.end)]
    assert sorted(set(found)) == found
    assert {index for index, line in enumerate(lines) if line.strip()} <= set(found) <= set(range(len(lines)))


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="needs RLIMIT_CPU")
@pytest.mark.parametrize(
    "piece",
    ["- a\n> b\n", "> " * 19 + "a\n\n", "> - a\n", "|a|b|\n|-|-|\n", "```\n~~~\n", "<!--\n", "<pre>\n", "- ", "> ", "`", "|", "[a]: b\n", "[", " "],
)  # fmt: skip
def test_the_largest_report_is_read_in_linear_time(piece: str) -> None:
    """Two seconds on a slow machine; what is quadratic takes hours."""
    program = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_CPU, (30, 30));"
        "from grader.repository.formats.markdown import read_blocks;"
        "piece = sys.argv[1]; deep = '> ' * 15 + 'a\\n';"
        "texts = [deep * first + piece * (2 * 2**20 // len(piece)) for first in (0, 1)];"
        "print(sum(len(read_blocks(text.split('\\n'))) for text in texts))"
    )
    done = subprocess.run([sys.executable, "-c", program, piece], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.returncode}: {done.stderr[-500:]}"


# ---- all readers agree

FENCED = {
    "plain": "```\n{}\n```",
    "longer": "````\n```\n{}\n```\n````",
    "other marks inside": "~~~\n```\n{}\n~~~",
    "marks with text inside": "```\n```sh\n{}\n```",
    "in a quote": "> ```\n> {}\n> ```",
    "in a list": "- ```\n  {}\n  ```",
    "deep in a list": "1. - ```sh\n     {}\n     ```",
    "ends with its list": "- ```\n  {}",
    "ends with its quote": "> ```\n> {}",
}


@pytest.mark.parametrize("name", FENCED)
def test_what_one_reader_takes_for_code_is_code_to_all(name: str) -> None:
    def fenced(inside: str) -> str:
        return f"We ran it.\n\n{FENCED[name].format(inside)}\n\nIt was good."

    assert words_rendered(fenced("uv run src/train.py")) == 6
    assert [one.text for one in sentences(fenced("uv run src/train.py")) if not one.code] == [
        "We ran it.",
        "It was good.",
    ]
    assert [each.words for each in typed(fenced("uv run src/train.py"))] == [("src/train.py",)]
    box = "* [x] Create a git repository (M5)"
    assert [each.text for each in box_lines(f"{box} for us\n\n{fenced(box)}".split("\n"))] == [
        "Create a git repository (M5) for us"
    ]
    answers = all_answers() | {4: fenced("### Question 5")}
    parsed = read(report(answers))
    assert {each.number: each.answer for each in parsed.questions} == answers
    assert parsed.problems == ()


def test_boxes_in_code_or_comments_count_where_there_are_no_others() -> None:
    box = "* [x] Create a git repository (M5)"
    assert len(box_lines(["```", box])) == len(box_lines(["<!--", box, "-->"])) == 1
    assert box_lines(["```", box, "```", box.replace("x", " ")])[0].ticked is False


@pytest.mark.parametrize(
    "heading", ["**Question {}**", "<h3>Question {}</h3>", "Q{}\n---", "### Question {}"]
)
@pytest.mark.parametrize(
    "answer", ["### Question 3\n\nas told there", "### Question 3\n```\n", "# Question 3\n~~~"]
)
def test_a_heading_without_the_prompt_takes_no_questions_place(heading: str, answer: str) -> None:
    parsed = read(report({2: answer, 3: "Ours."}, CURRENT, heading=heading))
    assert (question(parsed, 2).answer, question(parsed, 3).answer) == (answer.strip(), "Ours.")
