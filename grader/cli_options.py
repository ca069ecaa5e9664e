"""What several commands share: options, and where lines for people go."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from grader import render

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


CourseOption = Annotated[
    Path | None,
    typer.Option("--course", help="A course pack; the bundled course by default.", show_default=False),
]
ModulesOption = Annotated[
    str, typer.Option("--modules", help="Only these modules: M10,M16.", show_default=False)
]
SessionOption = Annotated[
    str, typer.Option("--session", help="Only the modules of a session: S3.", show_default=False)
]
ProfileOption = Annotated[
    ProfileKind | None,
    typer.Option(
        "--profile", help="Grade as exercises or as a project; found by default.", show_default=False
    ),
]
SandboxOption = Annotated[SandboxKind, typer.Option("--sandbox", help="Where student code runs.")]
BaseOption = Annotated[
    str, typer.Option("--base", help="Base of the image: auto, debian, or an image such as python:3.12-slim.")
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
FORGE_URL = "https://api.github.com"
DebugOption = Annotated[bool, typer.Option("--debug", help="Show tracebacks.")]


def say(line: str) -> None:
    """A line about something that takes time, beside the output."""
    problems.print(f"[dim]{escape(line)}[/]", highlight=False, soft_wrap=True)
