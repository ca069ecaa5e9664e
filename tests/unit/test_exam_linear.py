"""No text takes more than linear time, whatever shape a group or an attacker gives it."""

from __future__ import annotations

import time

import pytest

from grader.exam import claimed, read_report
from grader.exam.checklist import Checklist
from tests.exam_sample import BOXES, EDITIONS, read, report

SIZE = 200_000
NASTY = {
    "dashes": "-" * SIZE,
    "em dashes": "— " * (SIZE // 2),
    "images": "![" * (SIZE // 2),
    "open images": "![a](" * (SIZE // 5),
    "named images": "![a][b" * (SIZE // 6),
    "definitions": "[b]: c\n" * (SIZE // 7),
    "links": "](" * (SIZE // 2),
    "backticks": "".join("`" * (i % 50) + " " for i in range(SIZE // 26)),
    "tags": "<a" * (SIZE // 2),
    "comments": "<!--" * (SIZE // 4),
    "comment lines": "<!--\n" * (SIZE // 5),
    "comments about questions": "<!--\n### Question 7\n> a\n-->\n" * (SIZE // 27),
    "closed comments": "<!-- a -->" * (SIZE // 10),
    "img": "<img " * (SIZE // 5),
    "fences": "```\n" * (SIZE // 4),
    "longer and longer fences": "\n".join("`" * (3 + i) for i in range(600)),
    "headings": "### Question 7\n" * (SIZE // 15),
    "bold headings": "**Question 7**\n" * (SIZE // 15),
    "underlined headings": "Question 7\n---\n" * (SIZE // 15),
    "headings in tags": "<h3>Question 7</h3>\n" * (SIZE // 20),
    "quoted headings": "### Question 7\n> a\n" * (SIZE // 19),
    "headings in fences": "```\n### Question 7\n> Answer:\n" * (SIZE // 29),
    "marks": "Answer: " * (SIZE // 8),
    "quotes": "> " * (SIZE // 2),
    "quote lines": ">\n" * (SIZE // 2),
    "deeper and deeper quotes": "\n".join(">" * i for i in range(620)),
    "sections": "## Deployment\n>\n" * (SIZE // 16),
    "boxes": "* [x] Create a git repository for every one of your models and all of your data\n"
    * (SIZE // 80),
    "boxes in other words": "* [x] one of a kind of thing\n" * (SIZE // 29),
    "empty boxes": "* [ ]\n" * (SIZE // 6),
    "open boxes": "* [ " * (SIZE // 4),
    "numbers": "1. " * (SIZE // 3),
    "ticks": "✅" * SIZE,
    "ticks at the end": "* a b c ✅\n" * (SIZE // 10),
    "bars": "|" * SIZE,
    "stars": "*" * SIZE,
    "underscores": "_ " * (SIZE // 2),
    "spaces": " " * SIZE,
    "tabs": "\t" * SIZE,
    "hidden": "<p hidden>" * (SIZE // 10),
    "one word": "a" * SIZE,
    "repeats": "ab " * (SIZE // 3),
    "placeholders": "--- question 4 fill " * (SIZE // 20),
    "entities": "&#x" * (SIZE // 3),
    "urls": "https://" * (SIZE // 8),
    "pictures": "/.png" * (SIZE // 5),
    "hashes": "#" * SIZE,
    "brackets": "[" * SIZE,
    "closing brackets": "]" * SIZE,
    "blank letters": "\u200b " * (SIZE // 2),
}  # fmt: skip


def cpu_seconds(text: str) -> float:
    """CPU time for reading a text by itself and as an answer; a busy machine does not count, a tracer does."""
    started = time.process_time()
    read_report(report({4: text}), EDITIONS)
    parsed = read_report(text, EDITIONS)
    claimed(parsed.boxes, [Checklist("a.md", parsed.boxes)], BOXES)
    return time.process_time() - started


@pytest.mark.parametrize("name", NASTY)
def test_nasty_text_takes_linear_time(name: str) -> None:
    text = NASTY[name]
    read(report())
    quarter, whole = cpu_seconds(text[: len(text) // 4]), cpu_seconds(text)
    # Linear is 4; a pattern that backtracks is 16 and more. The floor is for what takes no time at all.
    assert whole < 9 * max(quarter, 0.05), "four times the text takes far more than four times as long"
