"""What goes to a machine of a cluster and comes back: a submission to grade, and its reports as bytes.

This runs in a worker of Dask. Its process is to a cluster what a process of `Crew` is to one machine: a fault takes down no
other, and its nanny starts a new one.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import pickle
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from grader.batch import reuse
from grader.batch.scratch import remove_leftovers, scratch_folder, use_folder
from grader.batch.worker import Finished, Order, Shift, grade_order
from grader.course.pack import load_course
from grader.errors import GraderError
from grader.grading.engine_digest import engine_digest
from grader.sandbox.owners import owner

#: The shift that this process grades for, by its digest, unpickled once.
_shifts: dict[str, Shift] = {}
_FOLDERS = ("TMPDIR", "TEMP", "TMP")
#: Where this worker's folders for temporary files are made: while it grades, all others are made in one of them.
_TEMPORARY = Path(tempfile.gettempdir())


@dataclass(frozen=True, kw_only=True)
class WorkerState:
    """What a worker of a cluster says of itself: its process, digests of what decides results, and why it cannot grade."""

    owner: str
    engine: str
    course: str = ""
    problem: str = ""


@dataclass(frozen=True, kw_only=True)
class Errand:
    """An order on its way to another machine.

    Attributes:
        order: its folders are of the machine that sent it.
        earlier: the file of the earlier result there; empty if there is none.
        beside: the names of the reports that lie beside it.
    """

    order: Order
    earlier: bytes = b""
    beside: tuple[str, ...] = ()


def examine(engine: str, packed: bytes) -> WorkerState:
    """Say what this process would grade with.

    Args:
        engine: digest of the grader that asks: nothing of another one is unpickled.
        packed: the shift.
    """
    if hasattr(os, "setsid"):
        # Not the terminal's any more, and so not what is started here: Ctrl-C is the business of who asks.
        with contextlib.suppress(OSError):
            os.setsid()
    mine, here = owner(), engine_digest()
    if here != engine:
        return WorkerState(owner=mine, engine=here)
    try:
        setup = _shift(packed).setup
        setup.sandbox.verify()
        # That of the shift is the one of the machine that asks.
        digest = load_course(setup.course.root).digest
    except (GraderError, OSError) as problem:
        return WorkerState(owner=mine, engine=here, problem=str(problem))
    return WorkerState(owner=mine, engine=here, course=digest)


def clear(packed: bytes, owners: tuple[str, ...]) -> None:
    """Remove what processes that are gone have left on this machine: their containers and temporary folders."""
    remove_leftovers(_TEMPORARY)
    for one in owners:
        _shift(packed).setup.sandbox.clear(one)


def grade_errand(
    errand: Errand, packed: bytes, send: Callable[[object], None]
) -> tuple[Finished, dict[str, bytes]]:
    """Grade a submission; return what became of it, and its reports by their names."""
    remove_leftovers(_TEMPORARY)
    with scratch_folder() as scratch, _making_files_in(scratch / "w"):
        kept, into = scratch / "kept", scratch / "into"
        kept.mkdir()
        for name in errand.beside:
            (kept / name).touch()
        if errand.earlier:
            (kept / reuse.RESULT).write_bytes(errand.earlier)
        finished = grade_order(replace(errand.order, into=into, kept=kept), _shift(packed), send)
        made = into.iterdir() if into.is_dir() else ()
        return finished, {path.name: path.read_bytes() for path in made if path.is_file()}


def _shift(packed: bytes) -> Shift:
    digest = hashlib.sha256(packed).hexdigest()
    if digest not in _shifts:
        for old in _shifts.values():
            old.setup.sandbox.close()
        _shifts.clear()
        _shifts[digest] = pickle.loads(packed)  # noqa: S301 - from the scheduler that this worker obeys anyway
    return _shifts[digest]


@contextmanager
def _making_files_in(folder: Path) -> Iterator[None]:
    """Let this process, and those that it starts, make their temporary files in `folder` for the block."""
    before = {name: os.environ.get(name) for name in _FOLDERS}
    use_folder(folder)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        tempfile.tempdir = None
