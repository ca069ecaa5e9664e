"""The checklist: which line is which box, and whether it is ticked."""

from __future__ import annotations

import pytest

from grader.exam import BoxLine, Checklist, Edition, claimed, match_boxes
from grader.exam.checklist.ticks import box_lines
from tests.exam_sample import BOXES, EDITIONS, all_answers, checklist, edition, read, report


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
        ("* [x ] {}", True),
        ("* [ x] {}", True),
        ("1. [x] {}", True),
        ("1) [x] {}", True),
        ("12. ✅ {}", True),
        ("- [x] {}", True),
        ("-[x] {}", True),
        ("• [x] {}", True),
        ("  - [x] {}", True),
        ("> * [x] {}", True),
        ("* **[x]** {}", True),
        ("* [**x**] {}", True),
        ("* \\[x\\] {}", True),
        ("* [✔️] {}", True),
        ("* ✅ [ ] {}", True),
        ("* [ ] ✅ {}", True),
        ("* [ ] {} ✅", True),
        ("* {} ✅", True),
        ("* {} [x]", True),
        ("* [100%] {}", True),
        ("* [:white_check_mark:] {}", True),
        ("* :white_check_mark: {}", True),
        ("* &#9989; {}", True),
        ("* [AB] {}", True),
        ("* [x AB] {}", True),
        ("* [Anna, Bo] {}", True),
        ("* [x] Anna: {}", True),
        ("* [x] ~~{}~~", True),
        ("* [x] **{}**", True),
        ("| [x] | {} | Anna |", True),
        ("| ✅ | {} |", True),
        ("| {} | ✅ |", True),
        ('* <input type="checkbox" checked> {}', True),
        ("* [ ] {}", False),
        ("* [] {}", False),
        ("* [  ] {}", False),
        ("* [50%] {}", False),
        ("* [50 %] {}", False),
        ("* [-] {}", False),
        ("* [~] {}", False),
        ("* [/] {}", False),
        ("* [?] {}", False),
        ("* [N/A] {}", False),
        ("* [not done] {}", False),
        ("* [WIP] {}", False),
        ("* [❌] {}", False),
        ("* [ ❌ ] {}", False),
        ("- ❌ {}", False),
        ("1. ❌ {}", False),
        ("* [ ] {} ❌", False),
        ("* :x: {}", False),
        ("* ☐ {}", False),
        ("* 🟡 {}", False),
        ('* <input type="checkbox"> {}', False),
    ],
)
def test_marks_as_students_write_them(line: str, ticked: bool) -> None:
    label = "Add pre-commit hooks to your version control setup (M18)"
    others = checklist(53).replace(f"* [ ] {label}", line.format(label))
    found = ticks(report(boxes=others))
    assert found["w2-07"] is ticked
    assert len(found) == 53


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


def test_the_list_of_the_older_templates_has_36_boxes_one_of_them_retired() -> None:
    older = edition("E2-2023b-2024")
    boxes = checklist(36).split("\n")
    boxes.insert(30, "* [x] If applicable, consider deploying the model locally using torchserve")
    parsed = read(report(all_answers(older), older, boxes="\n".join(boxes)))
    assert (parsed.edition, len(parsed.boxes)) == (older.id, 37)
    assert set(match_boxes(parsed.boxes, BOXES).values()) == {False}


@pytest.mark.parametrize("gone", [1, 5, 20])
def test_boxes_that_were_deleted_are_unknown_and_shift_no_other(gone: int) -> None:
    rows = checklist(53, mark=lambda name: "[x]" if name.startswith("w1") else "[ ]").split("\n")
    found = ticks(report(boxes="\n".join(row for index, row in enumerate(rows) if index % 23 != gone)))
    assert {name for name, ticked in found.items() if ticked} == {
        name for name in found if name.startswith("w1")
    }
    assert len(found) == 53 - len(range(gone, 53, 23))


def test_boxes_merged_into_one_line_share_its_tick() -> None:
    one = "* [ ] Add a linting step to your continuous integration (M17)"
    other = "* [ ] Add pre-commit hooks to your version control setup (M18)"
    merged = checklist(53).replace(f"{one}\n{other}", f"{one} {other[6:]}".replace("[ ]", "[x]"))
    found = ticks(report(boxes=merged))
    assert {name for name, ticked in found.items() if ticked} == {"w2-06", "w2-07"}
    assert len(found) == 53


