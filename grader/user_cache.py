"""The grader's folder in the user's cache folder, what is kept there, and locks between processes on this machine."""

from __future__ import annotations

import logging
import os
import shutil
import stat
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from grader.errors import GradingError

_log = logging.getLogger(__name__)


def cache_folder(*parts: str) -> Path:
    """Return the grader's folder in the user's cache folder; create it if it is missing."""
    folder = platformdirs.user_cache_path("exercise-grader", appauthor=False).joinpath(*parts)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@dataclass(frozen=True, kw_only=True)
class Kept:
    """Something in the cache that can be made again.

    Attributes:
        path: a file or a folder.
        used_at: when it was used last, in seconds since 1970.
        valid: the file without which it counts as none, if it is another one: removed first.
        lock: held by who makes it, and by who removes it.
    """

    path: Path
    used_at: float
    valid: Path | None = None
    lock: Path | None = None

    def size(self) -> int:
        """Return its bytes on disk; a file that has several names counts where it is found first."""
        seen: dict[tuple[int, int], int] = {}
        for path in (self.path, *(self.path.rglob("*") if self.path.is_dir() else ())):
            with suppress(OSError):
                about = path.lstat()
                if stat.S_ISREG(about.st_mode):
                    seen[about.st_dev, about.st_ino or len(seen)] = about.st_size
        return sum(seen.values())

    def remove(self) -> bool:
        """Remove it, unless somebody holds it; return whether it is gone."""
        try:
            with exclusive(self.lock, timeout_s=0.0) if self.lock else nullcontext():
                for path in (self.valid, self.path):
                    if path is not None and path.is_dir() and not path.is_symlink():
                        shutil.rmtree(path, ignore_errors=True)
                    elif path is not None:
                        path.unlink(missing_ok=True)
        except (GradingError, OSError):
            return False
        return not self.path.exists()


def write_whole(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, whoever else writes it at the same time. Raises OSError."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def secret_key() -> bytes:
    """Return a key that this user's cache holds and nobody else: what is hashed with it cannot be guessed and compared."""
    path = cache_folder() / "pseudonym.key"
    with exclusive(path.with_suffix(".lock")):
        if not path.is_file():
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(os.urandom(32))
        return path.read_bytes()


@contextmanager
def exclusive(path: Path, *, timeout_s: float = 900.0) -> Iterator[None]:
    """Hold the lock file `path` exclusively on this machine; it is released when the process ends.

    Raises:
        GradingError: a timeout: another process held it for longer than `timeout_s` seconds.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    deadline, waits = time.monotonic() + timeout_s, False
    with path.open("a+b") as file:
        while not _try_lock(file.fileno()):
            if time.monotonic() > deadline:
                raise GradingError(
                    f"Another grader has held {path} for more than {timeout_s:.0f} s.",
                    "Wait for it to end, or end it, and try again.",
                )
            if not waits:
                _log.info("another grader holds %s: waiting up to %.0f s", path.name, timeout_s)
                waits = True
            time.sleep(0.1)
        yield


if sys.platform == "win32":
    import msvcrt

    def _try_lock(descriptor: int) -> bool:
        os.lseek(descriptor, 0, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
