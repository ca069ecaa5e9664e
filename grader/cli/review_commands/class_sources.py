"""Which submissions a command is about: the options that say it, and the rows of a group list."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from grader.cli.named_paths import readable
from grader.errors import UsageError

if TYPE_CHECKING:
    from grader.batch.groups import GroupRow
    from grader.course.pack import Course

GroupsOption = Annotated[
    Path | None,
    typer.Option(
        "--groups",
        help="A group list (the course's CSV, any with a header, TOML, a source a line), or a folder of clones and zip files.",
        show_default=False,
        callback=readable,
    ),
]
AllowLocalOption = Annotated[
    bool,
    typer.Option("--allow-local", help="A group list may name folders and zip files of this machine."),
]
DeadlineOption = Annotated[
    str,
    typer.Option(
        "--deadline",
        help="Grade the last commit of the default branch at or before this moment: 2026-01-23T23:59+01:00.",
        show_default=False,
    ),
]
TokenOption = Annotated[
    str,
    typer.Option(
        "--token-env",
        help="The environment variable with the token for private repositories; GRADER_GIT_TOKEN by default.",
        show_default=False,
    ),
]


def group_rows(path: Path | None, pack: Course, allow_local: bool) -> tuple[GroupRow, ...]:
    """Return the rows of a group list; none where none is named. Raises UsageError."""
    if path is None:
        if allow_local:
            raise UsageError("--allow-local is about a group list.", "Add --groups FILE, or leave it out.")
        return ()
    from grader.batch.groups import load_columns, read_groups

    if not path.exists():
        raise UsageError(f"There is no group list at {path}.", "Give a file, or a folder of clones.")
    return read_groups(path, columns=load_columns(pack.reports), allow_local=allow_local)
