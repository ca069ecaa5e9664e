"""The command line: thin, no logic. Each command is a few lines over the functions of the engine."""

from __future__ import annotations

import gc
import json
import sys
import tempfile
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

import grader
from grader.cli.cache_command import cache_app
from grader.cli.grade_command import grade
from grader.cli.image_command import image_app
from grader.cli.named_paths import check_writable, explained
from grader.cli.options import (
    FORGE_URL,
    BaseOption,
    CourseOption,
    DebugOption,
    ForgeRepositoryOption,
    ForgeTokenOption,
    ForgeUrlOption,
    FormatOption,
    ModulesOption,
    ProfileKind,
    ProfileOption,
    PseudonymousOption,
    SandboxKind,
    SandboxOption,
    SessionOption,
    StartArgument,
    TreeArgument,
    VerboseOption,
    console,
    file_names,
    problems,
    read_formats,
    say_where,
    tell,
)
from grader.cli.review_commands.diff_command import diff
from grader.cli.review_commands.merge_command import merge
from grader.cli.review_commands.override_command import override
from grader.cli.review_commands.regrade_command import regrade
from grader.cli.review_commands.report_command import report
from grader.cli.review_commands.similar_command import similar
from grader.cli.streams import carry_every_character
from grader.errors import GraderError
from grader.secrets.address import safe_argument

if TYPE_CHECKING:
    from grader.course.pack import Course
    from grader.render.pseudonymous import NameHider
    from grader.results import Result

#: So many objects more than before, and garbage is looked for among them.
_ALLOCATIONS = 50_000
#: Inside a student's repository, so it ignores itself.
DEFAULT_OUT = Path(".grader")

app = typer.Typer(
    name="grader",
    help="Grade exercises and projects of a course: check suites in sandboxes, exam reports held against repositories.",
    no_args_is_help=True,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)
app.add_typer(image_app, name="image")
app.add_typer(cache_app, name="cache")


def main() -> None:
    """Run the command line and exit with its code: 0, 1 (something failed), 2 (bad input), 3 (could not grade)."""
    carry_every_character()
    # What a command loads, it keeps: looking through all of it for garbage again and again takes a tenth of a short one.
    gc.set_threshold(_ALLOCATIONS, *gc.get_threshold()[1:])
    # An address may hold a password: from here on nothing has it but the system's own list of processes.
    sys.argv[1:] = [safe_argument(argument) for argument in sys.argv[1:]]
    try:
        app()
    except (GraderError, OSError, UnicodeError) as problem:
        from grader.render.escaping import one_line

        error = problem if isinstance(problem, GraderError) else explained(problem, sys.argv[1:])
        if "--debug" in sys.argv:
            traceback.print_exc()
        problems.print(f"[bold red]error:[/] {escape(one_line(str(error)))}", highlight=False, soft_wrap=True)
        raise SystemExit(error.exit_code) from None
    finally:
        # Nor is garbage looked for in it at the very end.
        gc.freeze()


@app.callback(invoke_without_command=True)
def _root(
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
) -> None:
    if version:
        console.print(f"grader {grader.__version__}")
        raise typer.Exit


@app.command()
def check(
    path: TreeArgument = Path(),
    out: Annotated[Path, typer.Option("--out", help="Where the report goes.")] = DEFAULT_OUT,
    modules: ModulesOption = None,
    session: SessionOption = None,
    profile: ProfileOption = None,
    sandbox: SandboxOption = SandboxKind.auto,
    formats: FormatOption = "html,json",
    base: BaseOption = "auto",
    course: CourseOption = None,
    forge_token_env: ForgeTokenOption = "",
    forge_url: ForgeUrlOption = FORGE_URL,
    forge_repository: ForgeRepositoryOption = "",
    pseudonymous: PseudonymousOption = None,
    verbose: VerboseOption = False,
    debug: DebugOption = False,
) -> None:
    """Check your own repository: an answer in seconds, what to do next, a report."""
    from grader import render
    from grader.cli.stages import choose, grading_options, read_tree, set_up, with_forge
    from grader.course.exercise import module_in_settings
    from grader.course.pack import load_course
    from grader.pipeline import grade_source
    from grader.render.pseudonymous import hides

    pack = load_course(course)
    wanted = read_formats(formats)
    if modules is None and session is None and (named := module_in_settings(path)):
        modules, profile = named, profile or ProfileKind.exercises
    options = with_forge(
        grading_options(pack, modules, session, profile), forge_token_env, forge_url, forge_repository
    )
    check_writable(out, file_names(wanted))
    tree = read_tree(path)
    hiding = _hider(path, pack) if hides(pseudonymous) else None

    def write(result: Result) -> tuple[Result, list[Path]]:
        shown = hiding.result(result) if hiding else result
        return shown, render.write_reports(shown, out, wanted, pack.reports)

    with choose(sandbox, pack, base) as place:
        result, written = grade_source(
            hiding.fetched(tree) if hiding else tree,
            set_up(pack, options, place, hiding.text if hiding else str, wanted),
            write,
        )
    if out == DEFAULT_OUT:
        render.write_text(out / ".gitignore", "*\n")
    render.print_result(result, console)
    say_where(written)
    raise typer.Exit(result.exit_code)


