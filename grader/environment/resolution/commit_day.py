"""Resolve as of the day of the commit: code without a lock was written for the versions of its day.

The day is left out for packages that the course decides on with all that these need, for those that are not to be had
otherwise, for those whose version would be more than two years older than the day, and for all where nothing else resolves.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta

from packaging.utils import canonicalize_name

#: A version that was the newest one for so long before the day is one that a cut-off only seems to ask for.
OLD = timedelta(days=730)
#: Times that packages are exempted because uv says that they were filtered.
MAX_ROUNDS = 8

_FILTERED = re.compile(r"`([A-Za-z0-9][\w.-]*)` was filtered by `exclude-newer`")


class CommitDay:
    """The day that limits a resolution, and the packages that it does not limit.

    Args:
        day: as `2025-01-20`, or empty for no limit.
        exempt: packages that are never limited.
    """

    def __init__(self, day: str, exempt: Iterable[str] = ()) -> None:
        self.day = day
        self.exempt: set[str] = {canonicalize_name(name) for name in exempt}
        #: Packages that lost the limit because nothing else resolved.
        self.undated: set[str] = set()
        #: Whether it was found out that without the day the resolution fails, too.
        self.is_innocent = False
        self._rounds = 0

    def options(self, *, older: bool = False) -> tuple[str, ...]:
        """Return uv's options: no file after the day, or after the day two years before (`older`)."""
        if not self.day:
            return ()
        last = date.fromisoformat(self.day) - (OLD if older else timedelta())
        free = [f"--exclude-newer-package={name}=false" for name in sorted(self.exempt | self.undated)]
        return (f"--exclude-newer={last.isoformat()}", *free)

    def give_way(self, output: str) -> bool:
        """Exempt the packages that uv says were filtered; return whether that changes anything."""
        found: set[str] = {canonicalize_name(name) for name in _FILTERED.findall(output)}
        found -= self.exempt | self.undated
        if not self.day or not found or self._rounds >= MAX_ROUNDS:
            return False
        self._rounds += 1
        self.undated |= found
        return True

    def drop(self) -> None:
        """Leave out the day for all packages."""
        self.day, self.undated = "", set()
