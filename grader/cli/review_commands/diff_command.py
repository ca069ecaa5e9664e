"""`grader diff`: what each group gained or lost between two results, or two runs of a class."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from grader.cli.named_paths import check_writable, readable
from grader.cli.options import DebugOption, console, say_where
from grader.errors import UsageError

if TYPE_CHECKING:
    from grader.results import Result
    from grader.review import ClassDifference

_FILES = {"markdown": "difference.md", "json": "difference.json"}
_Place = Annotated[
    Path,
    typer.Argument(help="A result, or an output folder of `grader grade`.", callback=readable),
]


def diff(
    old: _Place,
    new: _Place,
    formats: Annotated[
        str,
        typer.Option("--format", help="Write it, too: markdown, json; commas between.", show_default=False),
    ] = "",
    out: Annotated[
        Path | None, typer.Option("--out", help="Where to; beside NEW by default.", show_default=False)
    ] = None,
    debug: DebugOption = False,
) -> None:
    """Compare two results, or two runs of a class: what each group gained or lost, and what else differs.

    Ends with 0 if nobody lost anything, 1 if somebody did, 3 if the new run could not grade (part of) what the old one did.
    """
    from grader import render
    from grader.batch.revisited.out_folder import is_out_folder
    from grader.render.reviewed.difference_text import (
        print_difference,
        render_difference_json,
        render_difference_markdown,
    )

    wanted = _formats(formats)
    folder = out or (new if new.is_dir() else new.parent)
    if wanted:
        check_writable(folder, [_FILES[name] for name in wanted])
    whole = [is_out_folder(path) for path in (old, new)]
    if whole[0] != whole[1]:
        raise UsageError(
            "One of the two is a whole class, the other a single result.",
            "Compare a class with a class: submissions/NAME in an output folder is a single result.",
        )
    found = _compare_folders(old, new) if whole[0] else _compare_results(old, new)
    print_difference(found, console)
    writers = {"markdown": render_difference_markdown, "json": render_difference_json}
    for name in wanted:
        render.write_text(folder / _FILES[name], writers[name](found))
    say_where([folder / _FILES[name] for name in wanted])
    raise typer.Exit(found.exit_code)


def _compare_results(old: Path, new: Path) -> ClassDifference:
    from grader.results import read_result
    from grader.review import ClassDifference, compare

    return ClassDifference(groups=(compare(read_result(old), read_result(new)),))


def _compare_folders(old: Path, new: Path) -> ClassDifference:
    from grader.batch.revisited.out_folder import OutFolder, read_out_folder
    from grader.review import compare_classes

    def results(folder: OutFolder) -> dict[str, Result]:
        # Inventories of a class would fill the memory, and nothing here reads them.
        return {name: folder.result(name).model_copy(update={"inventory": None}) for name in folder.ids}

    before, after = read_out_folder(old), read_out_folder(new)
    reasons = {one.id: one.reason for one in after.ungraded}
    return compare_classes(results(before), results(after), ungraded=reasons)


def _formats(text: str) -> list[str]:
    names = list(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    unknown = [name for name in names if name not in _FILES]
    if unknown:
        raise UsageError(f"Unknown format {unknown[0]!r}.", f"There are {', '.join(_FILES)}.")
    return names
