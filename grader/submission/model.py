"""A submission as the rest of the engine sees it: files written by the grader, and facts about them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from grader.results import DeadlineInfo, GroupInfo, HistoryFigures


@dataclass(frozen=True, kw_only=True)
class Skipped:
    """A path of the repository that is not in the snapshot, and why (symlink, submodule, too large, …)."""

    path: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Submission:
    """A fetched repository at a commit.

    `root` holds regular files only, all written by the grader (0644, or 0755 where git says executable).
    `blobs` maps each path to its git blob id, `commits` is the history newest first as plain JSON data (what
    suites see as `submission.history`), `skipped` names what was left out, `sizes` has the bytes of every file,
    left out or not. `commit` is empty if a working tree has no commit yet, `branch` if HEAD is detached.

    If only a folder of a repository was named, `subfolder` is its path, files and history are of it alone, `above` has the
    names in the folders above it, and `top` is the repository's path for the command line. `has_remote` says whether the
    repository has a remote, to which it may have been pushed. `group` is its row in a group list, `deadline` says why this
    commit was read where there was one.
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
    group: GroupInfo | None = None
    deadline: DeadlineInfo | None = None

    def files(self) -> list[str]:
        """Return every path of the snapshot, sorted: relative, POSIX."""
        return sorted(self.blobs)
