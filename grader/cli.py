"""The command line: thin, no logic. Each command is a few lines over the functions of the engine."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

import grader
from grader import render
from grader.cli_image import image_app
from grader.cli_options import (
    FORGE_URL,
    BaseOption,
    CourseOption,
    DebugOption,
    ForgeRepositoryOption,
    ForgeTokenOption,
    ForgeUrlOption,
    FormatOption,
    ModulesOption,
    ProfileOption,
    SandboxKind,
    SandboxOption,
    SessionOption,
    console,
    problems,
)
from grader.course import load_course, reports_folder
from grader.errors import GraderError, UsageError
from grader.exam import assess_again, load_checklist, load_tools
from grader.results import Result, read_result

#: Inside a student's repository, so it ignores itself.
DEFAULT_OUT = Path(".grader")

app = typer.Typer(
    name="grader",
    help="Grade exercises and projects of a course: check suites in sandboxes, exam reports held against repositories.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)
app.add_typer(image_app, name="image")


def main() -> None:
    """Run the command line and exit with its code: 0, 1 (something failed), 2 (bad input), 3 (could not grade)."""
    try:
        app()
    except GraderError as problem:
        if "--debug" in sys.argv:
            raise
        problems.print(f"[bold red]error:[/] {escape(str(problem))}", highlight=False, soft_wrap=True)
        raise SystemExit(problem.exit_code) from None


@app.callback(invoke_without_command=True)
def _root(
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
) -> None:
    if version:
        console.print(f"grader {grader.__version__}")
        raise typer.Exit


@app.command()
def check(
    path: Annotated[
        Path, typer.Argument(help="A repository, or a folder of one: its files are graded as they are.")
    ] = Path(),
    out: Annotated[Path, typer.Option("--out", help="Where the report goes.")] = DEFAULT_OUT,
    modules: ModulesOption = "",
    session: SessionOption = "",
    profile: ProfileOption = None,
    sandbox: SandboxOption = SandboxKind.auto,
    formats: FormatOption = "html,json",
    base: BaseOption = "auto",
    course: CourseOption = None,
    forge_token_env: ForgeTokenOption = "",
    forge_url: ForgeUrlOption = FORGE_URL,
    forge_repository: ForgeRepositoryOption = "",
    debug: DebugOption = False,
) -> None:
    """Check your own repository: an answer in seconds, what to do next, a report."""
    from grader.cli_grading import choose, grade_one, grading_options, read_tree, with_forge

    pack = load_course(course)
    wanted = _formats(formats)
    options = with_forge(
        grading_options(pack, modules, session, profile), forge_token_env, forge_url, forge_repository
    )
    with tempfile.TemporaryDirectory(prefix="grader-") as temporary:
        submission = read_tree(path, Path(temporary) / "files")
        result = grade_one(submission, pack, options, choose(sandbox, pack, base))
        written = render.write_reports(result, out, wanted, pack.reports)
    if out == DEFAULT_OUT:
        render.write_text(out / ".gitignore", "*\n")
    render.print_result(result, console)
    _say_where(written)
    raise typer.Exit(result.exit_code)


@app.command()
def grade(
    sources: Annotated[list[str], typer.Argument(help="Repositories: paths, git URLs, or owner/name.")],
    out: Annotated[Path, typer.Option("--out", help="Where the reports go.")] = Path("results"),
    modules: ModulesOption = "",
    session: SessionOption = "",
    profile: ProfileOption = None,
    sandbox: SandboxOption = SandboxKind.auto,
    trust_submissions: Annotated[
        bool, typer.Option("--trust-submissions", help="Allow strangers' code to run without isolation.")
    ] = False,
    formats: FormatOption = "html,json",
    base: BaseOption = "auto",
    course: CourseOption = None,
    forge_token_env: ForgeTokenOption = "",
    forge_url: ForgeUrlOption = FORGE_URL,
    debug: DebugOption = False,
) -> None:
    """Grade committed work: one report each, an overview of all."""
    from grader.batch import grade_all
    from grader.cli_grading import choose, grade_one, grading_options, with_forge

    pack = load_course(course)
    wanted = _formats(formats)
    options = with_forge(
        grading_options(pack, modules, session, profile), forge_token_env, forge_url
    ).official()
    place = choose(sandbox, pack, base)
    if not place.isolated and not trust_submissions:
        raise UsageError(
            "Without Docker, the code of these submissions would run as you, on this machine.",
            "Start Docker (see `grader doctor`), or say --trust-submissions.",
        )
    graded = grade_all(
        sources,
        out=out,
        grade=lambda submission: grade_one(submission, pack, options, place),
        write=lambda result, folder: render.write_reports(result, folder, wanted, pack.reports),
        reports=pack.reports,
        say=lambda line: console.print(escape(line), highlight=False, soft_wrap=True),
    )
    console.print(f"Overview: [bold]{escape(str(graded.index))}[/]", soft_wrap=True, highlight=False)
    raise typer.Exit(graded.exit_code)


@app.command()
def start(
    module: Annotated[str, typer.Argument(help="The module to start: M4.")],
    folder: Annotated[
        Path | None, typer.Argument(help="Where to; a new folder here by default.", show_default=False)
    ] = None,
    course: CourseOption = None,
    debug: DebugOption = False,
) -> None:
    """Start an exercise: its instructions and starter files."""
    pack = load_course(course)
    chosen = pack.select([module])[0]
    into = folder or Path(chosen.folder.name)
    from grader.exercise import start_exercise

    for path in start_exercise(pack, chosen, into):
        console.print(escape(str(path)), highlight=False, soft_wrap=True)
    console.print(f"Check it with: grader check {escape(str(into))} --modules {chosen.id}", highlight=False)


@app.command()
def report(
    results: Annotated[list[Path], typer.Argument(help="result.json files, or folders that hold one.")],
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Where it goes; beside the result by default.", show_default=False),
    ] = None,
    formats: FormatOption = "html",
    course: CourseOption = None,
    debug: DebugOption = False,
) -> None:
    """Judge what reports claim and render them again, from results alone: nothing is run."""
    reports = reports_folder(course)
    wanted = _formats(formats)
    tools, boxes = load_tools(reports), load_checklist(reports)
    for path in results:
        result = assess_again(read_result(path), boxes, tools)
        folder = out or (path if path.is_dir() else path.parent)
        _say_where(
            render.write_reports(
                result,
                folder if len(results) == 1 or not out else folder / result.submission.id,
                wanted,
                reports,
            )
        )


@app.command()
def modules(course: CourseOption = None, debug: DebugOption = False) -> None:
    """List the course's modules and their checks."""
    pack = load_course(course)
    table = Table(title=escape(pack.name), title_justify="left", box=None, pad_edge=False)
    for heading in ("module", "session", "title", "core", "checks", "points"):
        table.add_column(heading, justify="right" if heading in ("checks", "points") else "left")
    for module in pack.modules:
        points = sum(item.spec.points for item in module.checks)
        core = "core" if module.info.core else "optional"
        table.add_row(
            module.id, module.info.session, module.info.title, core, str(len(module.checks)), f"{points:g}"
        )
    console.print(table)


