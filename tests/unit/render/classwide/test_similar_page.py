"""The page of similar groups: nothing of a repository is anything but text, and what is not shown is said."""

from __future__ import annotations

from grader.render.classwide.similar_page import render_similar
from grader.results import CodePlace, ComparedSubmission, SharedPassage, SimilarClass, SimilarPair
from grader.similarity.side_by_side import CodeLine, SideBySide
from tests.places import REPORTS

EVIL = "<script>alert(1)</script>\u202e'\"&"
PLACE = CodePlace(path=f"src/{EVIL}.py", from_line=3, to_line=9)
CELLS = CodePlace(path="a.ipynb", from_line=3, to_line=9, from_cell=2, to_cell=4)
BESIDE = SideBySide(
    first=(CodeLine("3", EVIL, True),),
    second=(CodeLine("2:3", "same()", True), CodeLine("2:4", "", False)),
    cut=7,
)


def page(beside: tuple[SideBySide, ...] = (BESIDE,), **changes: object) -> str:
    pair = SimilarPair(
        first=EVIL,
        second="2024/group-1",
        share=0.4199,
        tokens=120,
        passages=(SharedPassage(first=PLACE, second=CELLS, tokens=120),),
        more_passages=3,
    )
    found = SimilarClass(
        version="1",
        submissions=(
            ComparedSubmission(id=EVIL, source="x", files=1, tokens=900, own_tokens=300, left_out=(EVIL,)),
            ComparedSubmission(id="2024/group-1", source="y", earlier=True),
            ComparedSubmission(id="group-9", source="z", problem=f"It is {EVIL}."),
        ),
        pairs=(pair,),
        pairs_compared=1,
        pairs_alike=5,
        more_pairs=4,
        shares={"50": 0, "10": 1},
    ).model_copy(update=changes)
    return render_similar(found, [beside] if found.pairs else [], reports=REPORTS)


def test_what_a_repository_says_is_text() -> None:
    text = page()
    assert "<script" not in text
    assert "\u202e" not in text
    assert "&lt;script&gt;alert(1)" in text
    assert "default-src &#39;none&#39;" in text
    assert "script-src" not in text


def test_places_shares_and_what_is_missing_are_said() -> None:
    text = page()
    for words in (
        "A place to look, not a verdict.",
        "41 %",
        "lines 3–9",
        "cell 2, line 3 to cell 4, line 9",
        "earlier year",
        "7 more lines",
        "3 smaller passages not shown",
        "4 pairs that share less are not shown",
        "120 tokens in 4 passages",
    ):
        assert words in text, words


def test_where_the_page_is_full_the_places_stay() -> None:
    text = page(beside=())
    assert "lines 3–9" in text
    assert "The page is full" in text


def test_a_class_without_any_likeness_says_so() -> None:
    assert "No two submissions share code" in page(pairs=(), pairs_alike=0, more_pairs=0)
