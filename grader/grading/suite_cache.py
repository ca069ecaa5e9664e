"""What suites said, kept in the user's cache folder: an entry for each module of a submission and each state that it was run on.

An entry is compressed JSON behind its own SHA-256. It is written whole or not at all; a broken one is removed and counts as none.
The folder is the user's alone, as that of the clones: entries have what reports have.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import zlib
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from grader.sandbox.protocol import Event, StudentPython
from grader.user_cache import Kept, write_whole

#: Part of every key: entries of another form are never looked at.
VERSION = 1
#: Bytes of an entry, unpacked.
MOST_BYTES = 16 * 1024**2
#: Entries of one module of one submission.
MOST_ENTRIES = 3
#: Bytes of all entries together, beyond which those that were not used for longest are removed.
MOST_TOTAL = 2 * 1024**3
_SUFFIX = ".entry"


class KeptSuite(BaseModel):
    """What the suite of a module said of a submission.

    Attributes:
        key: what it holds for beside the submission; the name of its file has a part of it.
        state: of the whole submission when it was made.
        questions, answers: what the suite asked, and a digest of the answers; no questions where it sees everything.
        whole: whether it sees everything.
        environment: of the students' code, if the suite asked for it or sees everything.
        spent_s: what student processes took.
        events: in their order.
        student: an environment of the students' code, in an entry of its own.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    state: str
    questions: tuple[tuple[str, ...], ...] = ()
    answers: str = ""
    whole: bool = False
    environment: str | None = None
    spent_s: float = 0.0
    events: tuple[Event, ...] = ()
    student: StudentPython | None = None


def kept_results(folder: Path) -> Iterator[Kept]:
    """Yield the entries in a folder, and when each was used."""
    for path in folder.rglob("*"):
        with contextlib.suppress(OSError):
            if path.is_file():
                yield Kept(path=path, used_at=path.stat().st_mtime)


class SuiteCache:
    """The entries in a folder, for one grader. Several processes may use it at once.

    Args:
        folder: made where it is missing; the user's alone.
        engine: digest of the grader's source.
    """

    def __init__(self, folder: Path, engine: str) -> None:
        self.folder = folder
        self.engine = engine

    def get(self, slot: str, key: str, state: str) -> KeptSuite | None:
        """Return the entry that was made of this very state, or None."""
        path = self._path(slot, key, state)
        entry = self._read(path)
        if entry is None or (entry.key, entry.state) != (key, state):
            return None
        with contextlib.suppress(OSError):
            os.utime(path)
        return entry

    def others(self, slot: str, key: str) -> Iterator[KeptSuite]:
        """Yield the entries of other states, the newest first."""
        for path in self._in(slot, f"{key[:16]}-*"):
            entry = self._read(path)
            if entry is not None and entry.key == key:
                yield entry

    def put(self, slot: str, entry: KeptSuite) -> None:
        """Keep an entry. A full disk, a folder that cannot be written to, or text that is none, means that nothing is kept."""
        try:
            data = entry.model_dump_json().encode()
        except ValueError:
            return
        if len(data) > MOST_BYTES:
            return
        packed = zlib.compress(data, 3)
        path = self._path(slot, entry.key, entry.state)
        with contextlib.suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_whole(path, hashlib.sha256(packed).digest() + packed)
            for old in self._in(slot, "*")[MOST_ENTRIES:]:
                old.unlink(missing_ok=True)

    def trim(self, most: int = MOST_TOTAL) -> None:
        """Remove the entries that were not used for longest, until all together have at most `most` bytes."""
        found = [(one, one.size()) for one in kept_results(self.folder)]
        total = sum(size for _, size in found)
        for one, size in sorted(found, key=lambda pair: pair[0].used_at):
            if total <= most:
                return
            one.remove()
            total -= size

    def _path(self, slot: str, key: str, state: str) -> Path:
        return self._slot(slot) / f"{key[:16]}-{state[:16]}{_SUFFIX}"

    def _slot(self, slot: str) -> Path:
        return self.folder / slot[:2] / slot

    def _in(self, slot: str, pattern: str) -> list[Path]:
        found = []
        for path in self._slot(slot).glob(f"{pattern}{_SUFFIX}"):
            with contextlib.suppress(OSError):
                found.append((path.stat().st_mtime, path))
        return [path for _, path in sorted(found, reverse=True)]

    def _read(self, path: Path) -> KeptSuite | None:
        try:
            if path.stat().st_size > MOST_BYTES:
                raise ValueError("too large")
            data = path.read_bytes()
            if hashlib.sha256(data[32:]).digest() != data[:32]:
                raise ValueError("damaged")
            unpacked = zlib.decompressobj().decompress(data[32:], MOST_BYTES)
            return KeptSuite.model_validate_json(unpacked)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, ValidationError, zlib.error):
            with contextlib.suppress(OSError):
                path.unlink()
            return None
