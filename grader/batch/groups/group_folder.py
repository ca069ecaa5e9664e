"""A folder of hand-ins: clones, bare repositories and zip files, each alone or in the folder of its group."""

from __future__ import annotations

import re
from pathlib import Path

from grader.batch.groups.group_rows import RawRow
from grader.errors import path_error

_GROUP = re.compile(r"(?:^|[^a-z])(?:group|gruppe|grp|team|hold)[ _-]*0*(\d{1,6})(?!\d)", re.IGNORECASE)
_NUMBER = re.compile(r"0*(\d{1,6})")
_OTHER_ARCHIVES = (".tar", ".tar.gz", ".tgz", ".tar.xz", ".tar.bz2", ".7z", ".rar")
#: Maximum number of names looked at, in the folder and in the folder of a group.
_NAMES = 10_000


def read_folder(folder: Path) -> list[RawRow]:
    """Return a row for each repository and zip file in a folder, by name; links are not followed.

    Raises:
        UsageError: it cannot be read.
    """
    try:
        entries = sorted(folder.iterdir(), key=_natural)[:_NAMES]
    except OSError as problem:
        raise path_error(folder, problem) from problem
    rows = (_row(entry) for entry in entries if not entry.name.startswith("."))
    return [row for row in rows if row is not None]


def _row(entry: Path) -> RawRow | None:
    place = repr(entry.name)
    group = _group(entry.name)
    if entry.is_symlink():
        return RawRow(place=place, group=group, problem="it is a link, which is not followed")
    if entry.is_file():
        if entry.name.lower().endswith(_OTHER_ARCHIVES):
            return RawRow(place=place, group=group, problem="of archives only zip files are read")
        return RawRow(place=place, group=group, source=str(entry)) if _is_zip(entry) else None
    if not entry.is_dir():
        return None
    if _is_repository(entry):
        return RawRow(place=place, group=group, source=str(entry))
    try:
        inside = sorted(entry.iterdir(), key=_natural)[:_NAMES]
    except OSError:
        return RawRow(place=place, group=group, problem="it cannot be read")
    found = [
        one
        for one in inside
        if not one.is_symlink()
        and ((one.is_dir() and _is_repository(one)) or (one.is_file() and _is_zip(one)))
    ]
    if len(found) == 1:
        return RawRow(place=place, group=group, source=str(found[0]))
    names = ", ".join(one.name for one in found[:5])
    why = (
        f"it holds several repositories: {names}"
        if found
        else "there is no git repository and no zip file in it"
    )
    return RawRow(place=place, group=group, problem=why)


def _group(name: str) -> str:
    stem = name.removesuffix(".git")
    stem = stem[:-4] if stem.lower().endswith(".zip") else stem
    found = _GROUP.search(stem) or _NUMBER.fullmatch(stem)
    return found[1] if found else ""


def _is_zip(path: Path) -> bool:
    return path.name.lower().endswith(".zip")


def _is_repository(path: Path) -> bool:
    """Return whether a folder looks like one; whether it is one is found out where it is read."""
    return (path / ".git").exists() or all((path / name).exists() for name in ("HEAD", "objects", "refs"))


def _natural(path: Path) -> list[tuple[int, int, str]]:
    """Return a key that puts group 2 before group 10."""
    parts = re.split(r"(\d{1,18})", path.name.casefold())
    return [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts if part]
