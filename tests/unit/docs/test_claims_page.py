"""`docs/claims.md` is true: every box with the checks that decide it, every kind of claim, and nothing else."""

import re
from typing import get_args

from grader.course.pack import load_course
from grader.exam.checklist.course_boxes import load_checklist
from grader.results import ClaimKind
from tests.claims_page import PAGE, prose, renew, renewed

TEXT = PAGE.read_text(encoding="utf-8")


def test_the_page_is_as_the_course_has_it() -> None:
    assert renewed() == TEXT, (
        "boxes or checks have changed: run `python -m tests.claims_page`, then write what is missing"
    )


def test_every_box_is_on_the_page_and_no_other() -> None:
    boxes = {box.id for box in load_checklist(load_course().reports)}
    assert set(re.findall(r"^<!-- box (\S+) -->$", TEXT, re.M)) == boxes
    assert set(prose(TEXT)) == boxes


def test_every_check_that_names_a_box_is_on_the_page_and_no_other() -> None:
    course = load_course()
    named = {check.id for module in course.modules for check in module.checks if check.spec.boxes}
    assert set(re.findall(r"^- `(M\d+\.\w+)`: ", TEXT, re.M)) == named


def test_each_box_says_when_it_is_left_open() -> None:
    silent = [name for name, text in prose(TEXT).items() if "Left open" not in text]
    assert silent == []


def test_a_box_that_the_repository_can_settle_says_what_bears_it_out() -> None:
    decided = [box.id for box in load_checklist(load_course().reports) if box.decidable != "no"]
    written = prose(TEXT)
    assert [name for name in decided if len(written[name].partition("Left open")[0]) < 40] == []


def test_every_kind_of_claim_is_explained_and_no_other() -> None:
    kinds = dict(re.findall(r"^### `(\w+)`: [^\n]+\n(.*?)(?=^##|\Z)", TEXT, re.M | re.S))
    assert set(kinds) == set(get_args(ClaimKind))
    for kind, text in kinds.items():
        for word in ("borne out", "contradicted", "open"):
            assert word in text.lower(), (kind, word)


def test_what_people_wrote_outlives_a_change_of_the_course() -> None:
    course = load_course()
    boxes = load_checklist(course.reports)
    renamed = [boxes[0].model_copy(update={"label": "Another label"}), *boxes[2:]]
    page = renew(TEXT, renamed, course)
    assert "#### w1-01: Another label" in page
    assert prose(page) == {name: text for name, text in prose(TEXT).items() if name != boxes[1].id}
    assert renew(page, renamed, course) == page
