"""What a submission depends on, read from its files as data: names and versions, and what was refused."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from grader.sandbox import environment_formats as formats
from grader.sandbox import environment_toml as toml
from grader.sandbox.environment_formats import Item, Parser
from grader.sandbox.lock import Locked

#: Files read of a submission, nearest to its root first, and the size of one.
MAX_FILES = 40
MAX_BYTES = 256 * 1024
MAX_LOCK_BYTES = 4 * 1024 * 1024
#: Folders above a file that is read.
MAX_DEPTH = 3
MAX_ENTRIES = 400
MAX_CONSTRAINTS = 2_000
MAX_REFUSED = 200
#: Characters of one requirement, and of what is kept of a refused line.
MAX_TEXT = 400

_VENDORED = {"node_modules", "site-packages", "venv", ".venv", "env", "__pycache__"}

#: Names of files and their parsers; of several files that name a package, the first of this order decides.
_KINDS: tuple[tuple[re.Pattern[str], Parser], ...] = (
    (re.compile(r"uv\.lock"), toml.uv_lock),
    (re.compile(r"pyproject\.toml"), toml.pyproject_toml),
    (re.compile(r"requirements\.txt"), formats.requirements_txt),
    (re.compile(r".*requirements.*\.txt"), formats.requirements_txt),
    (re.compile(r"setup\.cfg"), formats.setup_cfg),
    (re.compile(r"setup\.py"), formats.setup_py),
    (re.compile(r"(environment|conda).*\.ya?ml"), formats.environment_yml),
)


class Refused(NamedTuple):
    """A line that was not followed. `line` is 1-based, or None where the format has no lines."""

    path: str
    line: int | None
    text: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Requirements:
    """Dependencies by PEP 508, canonical and sorted; nothing but names, extras, versions and markers."""

    entries: tuple[str, ...] = ()
    #: Versions of packages that may or may not be needed, from a lock file: wishes, not conditions.
    constraints: tuple[str, ...] = ()
    refused: tuple[Refused, ...] = ()
    #: The files that were read.
    sources: tuple[str, ...] = ()
    #: Entries of a lock to hold to, with the digests of their files. Never a submission's own.
    locked: tuple[Locked, ...] = ()

    @property
    def digest(self) -> str:
        """Of what is to be installed: the same from other files is the same."""
        locked = ["--", *(entry.line for entry in self.locked)] if self.locked else []
        return hashlib.sha256(
            "\n".join([*self.entries, "--", *self.constraints, *locked]).encode()
        ).hexdigest()


def read_requirements(root: Path, paths: Iterable[str]) -> Requirements:
    """Read the dependency files among `paths`; never runs anything, never raises for what a submission holds.

    Args:
        root: folder of the snapshot.
        paths: its files, POSIX and relative. Nothing else is opened, whatever a file refers to.
    """
    return _Reading(root, frozenset(paths)).all()


@dataclass
class _Reading:
    root: Path
    paths: frozenset[str]
    entries: dict[str, list[Requirement]] = field(default_factory=dict)
    #: The file that decides on a package: the first that names it.
    decides: dict[str, str] = field(default_factory=dict)
    constraints: dict[str, str] = field(default_factory=dict)
    refused: list[Refused] = field(default_factory=list)
    own: set[str] = field(default_factory=set)
    elsewhere: set[str] = field(default_factory=set)
    read: dict[str, None] = field(default_factory=dict)

    def all(self) -> Requirements:
        for path, parser in _candidates(self.paths):
            self.file(path, parser)
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

    def file(self, path: str, parser: Parser, *, constraint: bool = False) -> None:
        if path in self.read or len(self.read) >= MAX_FILES:
            return
        self.read[path] = None
        try:
            text = _text(self.root, path)
            for item in parser(text):
                self.item(path, item, constraint=constraint or item.constraint)
        except (ValueError, OSError) as problem:
            reason = problem.strerror if isinstance(problem, OSError) else str(problem)
            self.refuse(path, None, "", reason or "cannot be read")
        except RecursionError:
            self.refuse(path, None, "", "nested too deeply")

    def item(self, path: str, item: Item, *, constraint: bool) -> None:
        if item.own:
            self.own.add(canonicalize_name(item.text[:MAX_TEXT]))
        elif item.reason:
            self.refuse(path, item.line, item.text, item.reason)
            if re.fullmatch(r"[\w.-]{1,100}", item.text):
                self.elsewhere.add(canonicalize_name(item.text))
        elif item.include:
            self.include(path, item, constraint=constraint)
        else:
            try:
                requirement = _requirement(item.text)
            except ValueError as problem:
                self.refuse(path, item.line, item.text, str(problem))
                return
            name = canonicalize_name(requirement.name)
            if constraint:
                self.constraints.setdefault(name, str(requirement))
            elif self.decides.setdefault(name, path) == path:
                self.entries.setdefault(name, []).append(requirement)
            else:
                self.entries[name][0].extras |= requirement.extras

    def include(self, path: str, item: Item, *, constraint: bool) -> None:
        target = os.path.normpath(PurePosixPath(path).parent / item.include).replace(os.sep, "/")
        if target not in self.paths:
            self.refuse(path, item.line, item.text, "names no file of the repository")
            return
        self.file(target, formats.requirements_txt, constraint=constraint)

    def refuse(self, path: str, line: int | None, text: str, reason: str) -> None:
        self.refused.append(Refused(path, line, text[:MAX_TEXT], reason[:MAX_TEXT]))


def _candidates(paths: Iterable[str]) -> list[tuple[str, Parser]]:
    found = []
    for path in paths:
        parts = PurePosixPath(path).parts
        if len(parts) - 1 > MAX_DEPTH or _VENDORED.intersection(parts):
            continue
        in_folder = parts[-2:-1] == ("requirements",) and path.endswith(".txt")
        name = f"requirements-{parts[-1]}" if in_folder else parts[-1]
        for rank, (pattern, parser) in enumerate(_KINDS):
            if pattern.fullmatch(name):
                found.append((len(parts), rank, path, parser))
                break
    return [(path, parser) for _, _, path, parser in sorted(found, key=lambda entry: entry[:3])]


def _requirement(text: str) -> Requirement:
    """`text` by PEP 508, canonical; ValueError with the reason where it is more than name and versions."""
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
    except (InvalidRequirement, RecursionError) as problem:
        raise ValueError("not a requirement by PEP 508") from problem
    if requirement.url:
        raise ValueError("a URL or a path: only packages of the index are installed")
    if any(specifier.operator == "===" for specifier in requirement.specifier) or "$" in text:
        raise ValueError("a version that no index has")
    requirement.name = canonicalize_name(requirement.name)
    return requirement


def _text(root: Path, path: str) -> str:
    """A regular file below `root`, no link on the way, bounded; ValueError for anything else."""
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
    # PowerShell's `pip freeze > requirements.txt` writes UTF-16.
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as problem:
        raise ValueError("not text in UTF-8") from problem
