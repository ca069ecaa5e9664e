"""Read regular files below an untrusted folder without following any link."""

from __future__ import annotations

import errno
import os
import stat
import sys
from pathlib import Path
from types import TracebackType

_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)
_NONBLOCK = getattr(os, "O_NONBLOCK", 0)
_DIRECTORY = getattr(os, "O_DIRECTORY", 0)
_BINARY = getattr(os, "O_BINARY", 0)
_JUNCTION = 0xA0000003


class Below:
    """The files below `root`. Paths are relative and POSIX; each component must be a folder, not a link.

    A context manager. All methods raise `OSError` (`ELOOP` or `ENOTDIR` for a link in the path).
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._parent = ""
        self._fd: int | None = None

    def __enter__(self) -> Below:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._forget()

    def lstat(self, path: str) -> os.stat_result:
        """Return the status of `path`, without following a link."""
        if sys.platform == "win32":
            return self._checked(path).lstat()
        parent, name = self._split(path)
        return os.stat(name, dir_fd=parent, follow_symlinks=False)

    def readlink(self, path: str) -> bytes:
        """Return the target of the link at `path`."""
        if sys.platform == "win32":
            return os.fsencode(os.readlink(self._checked(path)))
        parent, name = self._split(path)
        return os.fsencode(os.readlink(name, dir_fd=parent))

    def open(self, path: str) -> int:
        """Open the regular file at `path` for reading and return a descriptor; `EINVAL` for anything else."""
        flags = os.O_RDONLY | _NOFOLLOW | _NONBLOCK | _BINARY
        if not stat.S_ISREG(self.lstat(path).st_mode):
            raise OSError(errno.EINVAL, "not a regular file", path)
        if sys.platform == "win32":
            return os.open(self._checked(path), flags)
        parent, name = self._split(path)
        descriptor = os.open(name, flags, dir_fd=parent)
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise OSError(errno.EINVAL, "not a regular file", path)
        return descriptor

    def read(self, path: str, max_bytes: int) -> bytes:
        """Return the bytes of the regular file at `path`; `EFBIG` if it has more than `max_bytes`."""
        with os.fdopen(self.open(path), "rb") as file:
            data = file.read(max_bytes + 1)
        if len(data) > max_bytes:
            raise OSError(errno.EFBIG, "file too large", path)
        return data

    def names(self, folder: str) -> list[str]:
        """Return the names in a folder, sorted."""
        if sys.platform == "win32":
            return sorted(os.listdir(self._checked(f"{folder}/.")))
        parent, _ = self._split(f"{folder}/.")
        return sorted(os.listdir(parent))

    def _split(self, path: str) -> tuple[int, str]:
        parent, _, name = path.rpartition("/")
        if self._fd is None or parent != self._parent:
            self._forget()
            self._fd, self._parent = self._folder(parent), parent
        return self._fd, name

    def _folder(self, path: str) -> int:
        descriptor = os.open(self._root, os.O_RDONLY | _DIRECTORY)
        for part in path.split("/") if path else ():
            try:
                inner = os.open(part, os.O_RDONLY | _NOFOLLOW | _DIRECTORY, dir_fd=descriptor)
            finally:
                os.close(descriptor)
            descriptor = inner
        return descriptor

    def _checked(self, path: str) -> Path:
        found = self._root
        for part in path.split("/")[:-1]:
            found = found / part
            # A junction is Windows' other kind of link; cloud folders have reparse tags too and are not links.
            tag = getattr(os.stat(found, follow_symlinks=False), "st_reparse_tag", 0)
            if found.is_symlink() or tag == _JUNCTION:
                raise OSError(errno.ELOOP, "a link", path)
        return found / path.rpartition("/")[2]

    def _forget(self) -> None:
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None
