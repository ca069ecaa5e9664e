"""`grader cache`: what is kept on this machine, and how to be rid of it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from grader.cli.options import DebugOption, console
from grader.errors import UsageError

if TYPE_CHECKING:
    from grader.user_cache import Kept

cache_app = typer.Typer(
    help="What is kept on this machine: environments, clones, what suites said, courses as read.",
    no_args_is_help=True,
)
_DAY_S = 24 * 3600
_AGE = re.compile(r"([1-9]\d{0,3})d")


def _everything() -> dict[str, Callable[[], Iterator[Kept]]]:
    from grader.course.kept_modules import kept_courses
    from grader.environment.kept_environments import kept_environments
    from grader.grading.suite_cache import kept_results
    from grader.submission.clone_cache import kept_clones
    from grader.user_cache import cache_folder

    return {
        "environment": kept_environments,
        "clone": lambda: kept_clones(cache_folder("clones")),
        "result": lambda: kept_results(cache_folder("results")),
        "course": lambda: kept_courses(cache_folder("courses")),
    }


@cache_app.command("info")
def cache_info(debug: DebugOption = False) -> None:
    """Say what is kept, how large it is, and how long the oldest was not used."""
    from grader.render.labels import plural, size
    from grader.user_cache import cache_folder

    console.print(str(cache_folder()), highlight=False, soft_wrap=True)
    table = Table(box=None, pad_edge=False)
    for heading in ("kept", "number", "size", "not used for"):
        table.add_column(heading, justify="left" if heading == "kept" else "right")
    for name, kept in _everything().items():
        found = list(kept())
        oldest = max((time.time() - one.used_at for one in found), default=0.0)
        days = plural(int(oldest // _DAY_S), "day") if found else "–"
        table.add_row(f"{name}s", f"{len(found):,}", size(sum(one.size() for one in found)), days)
    console.print(table)


@cache_app.command("prune")
def cache_prune(
    older_than: Annotated[
        str, typer.Option("--older-than", help="Remove what was not used for so many days: 30d.")
    ] = "30d",
    debug: DebugOption = False,
) -> None:
    """Remove what was not used for a while. It is made again where it is needed; no result of yours is in there."""
    from grader.render.labels import plural, size

    age = _AGE.fullmatch(older_than)
    if age is None:
        raise UsageError(f"--older-than {older_than} is no number of days.", "Say 30d; at least 1d.")
    until = time.time() - int(age[1]) * _DAY_S
    for name, kept in _everything().items():
        removed, freed, held = 0, 0, 0
        for one in list(kept()):
            if one.used_at > until:
                continue
            bytes_ = one.size()
            if one.remove():
                removed, freed = removed + 1, freed + bytes_
            else:
                held += 1
        more = f"; {held} could not be removed" if held else ""
        console.print(f"removed {plural(removed, name)}, {size(freed)}{more}", highlight=False)
