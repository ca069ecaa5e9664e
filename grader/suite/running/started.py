"""Whether work on a module was started, and in which folders it lies."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from grader.repository.scoped_view import below
from grader.repository.submission_view import SubmissionView

#: Folders beside the graded one that a result names.
_MOST_NAMED = 10
#: Files that could not be read and are named where nothing was found, and the characters of what is said of them.
_MOST_UNREAD, _MOST_TEXT = 5, 600


@dataclass(frozen=True, kw_only=True)
class Work:
    """What was found of a module: the folders of its work, best first (none: not started), and what was looked for."""

    folders: tuple[str, ...]
    looked_for: str = ""

    def event(self, module: str) -> dict[str, Any]:
        """Return the event that tells the engine."""
        return {
            "event": "module",
            "module": module,
            "started": bool(self.folders),
            "looked_for": self.looked_for,
            "folder": next(iter(self.folders), ""),
            "other_folders": list(self.folders[1 : 1 + _MOST_NAMED]),
        }


class StartedModules:
    """The work on each module of a run, found once by the module's `@work` functions."""

    def __init__(self, view: SubmissionView) -> None:
        self._view = view
        self._found: dict[str, Work] = {}
        self._views: dict[str, SubmissionView] = {}

    def known(self, module: str) -> Work | None:
        """Return what was found of a module already, or None."""
        return self._found.get(module)

    def find(self, module: str, functions: Sequence[Callable[..., Any]]) -> Work:
        """Ask the `@work` functions of a module; a module without one is started."""
        answers = [_folders(function(self._view)) for function in functions]
        folders = next((found for found in answers if found != (".",)), (".",)) if all(answers) else ()
        # A project is one whole; in a repository of exercises each module has its own place.
        if folders and self._view.profile == "project":
            folders = (".",)
        looked_for = "; ".join(function.__grader_work__ for function in functions)  # type: ignore[attr-defined]
        if not folders and (unread := [fault.message for fault in self._view.unread]):
            looked_for += f". Not read, so that work may lie there: {' '.join(unread[:_MOST_UNREAD])[:_MOST_TEXT].rstrip('.')}"
        self._found[module] = Work(folders=folders, looked_for=looked_for)
        return self._found[module]

    def folder(self, module: str) -> str:
        """Return the folder of a module that is graded: `.` is the whole submission."""
        work = self._found.get(module)
        return work.folders[0] if work and work.folders else "."

    def view(self, module: str) -> SubmissionView:
        """Return the view that the checks of a module see."""
        folder = self.folder(module)
        if folder not in self._views:
            self._views[folder] = below(self._view, folder)
        return self._views[folder]

    def above(self, functions: Iterable[Callable[..., Any]]) -> str:
        """Return what lies above the graded folder and may be work, or an empty string."""
        names = [name for function in functions for name in getattr(function, "__grader_above__", ())]
        return self._view.lies_above(*names)

    def elsewhere(self, module: str, name: str) -> str:
        """Say that `name` lies above the graded folder, and how to grade it."""
        command = f"grader check {shlex.quote(self._view.top)} --modules {module}"
        return (
            f"`{name}` lies above `{self._view.subfolder}`, the folder that was graded, and was not read. `{command}` grades the "
            "whole repository."
        )


def _folders(found: Any) -> tuple[str, ...]:
    """Return the folders that a `@work` function named; one that only says yes means the whole submission."""
    if isinstance(found, list | tuple):
        return tuple(dict.fromkeys(str(folder) for folder in found))
    return (".",) if found else ()
