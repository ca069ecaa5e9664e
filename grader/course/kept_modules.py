"""Modules of a course pack as they were read before: reading the suites of thirty takes longer than most of a command."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from grader.course.digests import digest_of, files_below
from grader.course.module import Module
from grader.user_cache import Kept, cache_folder, write_whole

_ENGINE = Path(__file__).parents[1]
#: Beyond so many, the ones unused for longest go: who writes suites makes another with each change.
_MOST = 20
_MODULES = TypeAdapter(tuple[Module, ...])


def read_modules(checks: Path, read: Callable[[], Sequence[Module]]) -> tuple[Module, ...]:
    """Return what `read` makes of the suites below `checks`, or made of the same files at the same place before.

    What raises is not kept. A cache that cannot be written, or does not read, is none.
    """
    key = _key(checks)
    try:
        path = cache_folder("courses") / f"{key}.json"
    except OSError:
        return tuple(read())
    with suppress(OSError, ValidationError):
        kept = _MODULES.validate_json(path.read_bytes())
        os.utime(path)
        return kept
    modules = tuple(read())
    if _key(checks) != key:
        # Somebody wrote a file meanwhile.
        return modules
    with suppress(OSError):
        write_whole(path, _MODULES.dump_json(modules))
        for old in sorted(kept_courses(path.parent), key=lambda one: -one.used_at)[_MOST:]:
            old.remove()
    return modules


def kept_courses(folder: Path) -> Iterator[Kept]:
    """Yield what is kept of course packs in a folder of the cache."""
    for path in sorted(folder.glob("*.json")):
        with suppress(OSError):
            yield Kept(path=path, used_at=path.stat().st_mtime)


def _key(checks: Path) -> str:
    """Return what changes with any file of the suites, with where they lie, and with what reads them."""
    engine = [
        *files_below(_ENGINE / "course"),
        *(_ENGINE / "suite" / name for name in ("checks.py", "module_ids.py")),
    ]
    parts = (str(checks), digest_of(checks, files_below(checks)), digest_of(_ENGINE, engine))
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
