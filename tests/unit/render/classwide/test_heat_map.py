"""The overview of a class: each cell and where it leads, what is said of odd submissions, and how much there is a group."""

from __future__ import annotations

import re

import pytest

from grader.render import Ungraded, render_html, render_index
from grader.results import GroupInfo, ModuleVerdict, Result, Verdict
from tests.class_sample import large_class
from tests.graded_class import judged_result, official
from tests.html_page import Page
from tests.places import REPORTS
from tests.render_sample import HOSTILE, check, clean_result, hostile_result, module

GONE = Ungraded(id="group-99", source="owner/gone", reason="The repository is private.")


def overview(*results: Result, ungraded: tuple[Ungraded, ...] = (GONE,)) -> Page:
    return Page(render_index(results, reports=REPORTS, ungraded=ungraded))


def cells(page: Page) -> dict[str, str]:
    """Return where each cell of the page leads, by what it says; of several that say the same, the last."""
    return {
        attributes["aria-label"] or "": attributes["href"] or ""
        for tag, attributes in page.tags
        if tag == "a" and "aria-label" in attributes
    }


def size(groups: int, modules: int) -> int:
    return len(overview(*large_class(groups, modules)).tags)


def with_module(verdict: ModuleVerdict, points: float, most: float) -> Result:
    found = check("M10.x", "A check", Verdict.passed, points, most)
    return official("a").model_copy(
        update={"modules": (module("M10", "Docker", "S3", verdict, (found,)),), "exam": None, "checklist": ()}
    )


def test_the_median_is_of_shares_since_an_exercise_and_a_project_have_other_points() -> None:
    def with_points(name: str, points: float, most: float) -> Result:
        result = official(name)
        summary = result.summary.model_copy(update={"points": points, "max_points": most})
        return result.model_copy(update={"summary": summary})

    page = render_index(
        [with_points("a", 90, 100), with_points("b", 10, 20), with_points("c", 70, 100)], reports=REPORTS
    )
    assert "Median 70 % of the points" in page


def test_each_cell_says_what_it_is_and_leads_to_it_in_the_report() -> None:
    found = cells(overview(official("a")))
    report = "submissions/a/report.html"
    assert found == {
        "9/21 points": f"{report}#overview",
        "3/4 questions answered": f"{report}#questions",
        "2 claims contradicted": f"{report}#falls",
        "1/3 ticked boxes borne out": f"{report}#checklist",
        "1 ticked box open": f"{report}#checklist",
        "M2 100 %": f"{report}#module-M2",
        "M6 25 %": f"{report}#module-M6",
        "M7 75 %": f"{report}#module-M7",
        "M10 25 %": f"{report}#module-M10",
        "M11 – not started": f"{report}#module-M11",
        "M16 50 %": f"{report}#module-M16",
        "M22 ! could not be graded": f"{report}#module-M22",
    }


def test_what_a_cell_leads_to_is_in_the_report() -> None:
    for result in (official("a"), judged_result(), clean_result()):
        ids = set(Page(render_html(result, reports=REPORTS)).values("id"))
        targets = {href.partition("#")[2] for href in cells(overview(result)).values()}
        assert targets <= ids


@pytest.mark.parametrize(
    ("verdict", "points", "most", "said", "kind"),
    [
        (ModuleVerdict.passed, 3, 3, "M10 100 %", "q4"),
        (ModuleVerdict.partial, 2.9, 3, "M10 97 %", "q3"),
        (ModuleVerdict.partial, 1.5, 3, "M10 50 %", "q2"),
        (ModuleVerdict.failed, 0.001, 3, "M10 1 %", "q1"),
        (ModuleVerdict.failed, 0, 3, "M10 0 %", "q0"),
        (ModuleVerdict.passed, 0, 0, "M10 ✓ passed", "q4"),
        (ModuleVerdict.failed, 0, 0, "M10 ✗ failed", "q0"),
        (ModuleVerdict.not_started, 0, 3, "M10 – not started", "n"),
        (ModuleVerdict.error, 1, 3, "M10 ! could not be graded", "e"),
    ],
)
def test_a_shade_is_never_without_its_words(
    verdict: ModuleVerdict, points: float, most: float, said: str, kind: str
) -> None:
    page = overview(with_module(verdict, points, most))
    (found,) = [one for _, one in page.tags if (one.get("aria-label") or "").startswith("M10 ")]
    assert (found["aria-label"], found["class"]) == (said, kind)


