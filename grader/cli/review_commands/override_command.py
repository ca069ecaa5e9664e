"""`grader override`: an entry of overrides.toml, with the digest of what there is to see."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from grader.cli.named_paths import readable
from grader.cli.options import CourseOption, DebugOption, console, tell
from grader.errors import UsageError


class _Kind(StrEnum):
    check = "check"
    question = "question"
    box = "box"
    statement = "statement"
    group = "group"


def override(
    result: Annotated[
        Path, typer.Argument(help="A result.json, or the folder that holds it.", callback=readable)
    ],
    kind: Annotated[
        _Kind | None,
        typer.Argument(help="What is judged; without it, all there is is listed.", show_default=False),
    ] = None,
    name: Annotated[str, typer.Argument(help="Its id, of a question its number; none for the group.")] = "",
    verdict: Annotated[
        str | None, typer.Option("--verdict", help="Your verdict.", show_default=False)
    ] = None,
    points: Annotated[
        float | None,
        typer.Option(
            "--points",
            help="Of a check: its points. Of the group: the total. Of others: on top, or off with a minus.",
            show_default=False,
        ),
    ] = None,
    comment: Annotated[
        str, typer.Option("--comment", help="For the group to read.", show_default=False)
    ] = "",
    by: Annotated[str, typer.Option("--by", help="Who decides.", show_default=False)] = "",
    reason: Annotated[str, typer.Option("--reason", help="Why.", show_default=False)] = "",
    into: Annotated[
        Path | None,
        typer.Option(
            "--into",
            help="Add the entry to this file, if it is whole.",
            show_default=False,
            callback=readable,
        ),
    ] = None,
    course: CourseOption = None,
    debug: DebugOption = False,
) -> None:
    """Write down what a person decides: an entry of overrides.toml, with the digest of what there is to see."""
    from grader import exam, render
    from grader.cli.review_commands.override_entry import entry_text, find_target, target_line
    from grader.course.pack import reports_folder
    from grader.render.escaping import terminal
    from grader.results import read_result
    from grader.review import parse_overrides, read_overrides, targets

    reports = reports_folder(course)
    tools, boxes = exam.load_tools(reports), exam.load_checklist(reports)
    graded = exam.assess_again(read_result(result), boxes, tools, exam.load_report_data(reports))
    if kind is None:
        for seen in targets(graded):
            tell(target_line(seen))
        return
    seen = find_target(graded, kind.value, name)
    said = {"verdict": verdict, "points": points, "comment": comment or None, "by": by, "reason": reason}
    given = {key: value for key, value in said.items() if value is not None}
    entry = entry_text(graded, seen, given)
    if into is None:
        console.print(entry, markup=False, highlight=False, soft_wrap=True, end="")
        return
    missing = [option for option, text in (("--by", by), ("--reason", reason)) if not text.strip()]
    missing += [] if {"verdict", "points", "comment"} & set(given) else ["--verdict, --points or --comment"]
    if missing:
        raise UsageError(
            f"Nothing was added: say {', '.join(missing)}.", "Without --into the entry is printed."
        )
    # What is added has to be whole by itself, so that the lines of a mistake are those of the entry.
    parse_overrides(entry, name="The entry")
    before = ""
    if into.exists():
        read_overrides(into)
        before = into.read_text(encoding="utf-8-sig")
    text = f"{before.rstrip()}\n\n{entry}" if before.strip() else entry
    parse_overrides(text, name=str(into))
    render.write_text(into, text)
    of = "" if seen.target.kind == "group" else f", {seen.target.name}"
    tell(terminal(f"{into}: added {graded.submission.id}{of}. Reports show it with --overrides {into}"))
