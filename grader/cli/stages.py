"""What the commands that grade have in common: options, a sandbox, what is said meanwhile.

Apart from `grader.cli`, which imports it only where something is graded: a report renders sooner than all this loads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from rich.markup import escape

from grader import render
from grader.cli.options import FORGE_URL, ProfileKind, SandboxKind, console, problems, say, tell
from grader.cli.progress import module_progress
from grader.course.module import Module
from grader.course.pack import Course
from grader.course.selection import split_names
from grader.errors import UsageError
from grader.grading import OnEvent
from grader.pipeline import Options, Planned, Setup, install, opening
from grader.sandbox.choose import choose_sandbox
from grader.sandbox.protocol import Sandbox, StudentPython
from grader.settings import SubmissionLimits
from grader.submission import Submission, fetch_working_tree
from grader.submission.source import local_source


def read_tree(path: Path) -> Callable[[Path], Submission]:
    """Return the first step: read the working tree at `path`. Refuse a path that is none before anything is started for it."""
    local_source(path)
    return lambda into: fetch_working_tree(path, into=into, limits=SubmissionLimits())


def set_up(
    pack: Course,
    options: Options,
    place: Sandbox,
    hide: Callable[[str], str] = lambda line: line,
    formats: Iterable[str] = (),
) -> Setup:
    """Return what the conductor needs: the plan said in a line, progress shown, each step of an installation said.

    `hide` is asked for each line that may have a name in it. What renders `formats` is loaded while the sandbox works.
    """
    setup = Setup(
        course=pack,
        sandbox=place,
        options=options,
        install=install_saying,
        watch=lambda planned: _watch(planned, options, place, hide),
    )
    return replace(setup, meanwhile=partial(render.load_formats, formats)) if formats else setup


def install_saying(planned: Planned, place: Sandbox) -> StudentPython:
    """Install the environment of the students' code, and print each step."""
    return install(planned, place, say)


@contextmanager
def _watch(
    planned: Planned, options: Options, place: Sandbox, hide: Callable[[str], str]
) -> Iterator[OnEvent]:
    """Say in a line what will be graded, and show progress."""
    submission = planned.submission
    tell(hide(opening(planned, options, place)))
    about = submission.notes[:1] if submission.subfolder else ()
    for text in (*about, *submission.history.gaps):
        problems.print(f"[yellow]note:[/] {escape(hide(text))}", highlight=False, soft_wrap=True)
    with module_progress(planned.plan, console) as on_event:
        yield on_event


@contextmanager
def choose(kind: SandboxKind, pack: Course, base: str) -> Iterator[Sandbox]:
    """Choose the sandbox that was asked for, print what there is to say of it, and close it after the block."""
    place, notice = choose_sandbox(kind.value, pack.root, base=base, progress=say)
    if notice:
        problems.print(f"[yellow]note:[/] {escape(notice)}", highlight=False, soft_wrap=True)
    with closing(place):
        yield place


def choose_modules(pack: Course, modules: str | None, session: str | None) -> tuple[Module, ...]:
    """Return the modules that the options name, all without them.

    Raises:
        UsageError: an option that names nothing or something unknown, or both.
    """
    names = split_names(modules, "--modules")
    return pack.select(names, " ".join(split_names(session, "--session")))


def grading_options(
    pack: Course, modules: str | None, session: str | None, profile: ProfileKind | None
) -> Options:
    """Return options, with unknown modules refused before anything is fetched."""
    chosen = choose_modules(pack, modules, session)
    names = () if modules is None and session is None else tuple(module.id for module in chosen)
    return Options(modules=names, profile=profile.value if profile else None)


def with_forge(options: Options, variable: str, url: str, repository: str = "") -> Options:
    """Add access to the forge's API to the options, if a variable with a token is named."""
    if not variable:
        if url != FORGE_URL or repository:
            raise UsageError("The forge is asked with a token only.", "Add --forge-token-env NAME.")
        return options
    from grader.forge import read_access

    try:
        access = read_access(url, variable)
    except ValueError:
        # What it says quotes the address.
        raise UsageError("--forge-url is no valid address.", f"The default is {FORGE_URL}.") from None
    return replace(options, forge=access, forge_repository=repository)
