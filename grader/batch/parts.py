"""Reports on their way: written beside the results, on the same disk, and put in place only when all of them are whole."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from grader import render
from grader.batch.journal import Journal
from grader.batch.reuse import RESULT
from grader.errors import GradingError
from grader.sandbox.owners import is_gone

_FOLDER = ".parts"


@contextmanager
def folder(out: Path, journal: Journal) -> Iterator[Path]:
    """Make the folder for the reports of this run, remove those of runs that are over, and remove it after the block."""
    place = out / _FOLDER
    mine = place / str(journal.run)
    for other in place.iterdir() if place.is_dir() else ():
        over = other.name.isdecimal() and is_gone(journal.owner_of(int(other.name)))
        if over or other == mine:
            shutil.rmtree(other, ignore_errors=True)
    try:
        mine.mkdir(parents=True)
    except OSError as problem:
        raise GradingError(
            f"{mine} cannot be written: {problem.strerror}.", "Name another folder with --out."
        ) from problem
    try:
        yield mine
    finally:
        shutil.rmtree(mine, ignore_errors=True)
        # Another run may have its own in there.
        with contextlib.suppress(OSError):
            place.rmdir()


def put_in_place(written: Path, target: Path, *, whole: bool) -> None:
    """Move what was written to the folder of its submission.

    Args:
        whole: whether these are all reports of a new result: then what an older one left is removed.

    The result goes first: until the journal knows it, nothing takes what lies there for a result of either.

    Raises:
        GradingError: the disk is full, or the folder cannot be written.
    """
    try:
        target.mkdir(parents=True, exist_ok=True)
        names = sorted((path.name for path in written.iterdir()), key=lambda name: (name != RESULT, name))
        for name in names:
            (written / name).replace(target / name)
        for name, _ in render.FORMATS.values() if whole else ():
            if name not in names:
                (target / name).unlink(missing_ok=True)
        written.rmdir()
    except OSError as problem:
        raise GradingError(
            f"{target} cannot be written: {problem.strerror}.",
            "Free space, or name another folder with --out.",
        ) from problem