@app.command()
def demo(
    out: Annotated[Path, typer.Option("--out", help="Where the report goes.")] = Path("demo-report"),
    sandbox: SandboxOption = SandboxKind.auto,
    base: BaseOption = "auto",
    debug: DebugOption = False,
) -> None:
    """Build a sample student project in a temporary folder, grade it, and show the report."""
    from grader.cli_grading import choose, grade_one, read_tree
    from grader.demo import build_demo
    from grader.pipeline import Options

    pack = load_course()
    with tempfile.TemporaryDirectory(prefix="grader-demo-") as temporary:
        repository = build_demo(Path(temporary) / "corrupt-mnist-project")
        submission = read_tree(repository, Path(temporary) / "files")
        result = grade_one(submission, pack, Options(), choose(sandbox, pack, base))
        written = render.write_reports(result, out, ["html", "json"], pack.reports)
    render.print_result(result, console)
    console.print("This was a sample project with mistakes on purpose. Yours: [bold]grader check PATH[/]")
    _say_where(written)
    raise typer.Exit(3 if result.exit_code == 3 else 0)


@app.command()
def prove(
    modules: ModulesOption = "",
    sandbox: SandboxOption = SandboxKind.auto,
    base: BaseOption = "auto",
    course: CourseOption = None,
    debug: DebugOption = False,
) -> None:
    """Prove the suites: the solution passes, the starter does not, every mutant is caught."""
    from grader.cli_grading import choose, prepare_environment
    from grader.prove import prove_course

    pack = load_course(course)
    chosen = pack.select(modules.split(",") if modules else ())
    proof = prove_course(pack, chosen, choose(sandbox, pack, base), prepare_environment)
    proof.print(console)
    raise typer.Exit(0 if proof.holds else 1)


@app.command()
def schema(debug: DebugOption = False) -> None:
    """Print the JSON Schema of result.json."""
    print(json.dumps(Result.model_json_schema(), indent=2))


@app.command()
def doctor(debug: DebugOption = False) -> None:
    """Say what is missing on this machine, and the command that mends it."""
    from grader.doctor import examine

    findings = examine()
    for finding in findings:
        mark = "[green]ok[/]     " if finding.fine else "[yellow]missing[/]"
        console.print(f"{mark} {escape(finding.what)}", highlight=False, soft_wrap=True)
        if finding.mend:
            console.print(f"        {escape(finding.mend)}", highlight=False, soft_wrap=True)
    raise typer.Exit(0 if all(finding.fine or not finding.needed for finding in findings) else 3)


def _formats(text: str) -> list[str]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    unknown = [name for name in names if name not in render.FORMATS]
    if unknown:
        raise UsageError(f"Unknown format {unknown[0]!r}.", f"There are {', '.join(render.FORMATS)}.")
    return names


def _say_where(paths: list[Path]) -> None:
    for path in paths:
        console.print(f"{path.name}: [bold]{escape(str(path))}[/]", soft_wrap=True, highlight=False)


if __name__ == "__main__":
    main()