def test_one_box_that_holds_anothers_words_is_that_one_only() -> None:
    """The list of 2024 asks for a sweep within the box on tracking."""
    line = next(label for box in BOXES for label in box.also if "Additionally" in label)
    assert set(ticks(f"* [x] {line}\n")) == {"w1-18"}


@pytest.mark.parametrize(
    ("label", "reworded"),
    [
        ("Add pre-commit hooks to your version control setup (M18)", "Set up pre-commit hooks in git (M18)"),
        (
            "Add pre-commit hooks to your version control setup (M18)",
            "Tilføj pre-commit hooks til versionsstyring",
        ),
        ("Create a git repository (M5)", "Opret et git repository (M5)"),
        ("Uploaded all your code to GitHub", "All code is on GitHub"),
    ],
)
def test_a_box_in_other_words_is_known_by_its_neighbours(label: str, reworded: str) -> None:
    boxes = checklist(53).replace(f"* [ ] {label}", f"* [x] {reworded}")
    found = ticks(report(boxes=boxes))
    assert len(found) == 53
    assert sum(found.values()) == 1


def test_another_text_among_the_boxes_is_none_of_them() -> None:
    label = "Add pre-commit hooks to your version control setup (M18)"
    found = ticks(report(boxes=checklist(53).replace(f"* [ ] {label}", "* [x] Buy milk for everybody")))
    assert len(found) == 52
    assert "w2-07" not in found


def test_details_below_a_box_are_no_boxes_of_their_own() -> None:
    label = "Write unit tests related to the data part of your code (M16)"
    more = f"* [x] {label}\n    - [x] shapes and types\n    - [ ] the loader of all\n    - see tests/"
    found = ticks(report(boxes=checklist(53).replace(f"* [ ] {label}", more)))
    assert found["w2-01"] is True
    assert (len(found), sum(found.values())) == (53, 1)


def test_a_legend_of_the_signs_is_no_box() -> None:
    boxes = checklist(53) + "\n\n❌ = Not needed for us\n\n- [x] = Done\n- ✅ done\n"
    assert len(read(report(boxes=boxes)).boxes) == 53


def test_names_behind_the_boxes_change_nothing() -> None:
    rows = checklist(52, mark=lambda _: "[x]").split("\n")
    names = [" ANNA, BO", " # Anna", " - done by Bo", " (Anna)", " (**partially**)"]
    found = ticks(report(boxes="\n".join(row + names[index % 5] for index, row in enumerate(rows))))
    assert (len(found), sum(found.values())) == (52, 52)


@pytest.mark.parametrize("of", EDITIONS, ids=lambda each: each.id)
def test_signs_in_place_of_the_brackets_leave_the_edition_alone(of: Edition) -> None:
    boxes = checklist(of.boxes, mark=lambda _: "✅")
    assert read(report(all_answers(of), of, boxes=boxes)).edition == of.id


# ---- lists elsewhere


def listed(path: str, count: int, *ticked: str) -> Checklist:
    rows = checklist(count, mark=lambda name: "[x]" if name in ticked else "[ ]")
    return Checklist(path, box_lines(rows.split("\n")))


def test_what_the_reports_list_lacks_is_looked_up_elsewhere() -> None:
    own = listed("", 52, "w1-01").boxes
    found = claimed(own, [listed("README.md", 53, "w3-02", "w2-01")], BOXES)
    assert (found["w1-01"].ticked, found["w1-01"].path) == (True, "")
    assert (found["w2-01"].ticked, found["w2-01"].path) == (False, "")
    assert (found["w3-02"].ticked, found["w3-02"].path, found["w3-02"].line) == (True, "README.md", 40)


def test_without_a_report_the_first_list_with_ticks_counts() -> None:
    lists = [
        listed("copy.md", 53),
        listed("TODO.md", 52, "w1-01"),
        listed("docs/plan.md", 53, "w1-02", "w3-02"),
    ]
    found = claimed((), lists, BOXES)
    assert {name: tick.path for name, tick in found.items() if tick.ticked} == {
        "w1-01": "TODO.md",
        "w3-02": "docs/plan.md",
    }
    assert found["w1-02"].ticked is False


def test_a_few_boxes_elsewhere_are_a_list_of_something_else() -> None:
    todo = [BoxLine(text=box.label, ticked=True) for box in BOXES[:5]]
    todo += [BoxLine(text=f"Thing {index} to do", ticked=True) for index in range(20)]
    assert claimed((), [Checklist("TODO.md", tuple(todo))], BOXES) == {}
