"""The files of a submission: a bounded list of paths, and bounded reads of regular files."""

from __future__ import annotations

import hashlib
import os
import posixpath
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path

from grader.repository.faults import SubmissionFault, evidence
from grader.repository.globs import is_generated, matches
from grader.repository.reads import Reads

MAX_FILES = 20_000
MAX_DEPTH = 64
MAX_TEXT_BYTES = 2 * 1024 * 1024
MAX_FILE_BYTES = 32 * 1024 * 1024
#: Longer lines are cut by `lines`, so that no regular expression of a check runs on a hostile one.
MAX_LINE = 10_000

_BOMS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)


class Files:
    """The paths below `root` and the content of the files.

    `blobs` (path to git blob id) is the list of paths if the engine provides it; otherwise the folder is
    walked: regular files only, no symlink followed, at most 20 000 of them and 64 folders deep.

    Each question is noted in `reads` as one of `folder`.
    """

    def __init__(
        self,
        root: Path,
        blobs: Mapping[str, str] | None = None,
        skipped: Mapping[str, str] | None = None,
        reads: Reads | None = None,
        folder: str = ".",
    ) -> None:
        self.root = root
        self._reads = reads or Reads()
        self._folder = folder
        self.blobs = dict(blobs or {})
        self.skipped = dict(skipped or {})
        self._paths: tuple[str, ...] = tuple(sorted(filter(_is_relative, self.blobs or self._walk())))
        self._known = frozenset(self._paths)
        self._variants: dict[str, list[str]] = {}
        for path in self._paths:
            self._variants.setdefault(path.casefold(), []).append(path)

    @property
    def paths(self) -> tuple[str, ...]:
        """Every path, sorted."""
        self._reads.note("all", self._folder)
        return self._paths

    def find(self, globs: Iterable[str]) -> list[str]:
        """Return the sorted paths that match any glob; case is ignored for a glob without an exact match."""
        globs = tuple(globs)
        self._reads.note("glob", self._folder, *globs)
        found: set[str] = set()
        for glob in globs:
            candidates = [path for path in self._paths if not is_generated(path, glob)]
            exact = [path for path in candidates if matches(path, glob)]
            folded = glob.casefold()
            found.update(exact or [path for path in candidates if matches(path.casefold(), folded)])
        return sorted(found)

    def resolve(self, path: str) -> str | None:
        """Return the path as the submission spells it: an exact match, else one that differs in case only, else None."""
        self._reads.note("name", self._folder, path)
        return self._resolved(path)

    def _resolved(self, path: str) -> str | None:
        for name in (path, _plain(path)):
            if name in self._known:
                return name
            if variants := self._variants.get(name.casefold()):
                return variants[0]
        return None

    def is_folder(self, path: str) -> bool:
        """Return whether any file lies below `path`."""
        self._reads.note("inside", self._folder, path)
        inside = _plain(path.rstrip("/\\"))
        return inside == "." or any(other.startswith(f"{inside}/") for other in self._paths)

    def case_variants(self, path: str) -> list[str]:
        """Return other spellings of `path` that differ in case only."""
        self._reads.note("spelt", self._folder, path)
        return [other for other in self._variants.get(path.casefold(), []) if other != path]

    def spelling(self, path: str) -> str:
        """Return the path as the submission spells it, for one who reads it: as it is where there is none."""
        self._reads.note("read", self._folder, path)
        return self._resolved(path) or path

    def read(self, path: str, limit: int = MAX_FILE_BYTES) -> bytes:
        """Return the bytes of a regular file of at most `limit` bytes.

        Raises:
            SubmissionFault: missing, not in the snapshot, not a regular file, unreadable or too large.
        """
        self._reads.note("read", self._folder, path)
        real = self._resolved(path)
        if real is None:
            reason = self.skipped.get(path)
            message = f"{path} is left out: {reason}." if reason else f"{path} is missing."
            raise SubmissionFault(message, evidence(path))
        try:
            data = _read_regular(self.root, real, limit)
        except (OSError, ValueError) as problem:
            why = getattr(problem, "strerror", None) or "unusable path"
            raise SubmissionFault(f"{real} cannot be read: {why}.", evidence(real)) from None
        if data is None:
            raise SubmissionFault(f"{real} is not a regular file.", evidence(real))
        if len(data) > limit:
            raise SubmissionFault(
                f"{real} is larger than {limit // 1024} KiB: too large to read.", evidence(real)
            )
        return data

    def text(self, path: str, limit: int = MAX_TEXT_BYTES) -> str:
        r"""Return the text of a file with `\n` line ends: by its byte order mark, else UTF-8, else Windows-1252.

        Raises:
            SubmissionFault: as `read`, or not a text in any of these encodings.
        """
        try:
            text = decoded(self.read(path, limit))
        except ValueError as problem:
            raise SubmissionFault(f"{path} is {problem}: save it as UTF-8.", evidence(path)) from None
        if "\0" in text:
            line = text.count("\n", 0, text.index("\0")) + 1
            raise SubmissionFault(
                f"{path} holds NUL bytes (line {line}): it is not a text file.", evidence(path, line)
            )
        return text

    def lines(self, path: str) -> list[str]:
        """Return the lines of a text file without line ends, each cut to 10 000 characters."""
        lines = [line[:MAX_LINE] for line in self.text(path).split("\n")]
        return lines[:-1] if lines[-1] == "" else lines

    def blob(self, path: str) -> str:
        """Return the git blob id of a file, computed if the engine did not provide it."""
        self._reads.note("read", self._folder, path)
        real = self._resolved(path) or path
        if real in self.blobs:
            return self.blobs[real]
        data = self.read(real)
        return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()

    def _walk(self) -> list[str]:
        # Generated folders are walked last, so that a virtual environment does not use up the limit.
        found: list[str] = []
        ordinary, generated = [("", 0)], [(".", -1)][:0]
        while (ordinary or generated) and len(found) < MAX_FILES:
            folder, depth = (ordinary or generated).pop()
            for entry in _scan(self.root / folder):
                path = f"{folder}/{entry.name}" if folder else entry.name
                if entry.is_file(follow_symlinks=False) and len(found) < MAX_FILES:
                    found.append(path)
                elif entry.is_dir(follow_symlinks=False) and entry.name != ".git" and depth < MAX_DEPTH:
                    (generated if is_generated(f"{path}/x") else ordinary).append((path, depth + 1))
        return found


