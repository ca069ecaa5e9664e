"""A digest of the grader's own source: what is kept of a run holds for the grader that made it."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Collection
from pathlib import Path

import grader

#: Packages that come after the events of a run, or before its plan: they change no event.
BESIDE_EVENTS = frozenset(
    {"authoring", "batch", "cli", "course_pack", "demo", "exam", "forge", "render", "review", "similarity"}
)


@functools.cache
def engine_digest(without: Collection[str] = frozenset({"course_pack"})) -> str:
    """Return the SHA-256 of every file of the grader but those of the packages `without`."""
    root = Path(grader.__file__).parent
    total = hashlib.sha256(grader.__version__.encode())
    for path in sorted(root.rglob("*")):
        parts = path.relative_to(root).parts
        if path.is_file() and "__pycache__" not in parts and parts[0] not in without:
            total.update(f"{'/'.join(parts)}\0".encode())
            total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()
