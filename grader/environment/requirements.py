"""The dependencies of a submission, read from its files as data: names and versions, and the lines that are refused."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import stat
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from grader.environment.requirement_formats import DEVELOPMENT, index_requirement
from grader.environment.requirement_toml import uv_lock
from grader.parsing.plain_data import DataError
from grader.repository.dependencies.conda_files import conda, conda_by_content
from grader.repository.dependencies.declared import Note, Reader
from grader.repository.dependencies.declaring_files import MAX_DEPTH, reader_of
from grader.repository.dependencies.named_files import named_files
from grader.repository.dependencies.requirement import MALFORMED, Dependency
from grader.repository.dependencies.requirement_files import requirements, setup_py
from grader.repository.faults import SubmissionFault
from grader.repository.files import decoded
from grader.repository.formats.yaml_data import parse_yaml
from grader.sandbox.lock import Locked

#: Maximum number of files read, nearest to the root first, and maximum size of one.
MAX_FILES = 40
MAX_BYTES = 256 * 1024
MAX_LOCK_BYTES = 4 * 1024 * 1024
#: Maximum size of all files together.
MAX_TOTAL_BYTES = 8 * 1024 * 1024
#: Maximum lines of one file; then the maximum of what is installed and refused in total.
MAX_LINES = 20_000
MAX_ENTRIES = 400
MAX_CONSTRAINTS = 2_000
MAX_REFUSED = 200
#: Maximum characters of one requirement, and of what is kept of a refused line.
MAX_TEXT = 400

_VENDORED = {"node_modules", "site-packages", "venv", ".venv", "env", "__pycache__"}


class Refused(NamedTuple):
    """A line that was not followed. `line` is 1-based, or None if the format has no lines."""

    path: str
    line: int | None
    text: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Requirements:
    """Dependencies by PEP 508, canonical and sorted: only names, extras, versions and markers."""

    entries: tuple[str, ...] = ()
    #: Versions from a lock file, of packages that may not be needed at all: preferences, not conditions.
    constraints: tuple[str, ...] = ()
    refused: tuple[Refused, ...] = ()
    #: The files that were read.
    sources: tuple[str, ...] = ()
    #: Lock entries that are mandatory, with the hashes of their files. Never taken from a submission.
    locked: tuple[Locked, ...] = ()
    #: The day as of which versions are chosen, as `2025-01-20`; empty for today.
    day: str = ""

    @property
    def digest(self) -> str:
        """Digest of what is to be installed, independent of the files that it was read from."""
        locked = ["--", *(entry.line for entry in self.locked)] if self.locked else []
        return hashlib.sha256(
            "\n".join([*self.entries, "--", *self.constraints, *locked, self.day]).encode()
        ).hexdigest()


def read_requirements(root: Path, paths: Iterable[str]) -> Requirements:
    """Read the dependency files among `paths`, without running anything; no content of a submission makes it raise.

    Args:
        root: folder of the snapshot.
        paths: its files, POSIX and relative. No other file is opened, even if a file refers to it.
    """
    return _RequirementReading(root, frozenset(paths)).all()


@dataclass
class _RequirementReading:
    root: Path
    paths: frozenset[str]
    entries: dict[str, list[Requirement]] = field(default_factory=dict)
    #: The file that decides on a package: the first one that names it.
    decides: dict[str, str] = field(default_factory=dict)
    constraints: dict[str, str] = field(default_factory=dict)
    refused: list[Refused] = field(default_factory=list)
    own: set[str] = field(default_factory=set)
    elsewhere: set[str] = field(default_factory=set)
    read: dict[str, None] = field(default_factory=dict)
    characters: int = 0

    def all(self) -> Requirements:
        for path, reader in _candidates(self.paths):
            self.file(path, reader)
        ours = [path for path in self.paths if _VENDORED.isdisjoint(path.split("/")[:-1])]
        for path in named_files(ours, self.command_text):
            self.file(path, requirements)
        unwanted = self.own | self.elsewhere
        lines = {
            str(entry) for name, found in self.entries.items() if name not in unwanted for entry in found
        }
        bounds = {text for name, text in self.constraints.items() if name not in unwanted}
        return Requirements(
            entries=tuple(sorted(lines)[:MAX_ENTRIES]),
            constraints=tuple(sorted(bounds)[:MAX_CONSTRAINTS]),
            refused=tuple(dict.fromkeys(self.refused))[:MAX_REFUSED],
            sources=tuple(self.read),
        )

    def command_text(self, path: str) -> str:
        """Return the text of a file with commands; an empty string if it cannot be read."""
        with contextlib.suppress(ValueError, OSError):
            return _text(self.root, path)
        return ""

    def file(self, path: str, reader: Reader, *, constraint: bool = False) -> None:
        if path in self.read or len(self.read) >= MAX_FILES:
            return
        if reader is conda_by_content:
            self.perhaps(path)
            return
        self.read[path] = None
        try:
            text = _text(self.root, path)
            self.characters += len(text)
            if self.characters > MAX_TOTAL_BYTES:
                raise ValueError(f"more than {MAX_TOTAL_BYTES // 1024} KiB of such files, and so not read")
            if reader is conda:
                parse_yaml(text, aliases=False)
            for entry in islice(reader(text, path), MAX_LINES):
                if isinstance(entry, Note):
                    self.note(entry, constraint=constraint)
                else:
                    self.dependency(entry, constraint=constraint or entry.constraint)
        except SubmissionFault as problem:
            line = next((place.line for place in problem.evidence), None)
            kind = "not valid Python: " if reader is setup_py and "Python" not in problem.message else ""
            self.refuse(path, line, "", kind + problem.message)
        except (DataError, ValueError, OSError) as problem:
            reason = problem.strerror if isinstance(problem, OSError) else str(problem)
            self.refuse(path, getattr(problem, "line", None), "", reason or "cannot be read")
        except RecursionError:
            self.refuse(path, None, "", "nested too deeply")

    def perhaps(self, path: str) -> None:
        """Read a YAML file as an environment file if it is one; nothing is refused of one that cannot be read."""
        with contextlib.suppress(ValueError, OSError):
            text = _text(self.root, path)
            self.characters += len(text)
            if self.characters <= MAX_TOTAL_BYTES and any(conda_by_content(text, path)):
                self.file(path, conda)

    def note(self, note: Note, *, constraint: bool) -> None:
        if note.kind == "own":
            self.own.add(note.text[:MAX_TEXT])
        elif note.kind in ("include", "constraint"):
            self.include(note, constraint=constraint or note.kind == "constraint")
        elif note.kind == "unread":
            self.refuse(note.path, note.line, note.text, note.reason)
        elif note.kind == "broken" and not any(
            (one.path, one.line) == (note.path, note.line) for one in self.refused[-5:]
        ):
            self.refuse(note.path, note.line, "", note.text)

    def dependency(self, one: Dependency, *, constraint: bool) -> None:
        if one.extra and not DEVELOPMENT.match(one.group):
            return
        shown = one.text or one.requirement
        try:
            requirement = _requirement(index_requirement(one))
        except ValueError as problem:
            self.refuse(one.path, one.line, shown, str(problem))
            # This file says that the package does not come from the index, so skip it even if other files name it.
            if one.url and one.name and one.url not in shown:
                self.elsewhere.add(canonicalize_name(one.name))
            return
        name = canonicalize_name(requirement.name)
        if constraint:
            self.constraints.setdefault(name, str(requirement))
        elif self.decides.setdefault(name, one.path) == one.path:
            self.entries.setdefault(name, []).append(requirement)
        else:
            self.entries[name][0].extras |= requirement.extras

    def include(self, note: Note, *, constraint: bool) -> None:
        target = os.path.normpath(PurePosixPath(note.path).parent / note.text).replace(os.sep, "/")
        if target not in self.paths:
            self.refuse(note.path, note.line, note.text, "names no file of the repository")
            return
        self.file(target, requirements, constraint=constraint)

    def refuse(self, path: str, line: int | None, text: str, reason: str) -> None:
        self.refused.append(Refused(path, line, text[:MAX_TEXT], reason[:MAX_TEXT]))


def _candidates(paths: Iterable[str]) -> list[tuple[str, Reader]]:
    found = []
    for path in paths:
        parts = PurePosixPath(path).parts
        if _VENDORED.intersection(parts[:-1]):
            continue
        known = (-1, uv_lock) if parts[-1] == "uv.lock" and len(parts) <= MAX_DEPTH + 1 else reader_of(path)
        if known:
            found.append((known[1] is conda_by_content, len(parts), known[0], path, known[1]))
    return [(path, reader) for *_, path, reader in sorted(found, key=lambda entry: entry[:4])]


def _requirement(text: str) -> Requirement:
    """Parse `text` as a canonical PEP 508 requirement; raise ValueError with the reason if it is more than name and versions."""
    if len(text) > MAX_TEXT or not (text.isascii() and text.isprintable()):
        raise ValueError("not a requirement: too long, or with characters that no requirement has")
    if (
        "://" in text
        or text.startswith((".", "/", "~"))
        or re.search(r"\.(whl|zip|tar\.gz|tgz)$", text)
        or "\\" in text
    ):
        raise ValueError("a URL or a path: only packages of the index are installed")
    try:
        requirement = Requirement(text)
    except MALFORMED as problem:
        raise ValueError("not a requirement by PEP 508") from problem
    if requirement.url:
        raise ValueError("a URL or a path: only packages of the index are installed")
    if any(specifier.operator == "===" for specifier in requirement.specifier) or "$" in text:
        raise ValueError("a version that no index has")
    requirement.name = canonicalize_name(requirement.name)
    return requirement


def _text(root: Path, path: str) -> str:
    """Read a regular file below `root`, bounded and without following links; raise ValueError for anything else."""
    parts = PurePosixPath(path).parts
    limit = MAX_LOCK_BYTES if parts[-1] == "uv.lock" else MAX_BYTES
    if (
        path.startswith("/")
        or ".." in parts
        or any(root.joinpath(*parts[:n]).is_symlink() for n in range(1, len(parts)))
    ):
        raise ValueError("not a file of the repository")
    flags = (
        os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    )
    descriptor = os.open(root.joinpath(*parts), flags)
    with open(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise ValueError("not a regular file")
        data = file.read(limit + 1)
    if len(data) > limit:
        raise ValueError(f"larger than {limit // 1024} KiB")
    text = decoded(data)
    if "\0" in text:
        raise ValueError("not text: it holds NUL bytes")
    return text
