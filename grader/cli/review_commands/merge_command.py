"""`grader merge`: parts of a class that several machines graded, in one folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from grader.cli.named_paths import check_writable, readable_all
from grader.cli.options import CourseOption, DebugOption, console, problems


def merge(
    folders: Annotated[
        list[Path],
        typer.Argument(help="Output folders of `grader grade`.", metavar="folders...", callback=readable_all),
    ],
    out: Annotated[Path, typer.Option("--out", help="Where all of them go.")] = Path("results"),
    course: CourseOption = None,
    debug: DebugOption = False,
) -> None:
    """Put together what several machines graded (`grade --shard`): one folder, one overview. Nothing is run.

    Folders of different course packs are refused: their points do not compare. Of a submission that several folders have, the
    last one that has a result counts; what OUT has already stays.
    """
    from grader.batch import OVERVIEW
    from grader.batch.revisited.merging import merge as put_together
    from grader.course.pack import reports_folder

    check_writable(out, OVERVIEW)
    check_writable(out / "submissions")
    merged = put_together(folders, out, reports_folder(course))
    for remark in merged.remarks:
        problems.print(f"note: {escape(remark)}", soft_wrap=True, highlight=False)
    missing = f", {merged.ungraded} not graded" if merged.ungraded else ""
    console.print(f"{merged.graded} graded{missing}", soft_wrap=True, highlight=False)
    console.print(f"Overview: [bold]{escape(str(merged.index))}[/]", soft_wrap=True, highlight=False)
