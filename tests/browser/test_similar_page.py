"""The page of similar groups in a browser: whole without scripts, opened by keys, bare to nobody, on any screen."""

from __future__ import annotations

from functools import partial

import pytest

from grader.render.classwide.similar_page import render_similar
from grader.results import CodePlace, ComparedSubmission, SharedPassage, SimilarClass, SimilarPair
from grader.similarity.side_by_side import CodeLine, SideBySide
from tests.places import REPORTS
from tests.similar_sample import SOLUTION, disguised
from tests.watched_page import SIZES, Open, bars_nobody

pytestmark = pytest.mark.browser


def side(code: str, *, cell: str = "") -> tuple[CodeLine, ...]:
    return tuple(
        CodeLine(f"{cell}{number}", text + " " * 20 + "x" * 200 * (number == 7), number % 5 != 0)
        for number, text in enumerate(code.split("\n")[:40], 1)
    )


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    names = [f"group-{number}" for number in range(1, 7)]
    place = CodePlace(path="src/a_rather_long_folder_name/and_another_one/model.py", from_line=1, to_line=40)
    cells = CodePlace(path="notebooks/work.ipynb", from_line=1, to_line=12, from_cell=3, to_cell=5)
    beside = SideBySide(first=side(SOLUTION), second=side(disguised(SOLUTION), cell="3:"), cut=4)
    passages = (
        SharedPassage(first=place, second=cells, tokens=212),
        SharedPassage(first=place, second=place, tokens=60),
    )
    pairs = [
        SimilarPair(
            first=names[0],
            second=name,
            share=0.9 / number,
            tokens=272,
            passages=passages,
            more_passages=number - 1,
        )
        for number, name in enumerate(names[1:], 1)
    ]
    found = SimilarClass(
        version="1",
        submissions=(
            *(
                ComparedSubmission(id=name, source=name, commit="0" * 40, tokens=900, own_tokens=500)
                for name in names[:-1]
            ),
            ComparedSubmission(id=names[-1], source="x", earlier=True, left_out=("a.py was read in part.",)),
            ComparedSubmission(id="group-9", source="owner/gone", problem="The repository is private."),
        ),
        pairs=tuple(pairs),
        pairs_compared=15,
        pairs_alike=5,
        shares={"50": 1, "10": 5},
    )
    file = tmp_path_factory.mktemp("similar") / "similar.html"
    file.write_text(render_similar(found, [(beside,)] * len(pairs), reports=REPORTS), encoding="utf-8")
    return file.as_uri()


@pytest.fixture
def opened(watched: Open, url: str) -> Open:
    """Opens the page."""
    return partial(watched, url)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_bars_anybody_on_any_screen(opened: Open, size: str, scheme: str) -> None:
    bars_nobody(opened(size=size, scheme=scheme), size)


def test_a_pair_opens_by_the_keyboard_and_without_scripts(opened: Open) -> None:
    page = opened(scripts=False)
    first = page.locator(".pair").first
    assert not first.locator(".code").first.is_visible()
    first.locator("summary").focus()
    page.keyboard.press("Enter")
    assert first.locator(".code li.same").first.is_visible()


def test_both_sides_stand_beside_each_other_and_on_a_phone_below(opened: Open) -> None:
    for size, beside in (("desktop", True), ("phone", False)):
        page = opened(size=size)
        page.locator(".pair > summary").first.click()
        left, right = (page.locator(".pair[open] .side").nth(number).bounding_box() for number in (0, 1))
        assert left is not None
        assert right is not None
        assert (abs(left["y"] - right["y"]) < 2) is beside
        assert (right["x"] > left["x"]) is beside
        assert left["height"] > 100


def test_a_shared_line_is_told_by_more_than_its_colour(opened: Open) -> None:
    page = opened()
    page.locator(".pair > summary").first.click()
    borders = {
        name: page.locator(selector).first.evaluate("each => getComputedStyle(each).borderLeftColor")
        for name, selector in (("same", ".code li.same"), ("other", ".code li:not(.same)"))
    }
    assert borders["other"] == "rgba(0, 0, 0, 0)"
    assert borders["same"] != borders["other"]