def test_a_module_that_applies_to_nobody_is_no_column_and_to_some_an_empty_cell() -> None:
    page = overview(official("a"), clean_result())
    head = [one.get("href") for tag, one in page.tags if (one.get("href") or "").startswith("#across-")]
    assert "#across-M1" not in head
    assert "#across-M10" in head
    # The clean submission has no exam report, no checklist, and one of the seven modules.
    assert sum(tag == "i" for tag, _ in page.tags) == 4 + 6


def test_a_course_without_exam_report_has_no_columns_for_it() -> None:
    text = overview(clean_result()).text
    assert "Boxes" not in text
    assert "Contra" not in text


def test_points_after_judgement_stand_beside_the_machines_and_judged_cells_are_marked() -> None:
    found = cells(overview(judged_result(), official("b")))
    assert found["9/21 points, 21/22 after judgement"] == "submissions/group-07/report.html#judgement"
    assert found["9/21 points"] == "submissions/b/report.html#overview"
    assert "M10 25 %, judged" in found
    text = overview(judged_result()).text
    assert "judged: failed" in text
    assert "1 override not applied" in text


def test_who_could_not_be_graded_is_in_the_map_with_the_reason() -> None:
    page = overview(official("a"))
    assert "not graded: The repository is private." in page.text
    assert "#ungraded-1" in page.values("href")
    assert "ungraded-1" in page.values("id")
    assert "graded in part, without M22.app_answers" in page.text


def test_whose_it_is_and_what_is_odd_stands_below_the_name() -> None:
    group = GroupInfo(number=7, members=("s123456", "Ada"), notes=("the same repository is that of group 9",))
    about = official().submission.model_copy(update={"group": group, "dirty": True, "provenance": "self"})
    text = overview(official().model_copy(update={"submission": about})).text
    for part in ("s123456, Ada", "that of group 9", "uncommitted changes", "unverified", "3 things broken"):
        assert part in text


def test_what_most_fail_is_named_with_its_share_hint_and_examples() -> None:
    page = overview(*(official(name) for name in "abc"))
    text = " ".join(page.text.split())
    lessons = text[text.index("Teach again Checks") : text.index("Modules across")]
    assert "M10 · Every image starts from a pinned base 100 % 3 of 3 that tried do not pass it" in lessons
    assert "FROM python:3.12-slim" in lessons
    assert "submissions/a/report.html#check-M10.base_images_are_pinned" in page.values("href")
    assert "Teach again" not in overview(official("a")).text


def test_commits_a_week_are_shown_of_the_class_and_of_each_submission() -> None:
    page = overview(official("a"))
    text = " ".join(page.text.split())
    assert "2026-01-05" in text[text.index("Activity Commits a week") :]
    assert re.search("[▁-█]{3}", text)
    assert "Activity" not in overview(clean_result()).text


@pytest.mark.parametrize("result", [hostile_result(), judged_result(), official(HOSTILE)])
def test_no_text_of_a_submission_is_anything_but_text(result: Result) -> None:
    gone = Ungraded(id=HOSTILE, source=HOSTILE, reason=HOSTILE)
    html = render_index([result, result, result], reports=REPORTS, ungraded=[gone])
    page = Page(html)
    assert (page.wrong, page.unclosed) == ([], [])
    assert not {"img", "iframe", "object", "link", "form", "base"} & {tag for tag, _ in page.tags}
    assert sum(tag == "script" for tag, _ in page.tags) == 1
    assert not [name for _, one in page.tags for name in one if name.startswith("on") or name == "style"]
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069\ufeff]", html)


def test_jumps_within_the_page_arrive() -> None:
    page = overview(*large_class(4, 12))
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    targets = {href[1:] for href in page.values("href") if href.startswith("#") and href[1:2] != "i"}
    assert targets <= set(ids)


def test_a_group_adds_one_element_a_cell_and_few_beside() -> None:
    """300 groups have to open in under a second, on a machine that does other things."""
    few, many = size(10, 30), size(20, 30)
    assert (many - few) / 10 <= 30 + 55
    wider = (size(20, 60) - many) - (size(10, 60) - few)
    # What most fail is some rows more or less.
    assert wider / 10 / 30 <= 1.3


def test_the_same_class_gives_the_same_bytes() -> None:
    assert render_index(large_class(5, 9), reports=REPORTS) == render_index(
        large_class(5, 9), reports=REPORTS
    )
