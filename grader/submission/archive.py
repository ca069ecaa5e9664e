"""Take a git repository out of a zip file, which is hostile input: of its entries only git's own files, by name, bounded.

A commit is graded, so no file of a working tree is unpacked. What is unpacked is no repository that git runs in: it is copied
by name from there, as that of any folder (`local_copy`).
"""

from __future__ import annotations

import io
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from grader.errors import SourceError
from grader.settings import SubmissionLimits
from grader.submission.clone import too_large

#: Maximum bytes of the directory of a zip file, which is read whole: some 300,000 entries.
_DIRECTORY_BYTES = 32 * 1024**2
_CHUNK = 1024 * 1024
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
#: All that is taken of a repository, as `local_copy` copies it. No name leads anywhere: no `..`, no backslash, no drive.
_WANTED = re.compile(
    r"HEAD|index|sharedindex\.[0-9a-f]{40,64}|packed-refs|shallow|config|info/exclude"
    r"|refs(?:/(?!\.)[^/\\\x00-\x1f:]{1,200}){1,16}|reftable/[\w.-]{1,200}"
    r"|objects/[0-9a-f]{2}/[0-9a-f]{38,62}|objects/pack/pack-[0-9a-f]{40,64}\.(?:pack|idx)"
)
_ADVICE = "Put the folder of the clone into the zip file, with its `.git`."


def unpack_repository(path: Path, into: Path, limits: SubmissionLimits) -> Path:
    """Write the git repository of a zip file into a new folder, and return it.

    Raises:
        SourceError: it is no zip file, holds no repository or several, or one that is too large.
    """
    try:
        with _Bounded(path) as file, zipfile.ZipFile(file) as archive:
            file.opened = True
            entries = {one.filename: one for one in archive.infolist()}
            root = _root(path, entries)
            return _write(path, archive, entries, root, into / ".git", limits)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
        ValueError,
    ) as problem:
        raise SourceError(f"{path} is no zip file that can be read: {problem}.", "Make it anew.") from problem


class _Bounded(io.FileIO):
    """A file whose directory is bounded: `zipfile` reads as much of it at once as the file says."""

    opened = False

    def read(self, size: int | None = -1, /) -> bytes:
        """Return at most `size` bytes."""
        if not self.opened and (size is None or size < 0):
            size = _DIRECTORY_BYTES
        if not self.opened and size is not None and size > _DIRECTORY_BYTES:
            raise zipfile.BadZipFile("its directory is too large")
        return super().read(size) or b""


def _root(path: Path, entries: dict[str, zipfile.ZipInfo]) -> str:
    """Return the folder of the repository in the archive: the outermost `.git`, or that of a bare repository."""
    heads = [name.removesuffix("HEAD") for name in entries if name == "HEAD" or name.endswith("/HEAD")]
    stores = {found[1] for name in entries if (found := re.match(r"(.*?/)?objects/", name)) is not None}
    roots = [head for head in heads if (head or None) in stores]
    fewest = min((root.count("/") for root in roots), default=0)
    outermost = [root for root in roots if root.count("/") == fewest]
    if not outermost:
        raise SourceError(f"{path} holds no git repository: there is no `.git` in it.", _ADVICE)
    if len(outermost) > 1:
        names = ", ".join(repr(root) for root in sorted(outermost)[:3])
        raise SourceError(f"{path} holds several git repositories: {names}.", "Put one into each zip file.")
    return outermost[0]


def _write(
    path: Path,
    archive: zipfile.ZipFile,
    entries: dict[str, zipfile.ZipInfo],
    root: str,
    git_dir: Path,
    limits: SubmissionLimits,
) -> Path:
    left = limits.clone_bytes
    for folder in ("refs", "objects", "info"):
        (git_dir / folder).mkdir(parents=True, exist_ok=True)
    for name, entry in entries.items():
        inside = name.removeprefix(root)
        if not name.startswith(root) or not _WANTED.fullmatch(inside) or entry.is_dir():
            continue
        if not _is_plain(entry):
            raise SourceError(
                f"{path}: {name[:200]!r} is a link or encrypted, which is not read.", "Make it anew."
            )
        target = git_dir / inside
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(entry) as reader, target.open("xb") as writer:
                for chunk in _chunks(reader):
                    left -= len(chunk)
                    if left < 0:
                        raise too_large(limits.clone_bytes)
                    writer.write(chunk)
        except (FileExistsError, NotADirectoryError, IsADirectoryError):
            raise SourceError(
                f"{path}: {name[:200]!r} is in it as a file and as a folder.", "Make it anew."
            ) from None
    return git_dir.parent


def _is_plain(entry: zipfile.ZipInfo) -> bool:
    kind = stat.S_IFMT(entry.external_attr >> 16)
    encrypted = entry.flag_bits & 0x1
    return kind in {0, stat.S_IFREG} and not encrypted and entry.compress_type in _METHODS


def _chunks(reader: IO[bytes]) -> Iterator[bytes]:
    while chunk := reader.read(_CHUNK):
        yield chunk