def _hider(path: Path, pack: Course) -> NameHider:
    from grader.exam import load_report_data
    from grader.render.pseudonymous import NameHider

    return NameHider(str(path), about=load_report_data(pack.reports))


app.command()(grade)


@app.command()
def start(
    module: Annotated[
        str, typer.Argument(help="The id of the module to start; `grader modules` lists them.")
    ],
    folder: StartArgument = None,
    course: CourseOption = None,
    debug: DebugOption = False,
) -> None:
    """Start an exercise: its instructions and starter files."""
    from grader.course.exercise import next_steps, start_exercise
    from grader.course.pack import load_course
    from grader.course.selection import only_module

    pack = load_course(course)
    chosen = only_module(pack.select([module]))
    into = folder or Path(chosen.folder.name)
    check_writable(into)
    written = [str(path) for path in start_exercise(pack, chosen, into)]
    for line in (*written, *next_steps(chosen, into, course)):
        tell(line)


@app.command()
def modules(course: CourseOption = None, debug: DebugOption = False) -> None:
    """List the course's modules and their checks."""
    from grader.course.pack import load_course

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
    verbose: VerboseOption = False,
    debug: DebugOption = False,
) -> None:
    """Build a sample student project in a temporary folder, grade it, and show the report."""
    from grader import render
    from grader.cli.stages import choose, read_tree, set_up
    from grader.course.pack import load_course
    from grader.demo import DEMO_NAME, build_demo
    from grader.pipeline import Options, grade_source

    pack = load_course()
    check_writable(out, file_names(["html", "json"]))
    with (
        choose(sandbox, pack, base) as place,
        tempfile.TemporaryDirectory(prefix="grader-demo-") as temporary,
    ):
        repository = build_demo(Path(temporary) / DEMO_NAME)
        result, written = grade_source(
            read_tree(repository),
            set_up(pack, Options(), place),
            lambda result: (result, render.write_reports(result, out, ["html", "json"], pack.reports)),
        )
    render.print_result(result, console)
    console.print("This was a sample project with mistakes on purpose. Yours: [bold]grader check PATH[/]")
    say_where(written)
    raise typer.Exit(3 if result.exit_code == 3 else 0)


@app.command()
def prove(
    modules: ModulesOption = None,
    sandbox: SandboxOption = SandboxKind.auto,
    base: BaseOption = "auto",
    course: CourseOption = None,
    write: Annotated[
        Path | None, typer.Option("--write", help="Renew the table of this page.", show_default=False)
    ] = None,
    repeat: Annotated[
        int,
        typer.Option(
            "--repeat", min=1, help="Run solutions and broken oracles so often; no verdict may change."
        ),
    ] = 1,
    verbose: VerboseOption = False,
    debug: DebugOption = False,
) -> None:
    """Prove the suites: the solution passes, the starter does not, every mutant is caught, no oracle has too many points."""
    from grader.authoring.prove import prove_course
    from grader.authoring.suites_page import read_page, renew
    from grader.cli.stages import choose, choose_modules, install_saying
    from grader.course.pack import load_course

    pack = load_course(course)
    chosen = choose_modules(pack, modules, None)
    page = read_page(write) if write else ""
    with choose(sandbox, pack, base) as place:
        proof = prove_course(pack, chosen, place, install_saying, repeat=repeat)
    proof.print(console)
    if write is not None:
        write.write_text(renew(page, proof.modules), encoding="utf-8")
    raise typer.Exit(0 if proof.holds else 1)


@app.command()
def schema(debug: DebugOption = False) -> None:
    """Print the JSON Schema of result.json."""
    from grader.results import Result

    print(json.dumps(Result.model_json_schema(), indent=2))


@app.command()
def doctor(debug: DebugOption = False) -> None:
    """Say what is missing on this machine, and the command that mends it."""
    from grader.cli.doctor import examine

    findings = examine()
    for finding in findings:
        mark = "[green]ok[/]     " if finding.fine else "[yellow]missing[/]"
        console.print(f"{mark} {escape(finding.what)}", highlight=False, soft_wrap=True)
        if finding.mend:
            console.print(f"        {escape(finding.mend)}", highlight=False, soft_wrap=True)
    raise typer.Exit(0 if all(finding.fine or not finding.needed for finding in findings) else 3)


# Behind the commands that grade, as in a class's evening.
for command in (report, override, diff, regrade, merge, similar):
    app.command()(command)
