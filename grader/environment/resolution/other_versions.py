"""Which packages are another version than the code was written for, and what that was: such versions excuse a failure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion, Version

#: Versions of some requirements by name, as of the day (or of today); None where they cannot be had together.
Chosen = Callable[[Sequence[Requirement], bool], Mapping[str, str] | None]


def other_than_asked(
    pins: Mapping[str, str], wanted: Mapping[str, Sequence[Requirement]], constraints: Iterable[str]
) -> dict[str, str]:
    """Return the packages whose version is none that was asked for, by name or by a lock file, and what is there."""
    found = {}
    for name, entries in wanted.items():
        bounds = ",".join(dict.fromkeys(str(entry.specifier) for entry in entries if entry.specifier))
        if name in pins and not _contains(bounds, pins[name]):
            found[name] = f"asked for {bounds}, has {pins[name]}"
    for line in constraints:
        locked = Requirement(line)
        bounds = str(locked.specifier)
        if locked.name in pins and not _contains(bounds, pins[locked.name]):
            found.setdefault(locked.name, f"locked to {bounds}, has {pins[locked.name]}")
    return found


def newer_than_the_day(
    pins: Mapping[str, str],
    wanted: Mapping[str, Sequence[Requirement]],
    undated: Iterable[str],
    day: str,
    chosen: Chosen,
    *,
    has_dates: bool,
) -> dict[str, str]:
    """Return the packages that were not limited to the day and are newer than it, and what is there.

    Args:
        undated: the packages that the day did not limit; one that is asked for by `==` is what was asked for.
        chosen: resolves requirements without what they need, limited to the day if its second argument is true.
        has_dates: whether the index says when versions came out: else that none is of the day tells nothing.
    """
    names = [name for name in sorted(undated) if name in pins and not _is_pinned(wanted.get(name, ()))]
    asked = [Requirement(name) for name in names]
    together = chosen(asked, True) if asked else {}
    found = {}
    for name, bare in zip(names, asked, strict=True):
        of_the_day = together if together is not None else chosen([bare], True)
        if of_the_day is not None and name in of_the_day:
            if _is_newer(pins[name], of_the_day[name]):
                found[name] = f"{of_the_day[name]} is of the day {day}, has {pins[name]}"
        elif has_dates and together is None and chosen([bare], False) is not None:
            found[name] = f"none of the day {day} is to be had, has {pins[name]}"
    return found


def _contains(bounds: str, version: str) -> bool:
    return SpecifierSet(bounds, prereleases=True).contains(version)


def _is_pinned(entries: Sequence[Requirement]) -> bool:
    return any(one.operator in ("==", "===") for entry in entries for one in entry.specifier)


def _is_newer(version: str, other: str) -> bool:
    try:
        return Version(version).release > Version(other).release
    except InvalidVersion:
        return False
