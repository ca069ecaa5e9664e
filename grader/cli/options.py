"""What several commands share: options, and where lines for people go."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from grader import render
from grader.cli.named_paths import readable, readable_all, readable_sources
from grader.errors import UsageError

if TYPE_CHECKING:
    from grader.results import Result

console = Console()
problems = Console(stderr=True)


class SandboxKind(StrEnum):
    """Where student code runs."""

    auto = "auto"
    docker = "docker"
    local = "local"


class ProfileKind(StrEnum):
    """What a repository is graded as."""

    exercises = "exercises"
    project = "project"


def _log_to_stderr(wanted: bool) -> bool:
    if wanted:
        # What cleans the lines loads rules of secrets: not for a command that says nothing.
        from grader.cli.verbose import log_to_stderr

        log_to_stderr()
    return wanted


def _some_base(name: str) -> str:
    if not name.strip():
        raise UsageError("--base is empty.", "Name an image, or leave the option out.")
    return name.strip()


TreeArgument = Annotated[
    Path,
    typer.Argument(
        help="A repository, or a folder of one: its files are graded as they are.", callback=readable
    ),
]
SourcesArgument = Annotated[
    list[str] | None,
    typer.Argument(
        help="Repositories: paths, zip files of clones, git URLs, or owner/name.",
        callback=readable_sources,
        show_default=False,
    ),
]
ResultsArgument = Annotated[
    list[Path],
    typer.Argument(
        help="result.json files, folders that hold one, or output folders of `grade`.", callback=readable_all
    ),
]
StartArgument = Annotated[
    Path | None,
    typer.Argument(help="Where to; a new folder here by default.", show_default=False, callback=readable),
]
CourseOption = Annotated[
    Path | None,
    typer.Option(
        "--course",
        help="A course pack; the bundled course by default.",
        show_default=False,
        callback=readable,
    ),
]
ModulesOption = Annotated[
    str | None,
    typer.Option(
        "--modules",
        help="Only these modules, or those of these sessions: ids, with commas.",
        show_default=False,
    ),
]
SessionOption = Annotated[
    str | None,
    typer.Option("--session", help="Only the modules of a session. Not with --modules.", show_default=False),
]
ProfileOption = Annotated[
    ProfileKind | None,
    typer.Option(
        "--profile", help="Grade as exercises or as a project; found by default.", show_default=False
    ),
]
SandboxOption = Annotated[SandboxKind, typer.Option("--sandbox", help="Where student code runs.")]
BaseOption = Annotated[
    str,
    typer.Option(
        "--base",
        help="Base of Docker's image: auto, debian, or an image such as python:3.12-slim. "
        "One that is named and cannot be had ends the run; not with --sandbox local.",
        callback=_some_base,
    ),
]
FormatOption = Annotated[
    str, typer.Option("--format", help=f"What to write, of {', '.join(render.FORMATS)}; commas between.")
]
ForgeTokenOption = Annotated[
    str,
    typer.Option(
        "--forge-token-env",
        help="Also ask the forge's API, with the token in this environment variable: GITHUB_TOKEN.",
        show_default=False,
    ),
]
ForgeUrlOption = Annotated[str, typer.Option("--forge-url", help="The forge's API.")]
ForgeRepositoryOption = Annotated[
    str,
    typer.Option(
        "--forge-repository", help="What the forge calls this repository: owner/name.", show_default=False
    ),
]
JobsOption = Annotated[
    int | None,
    typer.Option(
        "--jobs",
        min=1,
        help="How many at once; by default what cores and memory carry.",
        show_default=False,
    ),
]
NoCacheOption = Annotated[
    bool, typer.Option("--no-cache", help="Grade again what was graded, and run every suite, changed or not.")
]
PseudonymousOption = Annotated[
    bool | None,
    typer.Option(
        "--pseudonymous/--no-pseudonymous",
        help="Replace names, addresses and study numbers in all that is written; the default in CI.",
        show_default=False,
    ),
]
OverridesOption = Annotated[
    Path | None,
    typer.Option(
        "--overrides",
        help="What people decided (overrides.toml), shown beside the machine's verdicts.",
        show_default=False,
        callback=readable,
    ),
]
FORGE_URL = "https://api.github.com"
VerboseOption = Annotated[
    bool,
    typer.Option("--verbose", help="Say on stderr what is done, step by step.", callback=_log_to_stderr),
]
DebugOption = Annotated[bool, typer.Option("--debug", help="Show tracebacks.")]


def tell(line: str) -> None:
    """Print a line of the output, as plain text."""
    console.print(escape(line), highlight=False, soft_wrap=True)


def say_where(paths: list[Path]) -> None:
    """Print a line for each file that was written."""
    for path in paths:
        console.print(f"{path.name}: [bold]{escape(str(path))}[/]", soft_wrap=True, highlight=False)


def say(line: str) -> None:
    """Print a line about something that takes time, beside the output."""
    problems.print(f"[dim]{escape(line)}[/]", highlight=False, soft_wrap=True)


def read_formats(text: str) -> list[str]:
    """Return the formats that an option names.

    Raises:
        UsageError: none, or one that there is not.
    """
    names = [name.strip() for name in text.split(",") if name.strip()]
    if not names:
        raise UsageError("--format is empty.", f"There are {', '.join(render.FORMATS)}.")
    unknown = [name for name in names if name not in render.FORMATS]
    if unknown:
        raise UsageError(f"Unknown format {unknown[0]!r}.", f"There are {', '.join(render.FORMATS)}.")
    return names


def file_names(formats: list[str]) -> list[str]:
    """Return the files that these formats are written to."""
    return [render.FORMATS[name][0] for name in formats]


def report_folder(path: Path, result: Result, out: Path | None, *, alone: bool) -> Path:
    """Return where a report goes: beside its result, or to the folder that was named, a folder each where there are several."""
    if out is None:
        return path if path.is_dir() else path.parent
    return out if alone else out / result.submission.id
