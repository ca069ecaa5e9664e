"""Temporary folders of a run: one for the run, one below it for each of its processes, which makes all of its own in there.

So whatever a process was at when it was killed, what it left lies in a folder that names its owner, and the next run removes it.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from grader.errors import GradingError
from grader.sandbox.owners import is_gone, owner

#: Names stay short: sockets of students' code lie below, and their paths may have some hundred bytes.
PREFIX = "grader-run-"
_OWNER = "owner"
_MOST_OF_AN_OWNER = 1000
#: Seconds in which a killed process is gone, on a machine that is not stuck.
_DIES_S = 5.0


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """Make the temporary folder of this run, and remove it after the block."""
    try:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX))
        (folder / _OWNER).write_text(owner(), encoding="utf-8")
    except OSError as problem:
        raise GradingError(
            f"No temporary folder can be made in {tempfile.gettempdir()}: {problem.strerror}.",
            "Free space, or name another folder in TMPDIR.",
        ) from problem
    try:
        yield folder
    finally:
        clear_folder(folder)


def use_folder(folder: Path) -> None:
    """Let this process, and those that it starts, make their temporary files in `folder`."""
    folder.mkdir(exist_ok=True)
    for name in ("TMPDIR", "TEMP", "TMP"):
        os.environ[name] = str(folder)
    tempfile.tempdir = None


def clear_folder(folder: Path) -> None:
    """End what still runs in a temporary folder, and remove it, as far as the system lets us."""
    _end_processes(folder)
    shutil.rmtree(folder, onerror=_once_more)


def remove_leftovers(place: Path | None = None) -> int:
    """Remove the temporary folders of this user's runs that are over, in `place` or the usual one; return how many."""
    removed = 0
    for folder in (place or Path(tempfile.gettempdir())).glob(f"{PREFIX}*"):
        if _is_ours(folder) and is_gone(_owner_of(folder)):
            clear_folder(folder)
            removed += 1
    return removed


def _is_ours(folder: Path) -> bool:
    # Others may write to the folder of temporary files: a link there, or a folder of somebody else, is not followed.
    with contextlib.suppress(OSError):
        found = folder.lstat()
        return stat.S_ISDIR(found.st_mode) and (not hasattr(os, "getuid") or found.st_uid == os.getuid())
    return False


def _owner_of(folder: Path) -> str:
    with contextlib.suppress(OSError, UnicodeDecodeError), (folder / _OWNER).open(encoding="utf-8") as file:
        return file.read(_MOST_OF_AN_OWNER)
    return ""


def _end_processes(folder: Path) -> None:
    """Kill the processes that work in a folder, or were told to make their temporary files there.

    Without a container nothing else ends a suite's process, and students' code, whose grader was killed.
    """
    place = os.path.realpath(folder)
    killed = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.pid != os.getpid() and _works_in(process, place):
                process.kill()
                killed.append(process)
    # A kill takes effect later: until then a process may still write.
    until = time.monotonic() + _DIES_S
    while any(_lives(process) for process in killed) and time.monotonic() < until:
        time.sleep(0.01)


def _lives(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def _works_in(process: psutil.Process, place: str) -> bool:
    for read in (process.cwd, lambda: process.environ().get("TMPDIR", "")):
        with contextlib.suppress(psutil.Error, OSError):
            where = read()
            if where == place or where.startswith(place + os.sep):
                return True
    return False


def _once_more(function: object, path: str, _: object) -> None:
    """Make a path that cannot be removed writable, and try again; what then stays is left."""
    with contextlib.suppress(OSError):
        os.chmod(os.path.dirname(path), 0o700)
        os.chmod(path, 0o700)
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path, ignore_errors=True)
        else:
            os.unlink(path)
