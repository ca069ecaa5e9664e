"""`grader similar`: which groups' code is alike, and where. A place to look, not a verdict."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from grader.cli.named_paths import check_writable, readable_all, readable_sources
from grader.cli.options import (
    CourseOption,
    DebugOption,
    PseudonymousOption,
    VerboseOption,
    console,
    say_where,
    tell,
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
    from grader.course.pack import Course
    from grader.settings import SimilarityLimits
    from grader.similarity.group_code import HandedOut

_DATA = "similar.json"
#: Pairs that are named in the terminal.
_NAMED = 5


def _readable_or_none(paths: list[Path] | None) -> list[Path]:
    return readable_all(paths or [])


def similar(
    sources: Annotated[
        list[str] | None,
        typer.Argument(
            help="As for `grade`: paths, zip files of clones, git URLs, owner/name; or an output folder of `grade`.",
            show_default=False,
            callback=readable_sources,
        ),
    ] = None,
    groups: GroupsOption = None,
    allow_local: AllowLocalOption = False,
    earlier: Annotated[
        list[Path] | None,
        typer.Option(
            "--earlier",
            help="A folder (or group list) of an earlier year's repositories; may be given again.",
            show_default=False,
            callback=_readable_or_none,
        ),
    ] = None,
    template: Annotated[
        list[Path] | None,
        typer.Option(
            "--template",
            help="A folder of code that was handed out, which does not count; may be given again.",
            show_default=False,
            callback=_readable_or_none,
        ),
    ] = None,
    common: Annotated[
        int,
        typer.Option(
            "--common",
            min=1,
            max=100,
            help="What more than so many percent of all have, and at least 4, is common knowledge and does not count.",
        ),
    ] = 20,
    deadline: DeadlineOption = "",
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            help="Where the page goes; `results` by default, or the output folder.",
            show_default=False,
        ),
    ] = None,
    course: CourseOption = None,
    token_env: TokenOption = "",
    pseudonymous: PseudonymousOption = None,
    jobs: Annotated[
        int | None,
        typer.Option("--jobs", min=1, help="How many repositories are read at once.", show_default=False),
    ] = None,
    verbose: VerboseOption = False,
    debug: DebugOption = False,
) -> None:
    """Compare groups' code with each other, and with earlier years': a place to look, not a verdict. Nothing is run.

    Taken out first is what the course handed out, vendored code, and what many groups have. Ends with 0, whatever is alike, and
    with 3 if a repository could not be had.
    """
    from grader import render
    from grader.batch import Fetching, token_variable
    from grader.batch.alike.compared_sources import of_earlier_years, of_this_year
    from grader.batch.alike.reading_pool import processes
    from grader.batch.alike.similar_run import Comparison, compare_sources
    from grader.batch.overview import INDEX, SIMILAR, link_similar
    from grader.batch.revisited.out_folder import is_out_folder
    from grader.course.pack import load_course
    from grader.exam import load_report_data
    from grader.render.classwide.similar_page import render_similar
    from grader.render.escaping import one_line, terminal
    from grader.render.pseudonymous import hides
    from grader.settings import SimilarityLimits
    from grader.similarity.winnowed import needs_library
    from grader.submission.revisions.deadline import read_deadline
    from grader.user_cache import cache_folder

    needs_library()
    pack = load_course(course)
    named = [*(sources or ()), *group_rows(groups, pack, allow_local)]
    if not named:
        raise UsageError("There is nothing to compare.", "Name repositories, or a group list with --groups.")
    graded = [Path(one) for one in sources or () if is_out_folder(Path(one))]
    folder = out or (graded[0] if graded else Path("results"))
    check_writable(folder, (SIMILAR, _DATA))
    hiding = hides(pseudonymous)
    this_year = of_this_year(named, pseudonymous=hiding)
    all_of_them = [*this_year, *of_earlier_years(earlier or [], this_year, pseudonymous=hiding)]
    if len(all_of_them) < 2:
        raise UsageError(
            "One submission alone is like no other.", "Name more, or earlier ones with --earlier."
        )
    limits = SimilarityLimits(common_share=common / 100)
    made = compare_sources(
        all_of_them,
        Comparison(
            fetching=Fetching(
                deadline=read_deadline(deadline) if deadline else None,
                cache=cache_folder("clones"),
                token_env=token_variable(token_env),
            ),
            course=_handed_out(pack, template or [], limits),
            limits=limits,
            about=load_report_data(pack.reports) if hiding else None,
            jobs=jobs or processes(),
            tell=lambda line: tell(terminal(one_line(line, 300))),
        ),
    )
    overview = is_out_folder(folder) and (folder / INDEX).is_file()
    page = render_similar(made.found, made.lines, reports=pack.reports, limits=limits, overview=overview)
    render.write_text(folder / SIMILAR, page)
    if overview:
        link_similar(folder)
    render.write_text(folder / _DATA, made.found.model_dump_json(indent=2) + "\n")
    for pair in made.found.pairs[:_NAMED]:
        console.print(
            f"{int(100 * pair.share):3} %  {escape(terminal(f'{pair.first} and {pair.second}'))}: {pair.tokens} tokens",
            highlight=False,
            soft_wrap=True,
        )
    tell(
        f"{made.found.pairs_alike} of {made.found.pairs_compared} pairs share code. A place to look, not a verdict."
    )
    say_where([folder / SIMILAR, folder / _DATA])
    lost = [
        one
        for one, had in zip(all_of_them, made.found.submissions, strict=True)
        if had.problem and not one.nothing
    ]
    raise typer.Exit(3 if lost else 0)


def _handed_out(pack: Course, templates: list[Path], limits: SimilarityLimits) -> HandedOut:
    """Return what does not count: files of the course, the starters of its exercises, and what a person names."""
    from grader.course.fingerprints import load_fingerprints
    from grader.repository.files import Files
    from grader.repository.python.roles import CourseWords
    from grader.similarity.group_code import HandedOut, grams_of

    for path in templates:
        if not path.is_dir():
            raise UsageError(
                f"--template {path} is no folder.", "Name the folder with the code that was handed out."
            )
    starters = sorted(pack.exercises.glob("*/starter")) if pack.exercises.is_dir() else []
    return HandedOut(
        blobs=frozenset(load_fingerprints(pack.checks).template),
        grams=grams_of([Files(path) for path in (*starters, *templates)], limits),
        words=CourseWords.of({"course_words": pack.info.words}),
    )
