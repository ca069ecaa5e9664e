"""`grader grade`: a class, from sources that are named and from a group list."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from grader.cli.named_paths import check_writable
from grader.cli.options import (
    FORGE_URL,
    BaseOption,
    CourseOption,
    DebugOption,
    ForgeTokenOption,
    ForgeUrlOption,
    FormatOption,
    JobsOption,
    ModulesOption,
    NoCacheOption,
    OverridesOption,
    ProfileOption,
    PseudonymousOption,
    SandboxKind,
    SandboxOption,
    SessionOption,
    SourcesArgument,
    VerboseOption,
    console,
    problems,
    read_formats,
)
from grader.cli.review_commands.class_sources import (
    AllowLocalOption,
    DeadlineOption,
    GroupsOption,
    TokenOption,
    group_rows,
)
from grader.errors import UsageError

if TYPE_CHECKING:
    from grader.batch import EngineMaker


class EngineKind(StrEnum):
    """What grades the submissions of a class."""

    processes = "processes"
    dask = "dask"


ShardOption = Annotated[
    str,
    typer.Option(
        "--shard",
        help="Grade one part of the class: 3/10 on the third of ten machines. `grader merge` puts them together.",
        show_default=False,
    ),
]
EngineOption = Annotated[
    EngineKind, typer.Option("--engine", help="What grades: processes of this machine, or workers of Dask.")
]
SchedulerOption = Annotated[
    str,
    typer.Option(
        "--scheduler",
        help="A scheduler of Dask that runs already: tcp://host:8786. Without, --engine dask starts workers here.",
        show_default=False,
    ),
]


def grade(
    sources: SourcesArgument = None,
    groups: GroupsOption = None,
    allow_local: AllowLocalOption = False,
    deadline: DeadlineOption = "",
    shard: ShardOption = "",
    out: Annotated[Path, typer.Option("--out", help="Where the reports go.")] = Path("results"),
    modules: ModulesOption = None,
    session: SessionOption = None,
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
    token_env: TokenOption = "",
    pseudonymous: PseudonymousOption = None,
    jobs: JobsOption = None,
    engine: EngineOption = EngineKind.processes,
    scheduler: SchedulerOption = "",
    no_cache: NoCacheOption = False,
    overrides: OverridesOption = None,
    verbose: VerboseOption = False,
    debug: DebugOption = False,
) -> None:
    """Grade committed work: one report each, an overview of all. Stopped, the same command goes on where it ended."""
    from grader.batch import OVERVIEW, ClassPlan, Fetching, Shard, grade_all, token_variable
    from grader.cli.class_progress import ClassProgress
    from grader.cli.review_commands.judging import judge_class, judged_before, read_given
    from grader.cli.stages import choose, grading_options, set_up, with_forge
    from grader.cli.verbose import log_to_stderr
    from grader.course.pack import load_course
    from grader.grading.engine_digest import BESIDE_EVENTS, engine_digest
    from grader.grading.suite_cache import SuiteCache
    from grader.render.pseudonymous import hides
    from grader.submission.revisions.deadline import read_deadline
    from grader.user_cache import cache_folder

    pack = load_course(course)
    wanted = read_formats(formats)
    fetching = Fetching(
        deadline=read_deadline(deadline) if deadline else None,
        cache=cache_folder("clones"),
        token_env=token_variable(token_env),
    )
    part = Shard.read(shard) if shard else None
    handed_in = [*(sources or ()), *group_rows(groups, pack, allow_local)]
    if not handed_in:
        raise UsageError("There is nothing to grade.", "Name repositories, or a group list with --groups.")
    options = with_forge(
        grading_options(pack, modules, session, profile), forge_token_env, forge_url
    ).official()
    check_writable(out, OVERVIEW)
    check_writable(out / "submissions")
    kept = None if no_cache else SuiteCache(cache_folder("results"), engine_digest(BESIDE_EVENTS))
    decided, before = read_given(overrides), judged_before(out)
    with choose(sandbox, pack, base) as place:
        if not place.isolated and not trust_submissions:
            raise UsageError(
                "The code of these submissions would run without isolation: as you, on this machine.",
                "Have a sandbox (`grader doctor` says what is missing), or say --trust-submissions.",
            )
        graded = grade_all(
            handed_in,
            out=out,
            setup=replace(set_up(pack, options, place), cache=kept),
            plan=ClassPlan(
                formats=tuple(wanted),
                jobs=jobs,
                again=no_cache,
                fetching=fetching,
                pseudonymous=hides(pseudonymous),
                shard=part,
                engine=_engine(engine, scheduler),
                begin=log_to_stderr if verbose else None,
            ),
            board=ClassProgress(console, problems),
        )
    judge_class(out, before, decided, formats=wanted, reports=pack.reports)
    console.print(f"Overview: [bold]{escape(str(graded.index))}[/]", soft_wrap=True, highlight=False)
    raise typer.Exit(graded.exit_code)


def _engine(kind: EngineKind, scheduler: str) -> EngineMaker:
    """Return what makes the engine."""
    from grader.batch import Crew

    if kind is EngineKind.processes:
        if scheduler:
            raise UsageError("--scheduler is about Dask.", "Add --engine dask, or leave it out.")
        return Crew
    from grader.batch.engines.dask_crew import DaskCrew

    return partial(DaskCrew, scheduler=scheduler)
