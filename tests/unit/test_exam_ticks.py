"""The checklist: which line is which box, and whether it is ticked."""

from __future__ import annotations

import pytest

from grader.exam import match_boxes
from tests.exam_sample import BOXES, checklist, read, report


def ticks(text: str) -> dict[str, bool]:
    return match_boxes(read(text).boxes, BOXES)


@pytest.mark.parametrize("bullet", ["*", "-", "+", ""])
@pytest.mark.parametrize("count", [52, 53])
def test_boxes_are_matched_by_their_text(bullet: str, count: int) -> None:
    claimed = {"w1-01", "w1-07", "w2-05", "w3-09", "x-06"}
    found = ticks(report(boxes=checklist(count, bullet, lambda name: "[x]" if name in claimed else "[ ]")))
    assert len(found) == count
    assert {name for name, ticked in found.items() if ticked} == claimed
    assert ("w3-02" in found) is (count == 53)


@pytest.mark.parametrize(
    ("line", "ticked"),
    [
        ("* [x] {}", True),
        ("- [X] {}", True),
        ("* [✅] {}", True),
        ("- ✅ {}", True),
        ("* [ x ] {}", True),
        ("* [x]{}", True),
        ("* Anna [x] {}", True),
        ("* [x] {} Anna and Bo", True),
        ("* [ ] {}", False),
        ("* [] {}", False),
        ("* [50%] {}", False),
        ("* [❌] {}", False),
        ("- ❌ {}", False),
    ],
)
def test_marks_as_students_write_them(line: str, ticked: bool) -> None:
    label = "Add pre-commit hooks to your version control setup (M18)"
    others = checklist(53).replace(f"* [ ] {label}", line.format(label))
    assert ticks(report(boxes=others))["w2-07"] is ticked


def test_a_box_over_two_lines_with_a_slip_of_the_pen_is_still_that_box() -> None:
    box = "* [x] Remember to either fill out the `requirements.txt` files or keeping your\n"
    box += "    `pyproject.toml`/`uv.lock` up-to-date with whatever depencies that you are useing (M2+M6)\n"
    found = match_boxes(
        read(report(boxes=box + checklist(53).replace("* [ ] Remember to either", "gone"))).boxes, BOXES
    )
    assert found["w1-07"] is True


def test_boxes_that_are_not_in_the_list_are_unknown() -> None:
    found = ticks(report(boxes="* [x] Buy milk\n* [x] Create a git repository (M5)\n" * 6))
    assert found == {"w1-01": True}


def test_the_order_of_the_boxes_does_not_matter() -> None:
    rows = checklist(53, mark=lambda name: "[x]" if name.startswith("w2") else "[ ]").split("\n")
    found = ticks(report(boxes="\n".join(reversed(rows))))
    assert {name for name, ticked in found.items() if ticked} == {
        box.id for box in BOXES if box.id.startswith("w2")
    }


def test_every_older_wording_finds_its_box() -> None:
    for box in BOXES:
        for label in (box.label, *box.also):
            assert match_boxes(read(f"* [x] {label}\n\n### Question 1\n\n1").boxes, BOXES) == {box.id: True}


def test_a_retired_box_is_none_of_todays() -> None:
    assert ticks("* [x] If applicable, consider deploying the model locally using torchserve\n") == {}


def test_a_checklist_below_the_questions_is_read() -> None:
    text = report(boxes="") + "\n" + checklist(53, mark=lambda _: "[x]")
    assert set(ticks(text).values()) == {True}


def test_task_lists_in_answers_are_no_boxes() -> None:
    found = ticks(report({5: "* [x] Create a git repository (M5)"}))
    assert found["w1-01"] is False
