"""Digests of files of a course pack, by their paths in it and their contents."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path


def files_below(folder: Path) -> list[Path]:
    """Return the files below a folder, sorted; no bytecode."""
    return sorted(path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)


def digest_of(root: Path, paths: Iterable[Path]) -> str:
    """Return the SHA-256 of files below `root`."""
    total = hashlib.sha256()
    for path in paths:
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        total.update(f"{path.relative_to(root).as_posix()}\0{content}\n".encode())
    return total.hexdigest()
