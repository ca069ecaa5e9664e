"""The page of similar groups: pairs, those that share most first, each with its passages side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.render.html.page import own_file, render_page
from grader.results import SharedPassage, SimilarClass, SimilarPair
from grader.settings import SimilarityLimits
from grader.similarity.side_by_side import SideBySide


@dataclass(frozen=True, kw_only=True, slots=True)
class _ShownPair:
    pair: SimilarPair
    percent: int
    earlier: bool
    passages: list[tuple[SharedPassage, SideBySide | None]]


def render_similar(
    found: SimilarClass,
    lines: Sequence[Sequence[SideBySide]],
    *,
    reports: Path,
    limits: SimilarityLimits | None = None,
    overview: bool = False,
    title: str = "Similar code",
) -> str:
    """Return the page. It runs no script; what is not opened is not laid out.

    Args:
        found: what is alike.
        lines: of each pair the lines of its passages; of those behind them there are none to show.
        reports: the course pack's folder with templates and stylesheet.
        limits: what counted, for the page to say.
        overview: whether `index.html` lies beside it.

    Raises:
        CourseError: a template or the stylesheet is missing or malformed.
    """
    earlier = {one.id for one in found.submissions if one.earlier}
    shown = [
        _ShownPair(
            pair=pair,
            percent=int(100 * pair.share),
            earlier=pair.second in earlier,
            passages=[
                (passage, of_pair[number] if number < len(of_pair) else None)
                for number, passage in enumerate(pair.passages)
            ],
        )
        for pair, of_pair in zip(found.pairs, lines, strict=True)
    ]
    most: dict[str, int] = {}
    for one in shown:
        for name in (one.pair.first, one.pair.second):
            most.setdefault(name, one.percent)
    return render_page(
        reports,
        "classwide/similar.html",
        styles=(own_file("class.css"), own_file("similar.css")),
        title=title,
        found=found,
        overview=overview,
        pairs=shown,
        most=most,
        limits=limits or SimilarityLimits(),
        compared=[one for one in found.submissions if not one.problem],
        missing=[one for one in found.submissions if one.problem],
    )
