"""A row of the heat map: what a submission has of everything that is a column, each cell a link into its report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grader.render import claim_summary as standing
from grader.render import labels as words
from grader.render.classwide.class_figures import shares
from grader.render.html.page import anchor
from grader.results import ModuleVerdict, Result, Share, judgement_of

#: From which share of points on a cell has a shade, in percent; the class of the shade.
_SHADES = ((100, "q4"), (80, "q3"), (50, "q2"), (1, "q1"))
_NOTHING = "q0"
_WITHOUT_POINTS = {
    ModuleVerdict.passed: "q4",
    ModuleVerdict.partial: "q2",
    ModuleVerdict.failed: "q0",
    ModuleVerdict.not_started: "n",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class HeatCell:
    """A cell: `label` says all of it to who does not see its column, `text` is a part of that. `target` lies in the report.

    `after` is what people decided, beside what the machine found; `kind` is the class of its shade.
    """

    text: str
    label: str
    target: str
    kind: str = ""
    after: str = ""


def heat_cells(
    result: Result, modules: Sequence[str], *, with_exam: bool, with_list: bool
) -> list[HeatCell | None]:
    """Return the cells of a submission: points, questions and claims, boxes, modules. None where a column does not apply."""
    cells: list[HeatCell | None] = [_points(result)]
    if with_exam:
        cells += _of_exam(result)
    if with_list:
        cells += _of_list(result)
    found = shares(result)
    return [*cells, *(_module(name, found[name]) if name in found else None for name in modules)]


def _points(result: Result) -> HeatCell:
    summary, judgement = result.summary, judgement_of(result)
    text = f"{words.number(summary.points)}/{words.number(summary.max_points)}"
    if judgement is None:
        return HeatCell(text=text, label=f"{text} points", target="overview")
    after = f"{words.number(judgement.points)}/{words.number(judgement.max_points)}"
    return HeatCell(
        text=text,
        label=f"{text} points, {after} after judgement",
        target="judgement",
        kind="j",
        after=after,
    )


def _of_exam(result: Result) -> list[HeatCell | None]:
    claims = standing.claims(result)
    if claims is None:
        return [None, None]
    questions = f"{result.summary.questions_answered}/{result.summary.questions}"
    return [
        HeatCell(text=questions, label=f"{questions} questions answered", target="questions"),
        HeatCell(
            text=str(claims.fallen),
            label=f"{words.plural(claims.fallen, 'claim')} contradicted",
            target="falls" if claims.fallen else "questions",
            kind="q1" if claims.fallen else "",
        ),
    ]


def _of_list(result: Result) -> list[HeatCell | None]:
    ticks = standing.ticks(result)
    if ticks is None:
        return [None, None]
    return [
        HeatCell(
            text=f"{ticks.supported}/{ticks.total}",
            label=f"{ticks.supported}/{ticks.total} ticked boxes borne out",
            target="checklist",
        ),
        HeatCell(
            text=str(ticks.undetermined),
            label=f"{words.plural(ticks.undetermined, 'ticked box', 'ticked boxes')} open",
            target="checklist",
        ),
    ]


def _module(name: str, share: Share) -> HeatCell | None:
    if share.verdict is ModuleVerdict.not_applicable:
        return None
    percent = share.percent
    if share.verdict is ModuleVerdict.error:
        text, said, kind = "!", f"! {words.label(share.verdict)}", "e"
    elif share.verdict is ModuleVerdict.not_started:
        text, said, kind = "–", f"– {words.label(share.verdict)}", "n"
    elif percent is None:
        text = words.symbol(share.verdict)
        said, kind = f"{text} {words.label(share.verdict)}", _WITHOUT_POINTS[share.verdict]
    else:
        text, said = str(percent), f"{percent} %"
        kind = next((shade for least, shade in _SHADES if percent >= least), _NOTHING)
    if share.judged:
        said, kind = f"{said}, judged", f"{kind} j"
    return HeatCell(text=text, label=f"{name} {said}", target=f"module-{anchor(name)}", kind=kind)
