"""`grader report`: reports rendered again, from results alone."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from grader.cli.named_paths import check_writable
from grader.cli.options import (
    CourseOption,
    DebugOption,
    FormatOption,
    OverridesOption,
    PseudonymousOption,
    ResultsArgument,
    file_names,
    read_formats,
    report_folder,
    say_where,
)
from grader.errors import UsageError

if TYPE_CHECKING:
    from grader.results import Result


def report(
    results: ResultsArgument,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Where it goes; beside the result by default.", show_default=False),
    ] = None,
    formats: FormatOption = "html",
    overrides: OverridesOption = None,
    course: CourseOption = None,
    pseudonymous: PseudonymousOption = None,
    debug: DebugOption = False,
) -> None:
    """Judge what reports claim and render them again, from results alone: nothing is run.

    Of an output folder of `grade`, its overview is written again, too, unless --out names another place.
    """
    from grader import exam, render
    from grader.cli.review_commands.judging import (
        has_overview,
        judge_results,
        read_given,
        renew_overviews,
        result_places,
    )
    from grader.course.pack import reports_folder
    from grader.render.pseudonymous import hidden, hides
    from grader.results import read_result

    reports = reports_folder(course)
    wanted, decided = read_formats(formats), read_given(overrides)
    tools, boxes = exam.load_tools(reports), exam.load_checklist(reports)
    about = exam.load_report_data(reports)
    # Only what is written as JSON needs the inventory any more, and those of a class would fill the memory.
    left_out = {} if "json" in wanted else {"inventory": None}
    read = [
        (path, exam.assess_again(read_result(path), boxes, tools, about).model_copy(update=left_out))
        for path in result_places(results)
    ]
    hide = partial(hidden, about=about) if hides(pseudonymous) else None
    if hide is not None:
        whole = out is None and any(has_overview(path) for path in results)
        read = [(path, _hidden(path, result, hide, whole=whole)) for path, result in read]
    judged = judge_results(read, decided)
    placed = [(result, report_folder(path, result, out, alone=len(read) == 1)) for path, result in judged]
    for _, folder in placed:
        check_writable(folder, file_names(wanted))
    for result, folder in placed:
        say_where(render.write_reports(result, folder, wanted, reports))
    if out is None:
        say_where(renew_overviews(results, dict(judged), decided, reports, hide))


def _hidden(path: Path, result: Result, hide: Callable[[Result], Result], *, whole: bool) -> Result:
    """Return a result without names.

    Raises:
        UsageError: of a whole class, the folder of its reports has a name that would have to be hidden.
    """
    found = hide(result)
    if whole and found.submission.id != result.submission.id:
        raise UsageError(
            f"{path} is named after a repository, and the overview leads there: it cannot hide whose it is.",
            "Grade with --pseudonymous into a new folder, or render with --out elsewhere.",
        )
    return found
