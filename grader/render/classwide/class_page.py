"""The overview of a class: a row a submission, a row a module, links to the reports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from grader.render.html.page import render_page
from grader.render.next_steps import agenda, course_order, headline
from grader.render.overview_columns import load_overview
from grader.render.repository_figures import Figure, FigureName, figures
from grader.results import Judgement, ModuleVerdict, Result, Ungraded, judgement_of


@dataclass(frozen=True, kw_only=True, slots=True)
class _Row:
    result: Result
    headline: str
    kind: str
    href: str
    share: float
    contradicted: int
    in_part: bool
    figures: dict[FigureName, Figure]
    judgement: Judgement | None


@dataclass(frozen=True, kw_only=True, slots=True)
class _ModuleRow:
    id: str
    title: str
    session: str
    passed: int
    partial: int
    failed: int
    not_started: int
    error: int
    graded: int

    def share(self, count: int) -> float:
        return round(100 * count / self.graded, 3) if self.graded else 0.0


def render_index(
    results: Sequence[Result],
    *,
    reports: Path,
    ungraded: Sequence[Ungraded] = (),
    strangers: Sequence[str] = (),
    remarks: Sequence[str] = (),
    title: str = "All submissions",
) -> str:
    """Return the page over the reports of a class, in the order given.

    Links go to `submissions/<id>/report.html`. `ungraded` are submissions that could not be graded at all, `remarks` what there
    is to say of several, `strangers` overrides of groups that are not here.

    Raises:
        CourseError: a template, the stylesheet or `overview.toml` is missing or malformed.
    """
    rows = [_row(result) for result in results]
    points = sorted(result.summary.points for result in results)
    return render_page(
        reports,
        "index.html",
        title=title,
        rows=rows,
        columns=load_overview(reports).headed,
        modules=_modules(results),
        with_claims=[row for row in rows if row.result.exam or row.result.checklist],
        ungraded=list(ungraded),
        judged=[row for row in rows if row.judgement],
        not_applied=sum(len(row.judgement.not_applied) for row in rows if row.judgement),
        strangers=list(strangers),
        remarks=list(remarks),
        with_deadline=[row for row in rows if row.result.submission.deadline],
        median=_median(points),
        most=max((result.summary.max_points for result in results), default=0.0),
        faults=[row for row in rows if row.in_part],
        unisolated=[row for row in rows if not row.result.grader.isolated],
    )


def _row(result: Result) -> _Row:
    line, kind = headline(result)
    todo = agenda(result)
    summary = result.summary
    return _Row(
        result=result,
        headline=line,
        kind=kind,
        href=f"submissions/{quote(result.submission.id, safe='', errors='replace')}/report.html",
        share=round(100 * summary.points / summary.max_points, 3) if summary.max_points > 0 else 0.0,
        contradicted=len(todo.contradicted),
        in_part=bool(todo.errors),
        figures=figures(result),
        judgement=judgement_of(result),
    )


def _median(values: list[float]) -> float:
    if not values:
        return 0.0
    middle = len(values) // 2
    return values[middle] if len(values) % 2 else (values[middle - 1] + values[middle]) / 2


def _modules(results: Sequence[Result]) -> list[_ModuleRow]:
    known = {module.id: module for result in results for module in result.modules}
    rows = []
    for module in sorted(known.values(), key=lambda module: course_order(module.id)):
        verdicts = [found.verdict for result in results for found in result.modules if found.id == module.id]
        rows.append(
            _ModuleRow(
                id=module.id,
                title=module.title,
                session=module.session,
                graded=sum(verdict is not ModuleVerdict.not_applicable for verdict in verdicts),
                **{
                    kind: verdicts.count(ModuleVerdict(kind))
                    for kind in ("passed", "partial", "failed", "not_started", "error")
                },
            )
        )
    return rows
