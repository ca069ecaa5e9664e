"""The files of a repository, every question about them noted: for `grader.repository.reads`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from grader.repository.faults import SubmissionFault
from grader.repository.files import Files
from grader.repository.reads import Noted, Reads

T = TypeVar("T")


class RecordedView:
    """What all views of a submission stand on.

    root: the folder of the snapshot, or a folder in it. facts: see `ParsedView`. reads: where questions are noted. folder: the
    path of `root` in the snapshot.
    """

    def __init__(
        self, root: Path, facts: Mapping[str, Any], reads: Reads | None = None, folder: str = "."
    ) -> None:
        self.root = root
        self.facts = facts
        self.noting = reads or Reads()
        self.folder = folder
        self.kept: dict[str, tuple[Any, Noted]] = {}
        self._skipped = {str(item["path"]): str(item["reason"]) for item in facts.get("skipped") or ()}
        self._files = Files(root, facts.get("blobs"), self._skipped, self.noting, folder)
        self._memory: dict[tuple[str, str], tuple[Any, Noted]] = {}

    @property
    def commit(self) -> str:
        """The id of the commit."""
        self.noting.note("commit")
        return str(self.facts.get("commit") or "")

    @property
    def skipped(self) -> dict[str, str]:
        """The paths that are left out, and why."""
        self.noting.note("skipped", self.folder)
        return self._skipped

    def _once(self, kind: str, path: str, read: Callable[[str], T]) -> T:
        """Return the cached result of `read` for a path, because checks share a view. A fault is cached, too."""
        real = self._files.spelling(path)
        if (kind, real) not in self._memory:
            with self.noting.frame() as frame:
                try:
                    made: Any = read(real)
                except SubmissionFault as fault:
                    made = fault
            self._memory[kind, real] = made, Noted(frame.questions)
        found, noted = self._memory[kind, real]
        self.noting.use(noted)
        if isinstance(found, SubmissionFault):
            raise type(found)(found.message, found.evidence)
        value: T = found
        return value
