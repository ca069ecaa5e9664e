"""The dependencies that a submission declares, in files of any format. Nothing is installed or run."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import islice

from grader.repository.dependencies.conda_files import conda_by_content
from grader.repository.dependencies.declared import Note, Reader, fault
from grader.repository.dependencies.declaring_files import reader_of
from grader.repository.dependencies.named_files import named_files
from grader.repository.dependencies.requirement import Dependency, parse
from grader.repository.dependencies.requirement_files import requirements
from grader.repository.faults import SubmissionFault, tolerant
from grader.repository.parsed_view import ParsedView

__all__ = ["Declarations", "Dependency", "declarations", "parse"]

MAX_REQUIREMENTS = 5_000
#: Maximum depth of requirements files that include each other.
MAX_INCLUDES = 50
_PACKAGES = ("pyproject.toml", "setup.py", "setup.cfg")


@dataclass
class Declarations:
    """Every declared dependency, and the errors in the files that declare them.

    named: with the name of a package. unnamed: addresses without a name. constraints: bounds of packages that
    may or may not be needed. own: names of the repository's own packages. broken: entries that no tool would accept, one
    fault per place. dynamic: requirements files that stand for a table of a pyproject.toml.
    """

    named: list[Dependency] = field(default_factory=list)
    unnamed: list[Dependency] = field(default_factory=list)
    constraints: list[Dependency] = field(default_factory=list)
    own: set[str] = field(default_factory=set)
    broken: list[SubmissionFault] = field(default_factory=list)
    dynamic: dict[str, str] = field(default_factory=dict)
    read: set[str] = field(default_factory=set)

    @property
    def wanted(self) -> list[Dependency]:
        """The dependencies that come from elsewhere: all but the repository's own packages."""
        return [
            one
            for one in [*self.named, *self.unnamed]
            if one.name not in self.own and not (one.held and not one.fixed)
        ]


def declarations(view: ParsedView) -> Declarations:
    """Return every dependency that a file of the repository declares, in any format that `declaring_files` names.

    A requirements file of any name is one, too, if a command of the repository installs from it.
    A broken file contributes what can be read of it, and is named in `broken`.
    """
    reading = _Reading(view)
    ranked = [(*kind, path) for path in view.files() if (kind := reader_of(path))]
    for _, reader, path in sorted(ranked, key=lambda one: (one[0], one[2])):
        reading.file(path, reader, {path})
    found = reading.found
    for path in named_files(view.files(), lambda path: tolerant(view.text, path) or ""):
        if path not in found.read:
            reading.file(path, requirements, {path})
    found.named = list(dict.fromkeys(found.named))[:MAX_REQUIREMENTS]
    found.unnamed = list(dict.fromkeys(found.unnamed))[:MAX_REQUIREMENTS]
    # A file that others include is read once for each of them.
    found.broken = list({problem.message: problem for problem in found.broken}.values())
    return found


def relative(path: str, include: str) -> str | None:
    """Return the path that a reference in the file `path` means; None if it leaves the repository."""
    parts = path.split("/")[:-1]
    for part in include.split("/"):
        if part == ".." and not parts:
            return None
        if part == "..":
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return None if include.startswith(("/", "~")) or ":" in include or "\\" in include else "/".join(parts)


class _Reading:
    def __init__(self, view: ParsedView) -> None:
        self.view = view
        self.paths = frozenset(view.all_files)
        self.found = Declarations()

    def file(self, path: str, reader: Reader, seen: set[str], *, bound: bool = False) -> None:
        """Read a file and its includes; `seen` are the paths on the way, `bound` marks constraints."""
        if len(self.found.named) + len(self.found.constraints) > MAX_REQUIREMENTS:
            return
        try:
            entries = list(islice(reader(self.view.text(path), path), MAX_REQUIREMENTS))
        except SubmissionFault as problem:
            if reader is not conda_by_content:
                self.found.broken.append(problem)
            return
        if entries or reader is not conda_by_content:
            self.found.read.add(path)
        for entry in entries:
            if isinstance(entry, Note):
                self.note(entry, seen, bound=bound)
            elif bound or entry.constraint:
                self.found.constraints.append(replace(entry, constraint=True))
            else:
                one = replace(entry, held=self.is_held(entry)) if entry.url else entry
                (self.found.named if one.name else self.found.unnamed).append(one)

    def note(self, note: Note, seen: set[str], *, bound: bool) -> None:
        if note.kind == "own":
            self.found.own.add(note.text)
        elif note.kind == "broken":
            self.found.broken.append(fault(note))
        elif note.kind in ("include", "constraint"):
            inner = relative(note.path, note.text)
            if inner and self.view.exists(inner) and inner not in seen and len(seen) <= MAX_INCLUDES:
                seen.add(inner)
                if note.path.endswith("pyproject.toml"):
                    self.found.dynamic[inner] = note.path
                self.file(inner, requirements, seen, bound=bound or note.kind == "constraint")

    def is_held(self, one: Dependency) -> bool:
        """Return whether an address is a package or a file of this repository."""
        if one.remote:
            return False
        inner = relative(one.path, one.url.partition("#")[0].partition("[")[0].strip())
        if inner is None:
            return False
        inside = f"{inner}/" if inner else ""
        return inner in self.paths or any(f"{inside}{name}" in self.paths for name in _PACKAGES)
