"""A submission as the rest of the engine sees it: files that we wrote ourselves, and facts about them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from grader.results import HistoryFigures


@dataclass(frozen=True, kw_only=True)
class Skipped:
    """A path of the repository that the snapshot leaves out, and why (symlink, submodule, too large, …)."""

    path: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Submission:
    """A repository at a commit, fetched.

    `root` holds regular files only, all written by the grader (0644, or 0755 where git says executable).
    `blobs` maps each path to its git blob id, `commits` is the history newest first as plain JSON data (what
    suites see as `submission.history`), `skipped` names what was left out, `sizes` has the bytes of every file,
    left out or not. `commit` is empty where a working tree has no commit yet, `branch` where HEAD is detached.

    Where only a folder of a repository was named, `subfolder` is its path, files and history are of it alone, `above` has the
    names in the folders above it, and `top` is how the repository is named on the command line. `has_remote` says whether the
    repository knows of another one, to which it may have been pushed.
    """

    id: str
    source: str
    root: Path
    commit: str
    branch: str
    committed_at: datetime | None
    fetched_at: datetime
    dirty: bool
    history: HistoryFigures
    commits: list[dict[str, Any]] = field(default_factory=list)
    branches: list[dict[str, str]] = field(default_factory=list)
    default_branch: str = ""
    blobs: dict[str, str] = field(default_factory=dict)
    skipped: tuple[Skipped, ...] = ()
    notes: tuple[str, ...] = ()
    size_bytes: int = 0
    sizes: dict[str, int] = field(default_factory=dict)
    subfolder: str = ""
    above: tuple[str, ...] = ()
    top: str = ""
    has_remote: bool = True

    def files(self) -> list[str]:
        """Every path of the snapshot, sorted: relative, POSIX."""
        return sorted(self.blobs)
