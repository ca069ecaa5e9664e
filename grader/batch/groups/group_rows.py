"""The rows of a group list: cleaned, checked, and compared with each other."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from grader.batch.groups.group_columns import GroupColumns
from grader.errors import SourceError, UsageError
from grader.results import GroupInfo
from grader.submission.source import Source, parse_source, shown, slug

#: Maximum rows of a list, members of a group, and characters of a cell.
_ROWS, _MEMBERS, _CELL = 10_000, 20, 500
#: What programs and people put around a cell, beside blanks: marks of no width, and brackets around an address.
_AROUND = "\ufeff\u200b\u200e\u200f\u2060 \t\r\n\u00a0'\"<>"
_NUMBER = re.compile(r"0*(\d{1,6})(?:\.0+)?")
_WITHOUT_SCHEME = re.compile(r"(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}/[^/\s]+/[^/\s]+.*")
#: Where a page of a repository begins behind its address: on GitHub, which has two names, and on GitLab.
_GITHUB = re.compile(r"(https?://)(?:www\.)?(github\.com)/+([^/\s]+)/+([^/\s]+).*", re.IGNORECASE)
_GITLAB_PAGE = re.compile(r"/-/.*")


@dataclass(frozen=True, kw_only=True)
class RawRow:
    """A row as it was read: `place` names it, `group` is its number or name, `problem` why it cannot be one."""

    place: str
    group: str = ""
    members: tuple[str, ...] = ()
    source: str = ""
    problem: str = ""


@dataclass(frozen=True, kw_only=True)
class GroupRow:
    """A row of a group list, ready to be graded, or with the reason why it cannot be.

    Attributes:
        id: of its submission; stable, where the list has numbers or names.
        source: what to fetch. It may hold a password where there is a `problem`: `text` is what may be shown.
        info: what the result says of it.
        place: its line in the list, or its name in the folder.
        problem: why it cannot be graded.
        nothing: whether nothing was handed in: a problem, and nobody's fault here.
        local: whether it lies on this machine.
    """

    id: str
    source: str
    text: str
    info: GroupInfo
    place: str
    problem: str = ""
    nothing: bool = False
    local: bool = False


def clean(cell: str) -> str:
    """Return a cell without what programs put around it."""
    return cell.strip(_AROUND)


def checked(
    rows: Sequence[RawRow], path: Path, *, allow_local: bool, columns: GroupColumns | None = None
) -> tuple[GroupRow, ...]:
    """Return the groups of all rows, with what is wrong with each, and which of them name one repository.

    Raises:
        UsageError: there is none, or there are too many.
    """
    if not rows:
        raise UsageError(f"{path} holds no group.", "It needs a row for each group, with its repository.")
    if len(rows) > _ROWS:
        raise UsageError(f"{path} has more than {_ROWS} rows, so it is no group list.")
    base = path if path.is_dir() else path.parent
    found: list[GroupRow] = []
    places: dict[str, str] = {}
    first: dict[str, int] = {}
    for row in rows:
        group, normal = _group(row, base, columns or GroupColumns(), allow_local=allow_local)
        if group.id in places and not row.group:
            group = replace(group, id=_free(group.id, places))
        elif group.id in places:
            also = f"{_called(group.info)} is there already, {places[group.id]}"
            group = replace(group, id=f"{group.id}-{slug(row.place)}", problem=group.problem or also)
        places[group.id] = row.place
        if normal and not group.problem:
            if normal in first:
                _name_both(found, first[normal], group)
                group = _also(group, found[first[normal]])
            else:
                first[normal] = len(found)
        found.append(group)
    return tuple(found)


def normal_address(source: Source) -> str:
    """Return what two names of one repository have in common: host and path, without case, scheme, login and `.git`."""
    if source.path is not None:
        return str(source.path)
    if "://" in source.url:
        parts = urlsplit(source.url)
        host, path = parts.hostname or "", parts.path
    else:
        login, _, path = source.url.partition(":")
        host = login.rpartition("@")[2]
    return f"{host.removeprefix('www.')}/{path.strip('/').removesuffix('.git')}".lower()


def _group(row: RawRow, base: Path, columns: GroupColumns, *, allow_local: bool) -> tuple[GroupRow, str]:
    number = _NUMBER.fullmatch(row.group)
    info = GroupInfo(
        number=int(number[1]) if number else None,
        name="" if number else row.group[:_CELL],
        members=tuple(dict.fromkeys(one[:_CELL] for one in row.members))[:_MEMBERS],
    )
    text = shown(row.source[: 4 * _CELL])
    own = f"group-{info.number}" if number else slug(f"group-{row.group}") if row.group else ""
    group = GroupRow(id=own, source="", text=text, info=info, place=row.place)
    if not own:
        group = replace(group, id=slug(row.place))
    if row.problem:
        return replace(group, problem=row.problem), ""
    if columns.is_nothing(row.source):
        return replace(group, problem="no repository was handed in", nothing=True), ""
    try:
        source = _tidy(row.source)
        named = parse_source(_beside(source, base) if allow_local else source, allow_local=allow_local)
    except SourceError as problem:
        return replace(group, problem=str(problem)), ""
    group = replace(
        group,
        id=own or named.slug,
        source=str(named.path) if named.path is not None else source,
        text=named.text,
        local=named.path is not None,
    )
    return group, normal_address(named)


def _free(wanted: str, taken: Container[str]) -> str:
    number = 2
    while f"{wanted}-{number}" in taken:
        number += 1
    return f"{wanted}-{number}"


def _tidy(source: str) -> str:
    """Return the address of a repository where a page of it was named, as people copy it from a browser."""
    if _WITHOUT_SCHEME.fullmatch(source) and "@" not in source:
        source = f"https://{source}"
    if not source.lower().startswith(("https://", "http://")) or "@" in source:
        return source.rstrip("/") if source.count("/") == 2 else source
    source = re.split(r"[?#]", source, maxsplit=1)[0]
    if found := _GITHUB.fullmatch(source):
        return f"https://{found[2].lower()}/{found[3]}/{found[4].removesuffix('.git')}"
    return _GITLAB_PAGE.sub("", source).rstrip("/")


def _beside(source: str, base: Path) -> str:
    """Return a path of a list as one from here: it is relative to the list."""
    if "://" in source or source.startswith("~"):
        return source
    beside = base / source
    return str(beside) if beside.exists() else source


def _also(group: GroupRow, other: GroupRow) -> GroupRow:
    # The name of a folder may be that of a student of the other group.
    place = f" ({other.place})" if other.place.startswith("line ") else ""
    note = f"the same repository is that of {_called(other.info)}{place}"
    return replace(group, info=group.info.model_copy(update={"notes": (*group.info.notes, note)}))


def _name_both(found: list[GroupRow], at: int, group: GroupRow) -> None:
    found[at] = _also(found[at], group)


def _called(info: GroupInfo) -> str:
    if info.number is not None:
        return f"group {info.number}"
    return f"group {info.name}" if info.name else "another row"
