"""`grades.csv`: a row a submission, a column a module, a column a figure."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from grader.render import labels as words
from grader.render.classwide.class_figures import lost_checks
from grader.render.escaping import csv_cell
from grader.render.next_steps import course_order
from grader.render.overview_columns import load_overview
from grader.render.repository_figures import Figure, figures
from grader.results import Result, Ungraded, judgement_of

_COLUMNS = (
    *("id", "source", "commit", "profile", "status", "reason", "points", "max_points"),
    *("group", "members", "late_commits", "decided_by"),
)
_GRADED, _IN_PART, _NOT_GRADED = "graded", "graded in part", "not graded"
_WHY_IN_PART = "a fault of the grader: "
#: What people decided: the points behind those of the machine, their verdict and comment on the group, and how many overrides.
_JUDGED = (
    *("points_after_judgement", "max_points_after_judgement", "judgement", "judgement_comment"),
    *("overrides", "overrides_not_applied"),
)


def render_csv(results: Sequence[Result], *, reports: Path, ungraded: Sequence[Ungraded] = ()) -> str:
    """Return the grades of a class, in the order given; `ungraded` submissions follow, without points.

    `status` is `graded`, `graded in part` (a fault of the grader kept some checks from being run: `reason` names them) or
    `not graded` (`reason` says why).

    `points` are the machine's; `points_after_judgement` are the same where nobody judged.
    `late_commits` counts what came after a deadline, and `decided_by` says by which date it left the commit that was graded.

    Behind the modules stand the figures that the course pack's `overview.toml` in `reports` names.

    Texts of a submission cannot be formulas: such cells begin with an apostrophe. Numbers stay numbers.

    Raises:
        CourseError: the pack's `overview.toml` is wrong.
    """
    columns = load_overview(reports).column
    modules = sorted({module.id for result in results for module in result.modules}, key=course_order)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    names = [one.name for one in columns]
    writer.writerow([*_COLUMNS, *_JUDGED, *(csv_cell(module) for module in modules), *names])
    for result in results:
        submission, summary = result.submission, result.summary
        found = figures(result)
        verdicts = {module.id: module.verdict.value for module in result.modules}
        texts = (submission.id, submission.source, submission.commit, submission.profile)
        deadline = submission.deadline
        writer.writerow(
            [
                *(csv_cell(text, 2000) for text in (*texts, *_status(result))),
                words.number(summary.points),
                words.number(summary.max_points),
                *(csv_cell(text, 2000) for text in _group(result)),
                words.number(deadline.later) if deadline else "",
                deadline.decided_by if deadline else "",
                *_judged(result),
                *(verdicts.get(module, "") for module in modules),
                *(_figure(found[one.figure]) for one in columns),
            ]
        )
    for missing in ungraded:
        cells = (missing.id, missing.source, "", "", _NOT_GRADED, missing.reason)
        blank = [""] * (len(_COLUMNS) - len(cells) + len(_JUDGED) + len(modules) + len(columns))
        writer.writerow([*(csv_cell(text, 2000) for text in cells), *blank])
    return out.getvalue()


def _group(result: Result) -> tuple[str, str]:
    """Return the number or the name of the group, and its members."""
    group = result.submission.group
    if group is None:
        return "", ""
    return group.name if group.number is None else str(group.number), " ".join(group.members)


def _status(result: Result) -> tuple[str, str]:
    """Return the status and its reason."""
    if result.exit_code != 3:
        return _GRADED, ""
    return _IN_PART, _WHY_IN_PART + ", ".join(lost_checks(result))


def _judged(result: Result) -> list[str]:
    """Return the cells of _JUDGED."""
    judgement = judgement_of(result)
    if judgement is None:
        summary = result.summary
        return [words.number(summary.points), words.number(summary.max_points), "", "", "0", "0"]
    group = judgement.of("group")
    return [
        words.number(judgement.points),
        words.number(judgement.max_points),
        group.override.verdict or "" if group else "",
        csv_cell(group.override.comment) if group else "",
        str(len(judgement.applied)),
        str(len(judgement.not_applied)),
    ]


def _figure(value: Figure) -> str:
    """Return a figure as a cell; what is not known is empty."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return csv_cell(value, 2000)
    return words.number(value)
