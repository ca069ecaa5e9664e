"""The overview of a class in a browser: sorted, filtered, walked through by keys, and read without scripts, on any screen."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from grader.render import Ungraded, render_index
from tests.class_sample import large_class
from tests.graded_class import judged_result
from tests.places import REPORTS
from tests.watched_page import SIZES, Open, bars_nobody

pytestmark = pytest.mark.browser

GROUPS = 12


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    gone = Ungraded(id="group-99", source="owner/gone", reason="The repository is private.")
    results = [*large_class(GROUPS, 20), judged_result().model_copy(update={"checklist": ()})]
    file = tmp_path_factory.mktemp("class") / "index.html"
    file.write_text(render_index(results, reports=REPORTS, ungraded=[gone]), encoding="utf-8")
    return file.as_uri()


@pytest.fixture
def opened(watched: Open, url: str) -> Open:
    """Opens the page."""
    return partial(watched, url)


def names(page: Page) -> list[str]:
    """Return the submissions that are shown, from top to bottom."""
    # Of rows that are not on the screen the browser renders no text.
    return page.locator(".rows > li:visible > div > a").all_text_contents()


def column(page: Page, name: str) -> list[str]:
    """Return what is shown of a module, from top to bottom; empty where it does not apply."""
    at = page.locator(".head > *").all_inner_texts().index(name) + 1
    return [
        row.locator(f":scope > :nth-child({at})").inner_text()
        if row.locator(f":scope > :nth-child({at})").count()
        else ""
        for row in page.locator(".rows > li:visible").all()
    ]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_bars_anybody_on_any_screen(opened: Open, size: str, scheme: str) -> None:
    bars_nobody(opened(size=size, scheme=scheme), size)


def test_all_of_it_is_there_without_scripts(opened: Open) -> None:
    page = opened(scripts=False)
    assert len(names(page)) == GROUPS + 2
    assert page.locator(".tools").count() == 0
    assert page.locator(".rows > li a[href*='#module-']").count() > GROUPS * 10
    page.locator(".head a", has_text="M10").click()
    assert page.url.endswith("#across-M10")


def test_a_cell_leads_into_the_report_at_its_module(opened: Open) -> None:
    page = opened()
    href = page.locator(".rows > li").nth(2).locator("[href*='#module-']").first.get_attribute("href")
    assert href is not None
    assert href.startswith("submissions/group-03/report.html#module-M")


def test_a_click_sorts_by_a_module_and_another_turns_it(opened: Open) -> None:
    page = opened()
    before = names(page)
    for highest_first in (False, True):
        page.get_by_role("button", name="M3", exact=True).click()
        cells = column(page, "M3")
        counted = [-1.0 if cell == "–" else float(cell) for cell in cells if cell not in {"", "!"}]
        assert len(set(counted)) > 1
        assert counted == sorted(counted, reverse=highest_first)
        without = [cell in {"", "!"} for cell in cells]
        assert any(without)
        assert without == sorted(without), "Who has no share of it comes last either way."
    assert "sorted by M3, highest first" in page.locator(".tools output").inner_text()
    page.get_by_role("button", name="Reset").click()
    assert names(page) == before


def test_names_are_sorted_as_people_count(opened: Open) -> None:
    page = opened()
    page.get_by_role("button", name="Submission", exact=True).click()
    numbers = [int(name.removeprefix("group-")) for name in names(page)]
    assert numbers == sorted(numbers)


def test_a_filter_takes_the_rows_of_all_tables(opened: Open) -> None:
    page = opened()
    page.get_by_label("Find").fill("group-03")
    assert names(page) == ["group-03"]
    assert page.locator("#repositories tbody tr:not([hidden]) th").all_text_contents() == ["group-03"]
    assert "1 of 14 shown" in page.locator(".tools output").inner_text()
    page.get_by_label("Find").fill("")
    page.get_by_label("Show").select_option("judged by people")
    assert names(page) == ["group-07"]
    page.get_by_label("Show").select_option("graded in part, or not")
    assert "group-99" in names(page)
    page.get_by_role("button", name="Reset").click()
    assert len(names(page)) == GROUPS + 2


def test_the_keyboard_reaches_every_cell(opened: Open) -> None:
    page = opened()
    page.locator(".rows > li > div > a").first.focus()
    page.keyboard.press("ArrowRight")
    assert focused(page) == "points"
    page.keyboard.press("ArrowDown")
    assert focused(page) == "points"
    assert page.evaluate("document.activeElement.closest('li').querySelector('a').textContent") == "group-02"
    page.keyboard.press("End")
    assert page.evaluate("document.activeElement.hash").startswith("#module-M")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Home")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "group-03", "One stop of Tab a row."


def focused(page: Page) -> str:
    label: str = page.evaluate("document.activeElement.getAttribute('aria-label')")
    return label.split()[-1]


def test_the_name_stays_in_sight_where_the_map_is_wider_than_the_screen(
    browser: Browser, tmp_path: Path
) -> None:
    (tmp_path / "wide.html").write_text(render_index(large_class(40, 60), reports=REPORTS), encoding="utf-8")
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto((tmp_path / "wide.html").as_uri())
    page.locator(".heat-wrap").evaluate("each => each.scrollTo(5000, 900)")
    seen = page.locator(".heat-wrap").bounding_box()
    last = page.locator(".rows > li").nth(20).locator("div").bounding_box()
    head = page.locator(".head").bounding_box()
    assert seen is not None
    assert last is not None
    assert head is not None
    assert seen["x"] <= last["x"] <= seen["x"] + 5
    assert seen["y"] <= head["y"] <= seen["y"] + 5
    page.close()


def test_on_a_phone_a_cell_says_which_module_it_is(opened: Open) -> None:
    page = opened(size="phone")
    cell = page.locator(".rows > li").first.locator("[href*='#module-']").first
    said = cell.evaluate("each => getComputedStyle(each, '::before').content")
    assert "M1 " in said or "M2 " in said
    box = cell.bounding_box()
    assert box is not None
    assert box["height"] >= 24


def test_on_paper_all_rows_are_there_and_no_controls(opened: Open) -> None:
    page = opened()
    page.emulate_media(media="print")
    assert not page.locator(".tools").is_visible()
    assert page.locator(".rows > li").last.locator("div").is_visible()
    box = page.locator(".heat-wrap").bounding_box()
    rows = page.locator(".rows").bounding_box()
    assert box is not None
    assert rows is not None
    assert box["height"] >= rows["height"], "Nothing is cut off."
