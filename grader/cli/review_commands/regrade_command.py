"""`grader regrade`: one check of one group again, as the answer to a complaint."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from grader.cli.named_paths import check_writable, readable
from grader.cli.options import (
    BaseOption,
    CourseOption,
    DebugOption,
    SandboxKind,
    SandboxOption,
    VerboseOption,
    say_where,
    tell,
)
from grader.errors import UsageError

if TYPE_CHECKING:
    from grader.results import CheckResult, Result

_LOG = "suite.log"


def regrade(
    group: Annotated[str, typer.Argument(help="The submission, as the output folder names it.")],
    check: Annotated[str, typer.Option("--check", help="Its id; `grader override RESULT` lists all.")],
    out: Annotated[
        Path, typer.Option("--out", help="The output folder of `grader grade`.", callback=readable)
    ] = Path("results"),
    source: Annotated[
        str,
        typer.Option("--source", help="Where the repository is now, if it was moved.", show_default=False),
    ] = "",
    sandbox: SandboxOption = SandboxKind.auto,
    trust_submissions: Annotated[
        bool, typer.Option("--trust-submissions", help="Allow strangers' code to run without isolation.")
    ] = False,
    base: BaseOption = "auto",
    course: CourseOption = None,
    verbose: VerboseOption = False,
    debug: DebugOption = False,
) -> None:
    """Answer a complaint: run one check of one group again, at the commit that was graded, with what it requires.

    The new result and the suite's log are written to OUT/regraded; no report changes. Ends with 0 if the verdict is the
    same, 1 if it is another one, 3 if the check could not be graded.
    """
    from grader import render
    from grader.batch.revisited.out_folder import read_out_folder
    from grader.batch.revisited.regrade import check_planned, find_complaint, options_for
    from grader.batch.revisited.regrade import regrade as grade_again
    from grader.cli.stages import choose, set_up
    from grader.course.pack import load_course
    from grader.render import labels as words
    from grader.render.escaping import one_line, terminal
    from grader.results import Verdict

    complaint = find_complaint(read_out_folder(out), group, check, source)
    pack = load_course(course)
    check_planned(complaint, pack)
    folder = out / "regraded" / group / check
    check_writable(folder, ("result.json", _LOG))

    def keep(result: Result) -> list[Path]:
        return render.write_reports(result, folder, ["json"], pack.reports)

    with choose(sandbox, pack, base) as place:
        if not place.isolated and not trust_submissions:
            raise UsageError(
                "The code of this submission would run without isolation: as you, on this machine.",
                "Have a sandbox (`grader doctor` says what is missing), or say --trust-submissions.",
            )
        found = grade_again(complaint, set_up(pack, options_for(complaint), place), keep)
    # A suite's log may hold what students' code printed: no escape sequence of it reaches the author's terminal.
    render.write_text(folder / _LOG, f"{terminal(found.log)}\n" if found.log else "The suite said nothing.\n")
    for circumstance in found.difference.circumstances:
        if circumstance.name not in ("modules", "limits"):
            before, after = (
                one_line(text, 20) or "none" for text in (circumstance.before, circumstance.after)
            )
            tell(terminal(f"differs: {circumstance.name}: {before} → {after}"))
    for module in found.result.modules:
        for one in module.checks:
            if one.id != found.after.id:
                tell(terminal(f"it requires {one.id}: {words.label(one.verdict)}"))
    tell(terminal(f"then: {_told(found.before)}"))
    tell(terminal(f"now:  {_told(found.after)}"))
    say_where([folder / "result.json", folder / _LOG])
    if found.after.verdict is Verdict.error:
        tell(f"{check} could not be graded: the grader's fault.")
        raise typer.Exit(3)
    tell("The verdict is the same." if found.same else "The verdict is another one.")
    raise typer.Exit(0 if found.same else 1)


def _told(check: CheckResult) -> str:
    from grader.render import labels as words
    from grader.render.escaping import one_line

    message = f" — {one_line(check.message, 500)}" if check.message else ""
    return f"{words.label(check.verdict)}, {words.points(check.points, check.max_points)}{message}"
