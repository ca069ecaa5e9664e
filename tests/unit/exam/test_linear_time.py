"""The longest text that is read takes no more than linear time, whatever shape a group or an attacker gives it."""

from __future__ import annotations

from math import isqrt

import pytest

from grader.exam import MAX_REPORT_BYTES, claimed, read_report
from grader.exam.checklist.boxes import Checklist
from tests.cpu import ends_within
from tests.exam_sample import BOXES, EDITIONS, report

pytestmark = pytest.mark.slow

SIZE = MAX_REPORT_BYTES
#: Ten times what the slowest shape takes.
CPU_S = 170
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
    "longer and longer fences": "\n".join("`" * (3 + i) for i in range(isqrt(2 * SIZE) - 5)),
    "headings": "### Question 7\n" * (SIZE // 15),
    "bold headings": "**Question 7**\n" * (SIZE // 15),
    "underlined headings": "Question 7\n---\n" * (SIZE // 15),
    "headings in tags": "<h3>Question 7</h3>\n" * (SIZE // 20),
    "quoted headings": "### Question 7\n> a\n" * (SIZE // 19),
    "headings in fences": "```\n### Question 7\n> Answer:\n" * (SIZE // 29),
    "marks": "Answer: " * (SIZE // 8),
    "quotes": "> " * (SIZE // 2),
    "quote lines": ">\n" * (SIZE // 2),
    "deeper and deeper quotes": "\n".join(">" * i for i in range(isqrt(2 * SIZE) - 5)),
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


def read_twice(text: str) -> None:
    """Read a text as an answer and by itself."""
    read_report(report({4: text}), EDITIONS)
    parsed = read_report(text, EDITIONS)
    claimed(parsed.boxes, [Checklist("a.md", parsed.boxes)], BOXES)


@pytest.mark.parametrize("name", NASTY)
def test_the_longest_nasty_text_takes_linear_time(name: str) -> None:
    ends_within(CPU_S, lambda: read_twice(NASTY[name]))
