"""The overview of a class: a heat map of submissions and modules, what to teach again, tables; links into the reports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from grader.render.classwide.class_figures import lost_checks, modules_of, teach_again
from grader.render.classwide.heat_map import HeatCell, heat_cells
from grader.render.classwide.weekly_activity import commits_in, weeks
from grader.render.html.page import own_file, render_page
from grader.render.labels import plural
from grader.render.next_steps import headline
from grader.render.overview_columns import load_overview
from grader.render.repository_figures import Figure, FigureName, figures
from grader.results import Judgement, Result, Ungraded, judgement_of

_BLOCKS = "▁▂▃▄▅▆▇█"
_NO_COMMIT = "·"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Row:
    """A submission. `marks` are the letters by which `class.js` filters: broken, contradicted, judged, graded in part."""

    result: Result
    kind: str
    href: str
    notes: str
    marks: str
    cells: list[HeatCell | None]
    figures: dict[FigureName, Figure]
    judgement: Judgement | None
    commits: list[int]
    spark: str


def render_index(
    results: Sequence[Result],
    *,
    reports: Path,
    ungraded: Sequence[Ungraded] = (),
    strangers: Sequence[str] = (),
    remarks: Sequence[str] = (),
    similar: bool = False,
    title: str = "All submissions",
) -> str:
    """Return the page over the reports of a class, in the order given. All of it is in the HTML; `class.js` sorts and filters.

    Links go to `submissions/<id>/report.html`. `ungraded` are submissions that could not be graded at all, `remarks` what there
    is to say of several, `strangers` overrides of groups that are not here, `similar` whether `similar.html` lies beside it.

    Raises:
        CourseError: a template, the stylesheet or `overview.toml` is missing or malformed.
    """
    modules = modules_of(results)
    shown = [module for module in modules if module.graded]
    with_exam = any(result.exam for result in results)
    with_list = any(box.claimed is not None for result in results for box in result.checklist)
    of_class = weeks(results)
    rows = [
        _row(
            result,
            cells=heat_cells(
                result, [module.id for module in shown], with_exam=with_exam, with_list=with_list
            ),
            commits=commits_in(result.history, [week.begins for week in of_class]),
        )
        for result in results
    ]
    return render_page(
        reports,
        "classwide/index.html",
        styles=(
            own_file("class.css"),
            _widths(2 * with_exam + 2 * with_list, len(shown)),
        ),
        script=own_file("class.js"),
        title=title,
        rows=rows,
        columns=load_overview(reports).headed,
        columns_of_heat=shown,
        with_exam=with_exam,
        with_list=with_list,
        with_faults=any(module.error for module in modules),
        modules=modules,
        teach=teach_again(results),
        href=_href,
        weeks=of_class,
        busiest=max((week.commits for week in of_class), default=0),
        with_claims=[row for row in rows if row.result.exam or row.result.checklist],
        ungraded=list(ungraded),
        judged=[row for row in rows if row.judgement],
        not_applied=sum(len(row.judgement.not_applied) for row in rows if row.judgement),
        strangers=list(strangers),
        remarks=list(remarks),
        similar=similar,
        with_deadline=[row for row in rows if row.result.submission.deadline],
        median=round(100 * _median(sorted(map(_share, results)))),
        faults=[row for row in rows if "p" in row.marks],
        unisolated=[row for row in rows if not row.result.grader.isolated],
    )


def with_similar(page: str) -> str:
    """Return the page with its link to `similar.html`, which was made after it."""
    return page.replace("<!-- similar -->", '<li><a href="similar.html">Similar code</a></li>', 1)


def _widths(figures: int, modules: int) -> str:
    """Return the numbers of columns as the stylesheet needs them: the policy of the page allows no style on an element."""
    return f".heat {{ --figures: {max(figures, 1)}; --modules: {max(modules, 1)}; }}\n"


def _row(result: Result, *, cells: list[HeatCell | None], commits: list[int]) -> _Row:
    line, kind = headline(result)
    judgement, lost = judgement_of(result), lost_checks(result)
    contradicted = result.exam and any(
        claim.verdict == "contradicted" for question in result.exam.questions for claim in question.claims
    )
    marks = (("b", kind == "failed"), ("c", contradicted), ("j", judgement), ("p", lost))
    return _Row(
        result=result,
        kind=kind,
        href=_href(result.submission.id),
        notes=" · ".join(_notes(result, line, lost, judgement)),
        marks="".join(mark for mark, holds in marks if holds),
        cells=cells,
        figures=figures(result),
        judgement=judgement,
        commits=commits,
        spark=_spark(commits),
    )


def _notes(result: Result, line: str, lost: Sequence[str], judgement: Judgement | None) -> list[str]:
    """Return what stands below the name: whose it is, how it stands, and what is odd about it."""
    submission = result.submission
    notes = []
    if submission.group and submission.group.members:
        notes.append(", ".join(submission.group.members)[:300])
    notes.append(line)
    if lost:
        notes.append(f"graded in part, without {', '.join(lost)[:200]}")
    if judgement is not None:
        group = judgement.of("group")
        said = f": {group.override.verdict}" if group and group.override.verdict else ""
        notes.append(f"judged{said.replace('_', ' ')}")
        if judgement.not_applied:
            notes.append(f"{plural(len(judgement.not_applied), 'override')} not applied")
    if submission.group:
        notes += [note[:200] for note in submission.group.notes]
    if submission.dirty:
        notes.append("uncommitted changes")
    if submission.provenance == "self":
        notes.append("unverified")
    return notes


def _href(name: str) -> str:
    return f"submissions/{quote(name, safe='', errors='replace')}/report.html"


def _spark(commits: Sequence[int]) -> str:
    """Return counts as blocks of a height each; empty where there is nothing to show."""
    most = max(commits, default=0)
    if not most:
        return ""
    return "".join(_BLOCKS[(len(_BLOCKS) - 1) * count // most] if count else _NO_COMMIT for count in commits)


def _share(result: Result) -> float:
    """Return the share of its own points: an exercise and a project have others."""
    summary = result.summary
    return summary.points / summary.max_points if summary.max_points else 0.0


def _median(values: list[float]) -> float:
    if not values:
        return 0.0
    middle = len(values) // 2
    return values[middle] if len(values) % 2 else (values[middle - 1] + values[middle]) / 2
