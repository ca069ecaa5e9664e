"""Write the files of a submission: bounded, regular, under names that every file system reads the same way."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from grader.errors import GradingError
from grader.settings import SubmissionLimits
from grader.submission.model import Skipped

#: Maximum number of skipped paths that are listed individually.
_NAMED = 1000
_LFS = b"version https://git-lfs.github.com/spec/v1\n"
_LFS_BYTES = 1024
#: Characters that HFS+ ignores in a name: `.g\u200cit` is `.git` there.
_IGNORED_BY_HFS = dict.fromkeys(
    [*range(0x200C, 0x2010), *range(0x202A, 0x202F), *range(0x206A, 0x2070), 0xFEFF]
)
_FAULTS = {
    errno.ENOSPC,
    errno.EDQUOT,
    errno.EMFILE,
    errno.ENFILE,
    errno.EIO,
    errno.EROFS,
    errno.EACCES,
    errno.EPERM,
}


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A regular file that may go into the snapshot: `size` in bytes, `blob` its git id if known."""

    path: str
    size: int
    executable: bool
    blob: str = ""


@dataclass
class Snapshot:
    """The files written below `root`, and the paths that were skipped."""

    root: Path
    limits: SubmissionLimits
    blobs: dict[str, str] = field(default_factory=dict)
    executables: set[str] = field(default_factory=set)
    skipped: list[Skipped] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    size_bytes: int = 0
    #: Bytes of every regular file of the source, skipped ones included.
    sizes: dict[str, int] = field(default_factory=dict)
    _unnamed: int = 0

    def skip(self, path: str, reason: str) -> None:
        """Record a skipped path and the reason."""
        if len(self.skipped) < _NAMED:
            self.skipped.append(Skipped(path=path[: self.limits.path_bytes], reason=reason))
        else:
            self._unnamed += 1

    def write(
        self, candidates: Iterable[Candidate], read: Callable[[Candidate], bytes], hash_name: str
    ) -> None:
        """Write the candidates that the limits allow; `read` returns a file's bytes, or raises `LeftOut`.

        Raises:
            GradingError: the disk is full, or the folder cannot be written.
        """
        folds_case = _folds_case(self.root)
        taken: dict[str, str] = {}
        for candidate in self._chosen(candidates):
            folded = unicodedata.normalize("NFC", candidate.path).casefold()
            twin = taken.setdefault(folded, candidate.path)
            if twin != candidate.path and folds_case:
                self.skip(
                    candidate.path,
                    f"differs from {twin!r} in case only, and this file system has one of them",
                )
                continue
            if twin != candidate.path:
                self.notes.append(f"{candidate.path!r} and {twin!r} differ in case only.")
            try:
                data = read(candidate)
            except LeftOut as why:
                self.skip(candidate.path, str(why))
                continue
            if self._put(candidate, data):
                self.blobs[candidate.path] = blob_id(data, hash_name)
                self.size_bytes += len(data)
                if candidate.executable:
                    self.executables.add(candidate.path)
                if data.startswith(_LFS) and len(data) < _LFS_BYTES:
                    self.skip(candidate.path, "Git LFS: the pointer is kept, the content is not fetched")
        for folder in {parent for path in self.blobs for parent in Path(path).parents}:
            # Readable for the user that the checks run as, independent of the umask.
            (self.root / folder).chmod(0o755)
        if self._unnamed:
            self.notes.append(f"{self._unnamed} more paths were left out.")

    def _chosen(self, candidates: Iterable[Candidate]) -> list[Candidate]:
        fitting = []
        for candidate in candidates:
            self.sizes[candidate.path[: self.limits.path_bytes]] = candidate.size
            reason = unsafe(candidate.path, self.limits)
            if reason is None and candidate.size > self.limits.file_bytes:
                reason = f"larger than {self.limits.file_bytes} bytes ({candidate.size})"
            if reason is None:
                fitting.append(candidate)
            else:
                self.skip(candidate.path, reason)
        crowd = Counter(candidate.path.rpartition("/")[0] for candidate in fitting)
        too_many = len(fitting) > self.limits.files
        too_large = sum(candidate.size for candidate in fitting) > self.limits.total_bytes
        # Sort so that a folder of ten thousand images does not displace the code.
        fitting.sort(
            key=lambda one: (
                crowd[one.path.rpartition("/")[0]] if too_many else 0,
                one.size if too_large else 0,
                one.path,
            )
        )
        chosen: list[Candidate] = []
        total = 0
        for candidate in fitting:
            if len(chosen) >= self.limits.files:
                self.skip(candidate.path, f"more than {self.limits.files} files")
            elif total + candidate.size > self.limits.total_bytes:
                self.skip(candidate.path, f"more than {self.limits.total_bytes} bytes in all")
            else:
                chosen.append(candidate)
                total += candidate.size
        return sorted(chosen, key=lambda one: one.path)

    def _put(self, candidate: Candidate, data: bytes) -> bool:
        target = self.root / candidate.path
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            flags = (
                os.O_WRONLY
                | os.O_CREAT
                | os.O_EXCL
                | getattr(os, "O_NOFOLLOW", 0)
                | getattr(os, "O_BINARY", 0)
            )
            with os.fdopen(os.open(target, flags, 0o600), "wb") as file:
                file.write(data)
            target.chmod(0o755 if candidate.executable else 0o644)
        except OSError as problem:
            if problem.errno in _FAULTS:
                raise GradingError(f"The files of a submission cannot be written: {problem}.") from problem
            self.skip(candidate.path, f"cannot be written here: {problem.strerror}")
            return False
        return True


class LeftOut(Exception):
    """Raised by a reader to skip a file, with the reason."""


def unsafe(path: str, limits: SubmissionLimits) -> str | None:
    """Return why `path` may not go into a snapshot, or None."""
    try:
        encoded = path.encode("utf-8")
    except UnicodeEncodeError:
        return "its name is not UTF-8"
    parts = path.split("/")
    if len(encoded) > limits.path_bytes:
        return f"its path is longer than {limits.path_bytes} bytes"
    if len(parts) - 1 > limits.depth:
        return f"deeper than {limits.depth} folders"
    if "\\" in path or "\0" in path or any(part in {"", ".", ".."} for part in parts):
        return "its path leads elsewhere on some systems"
    if re.match(r"[A-Za-z]:", path):
        return "its path names a drive on some systems"
    if any(_is_dot_git(part) for part in parts):
        return "a `.git` inside the repository"
    if parts[0].casefold() == ".grader":
        return "the grader's own folder is not read"
    if any(len(part.encode()) > 255 for part in parts):
        return "a name longer than 255 bytes"
    return None


def blob_id(data: bytes, hash_name: str) -> str:
    """Return git's id of a file with these bytes."""
    digest = hashlib.new(hash_name, b"blob %d\0" % len(data), usedforsecurity=False)
    digest.update(data)
    return digest.hexdigest()


def hash_of(commit: str) -> str:
    """Return the name of the hash function of a repository with this commit."""
    return "sha256" if len(commit) == 64 else "sha1"


def readable(path: bytes) -> str:
    """Return a path of any bytes as text that can be shown and stored."""
    return path.decode("utf-8", "backslashreplace")


def _is_dot_git(part: str) -> bool:
    plain = part.translate(_IGNORED_BY_HFS).split(":")[0].rstrip(" .").lower()
    return plain in {".git", "git~1"}


def _folds_case(root: Path) -> bool:
    probe = root / "Case-Probe"
    probe.touch()
    try:
        return (root / "case-probe").exists()
    finally:
        probe.unlink()
