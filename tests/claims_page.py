"""The part of `docs/claims.md` that follows from the course pack: every box, and the checks that decide it.

`python -m tests.claims_page` writes it anew. What people wrote under a box stays; the tests say where something is missing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import groupby

from grader.course.pack import Course, load_course
from grader.exam.checklist.course_boxes import ChecklistBox, load_checklist
from tests.places import DOCS

PAGE = DOCS / "claims.md"

_BEGIN, _END = "<!-- boxes: python -m tests.claims_page -->", "<!-- end of boxes -->"
_BOX = re.compile(
    r"^<!-- box (?P<id>[\w-]+) -->$(?P<facts>.*?)^<!-- end -->$(?P<prose>.*?)(?=^#|^<!-- |\Z)", re.M | re.S
)
_DECIDABLE = {
    "repo": "Files and history settle it.",
    "partly": "What would decide it may lie outside of the repository.",
    "no": "Only people can tell.",
}


def prose(page: str) -> dict[str, str]:
    """What people wrote about each box of a page."""
    return {match["id"]: match["prose"].strip() for match in _BOX.finditer(page)}


def renew(page: str, boxes: Sequence[ChecklistBox], course: Course) -> str:
    """The page with its list of boxes as the course has them, and the prose that it had."""
    before, rest = page.split(_BEGIN)
    after = rest.split(_END)[1]
    written = prose(rest)
    named: dict[str, list[tuple[str, str]]] = {}
    for module in course.modules:
        for check in module.checks:
            for box in check.spec.boxes:
                named.setdefault(box, []).append((check.id, check.spec.title))
    sections = [
        "\n\n".join([f"### {name}", *(_block(box, named, written) for box in members)])
        for name, members in groupby(boxes, key=lambda box: box.section)
    ]
    return "\n\n".join([before + _BEGIN, *sections, _END + after])


def _block(
    box: ChecklistBox, named: Mapping[str, Sequence[tuple[str, str]]], written: Mapping[str, str]
) -> str:
    checks = [f"- `{name}`: {title}" for name, title in named.get(box.id, [])]
    facts = [f"#### {box.id}: {box.label}", f"<!-- box {box.id} -->", _DECIDABLE[box.decidable]]
    lines = [facts[0], "\n".join([*facts[1:], *([""] if checks else []), *checks, "<!-- end -->"])]
    return "\n\n".join([*lines, *([written[box.id]] if written.get(box.id) else [])])


def renewed() -> str:
    """The page as it should be."""
    course = load_course()
    return renew(PAGE.read_text(encoding="utf-8"), load_checklist(course.reports), course)


if __name__ == "__main__":
    PAGE.write_text(renewed(), encoding="utf-8")