def inside(named: Mapping[str, str], folder: str) -> dict[str, str]:
    """Return what is named by paths below a folder, by paths relative to it."""
    if folder in ("", "."):
        return dict(named)
    start = folder.strip("/") + "/"
    return {path.removeprefix(start): what for path, what in named.items() if path.startswith(start)}


def _plain(path: str) -> str:
    """Return a path without `.`, `..` and repeated slashes, Windows' slashes turned; as it is where that leads elsewhere."""
    name = posixpath.normpath(path.replace("\\", "/")) if path and not path.endswith("/") else path
    return path if name.startswith("../") else name


def _scan(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return []


def _is_relative(path: str) -> bool:
    parts = path.split("/")
    return bool(path) and "\0" not in path and not (set(parts) & {"", ".", ".."})


def _read_regular(root: Path, path: str, limit: int) -> bytes | None:
    """Return at most `limit + 1` bytes, or None if a link or anything but a regular file stands in the way."""
    here = root
    for part in path.split("/"):
        here = here / part
        if stat.S_ISLNK(os.lstat(here).st_mode):
            return None
    flags = (
        os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    )
    handle = os.open(here, flags)
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            return None
        return file.read(limit + 1)


def decoded(data: bytes) -> str:
    r"""Return the text of a file with `\n` line ends: by its byte order mark, else UTF-8, else Windows-1252.

    Raises:
        ValueError: not a text in any of these encodings; the message completes "the file is …".
    """
    marked = next((name for bom, name in _BOMS if data.startswith(bom)), "")
    width = int(marked[4:6]) // 8 if marked.startswith("utf-") and marked != "utf-8" else 1
    if len(data) % width:
        raise ValueError(f"no whole {marked[:6].upper()} (its last character lacks a byte)")
    for encoding in (marked,) if marked else ("utf-8", "cp1252"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    raise ValueError(f"not text in {marked.upper() or 'UTF-8'}")
