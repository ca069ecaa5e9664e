"""Which files of the working copy a command made or changed, as the file system says."""

from __future__ import annotations

import time

from grader.suite.student.calls import Calls
from grader.suite.student.remote import expect
from grader.suite.student.snippets.probe import probe

#: Files that are named at most, and bytes of their names.
MOST = 2_000
MOST_BYTES = 400_000
#: A file system's clock ticks slowly: seconds by which it is behind at most.
TICK_S = 0.02

#: `st_ctime` cannot be set back, as `st_mtime` can; on Windows it is something else.
_NEWER = """
import os, sys
found, left = [], most_bytes
for folder, _, names in os.walk("."):
    for name in names:
        path = os.path.join(folder, name)
        try:
            seen = os.lstat(path)
        except OSError:
            continue
        changed = max(seen.st_mtime_ns, seen.st_ctime_ns) if sys.platform == "win32" else seen.st_ctime_ns
        if changed >= since:
            text = os.path.relpath(path).replace(os.sep, "/").encode("utf-8", "replace").decode()
            left -= len(text.encode())
            found.append(text)
    if len(found) > most or left < 0:
        break
result = found[:most]
"""


def mark() -> int:
    """Return the time in nanoseconds, as soon as the file system's clock has passed it."""
    now = time.time_ns()
    time.sleep(TICK_S)
    return now


def changed_since(calls: Calls, since: int) -> tuple[str, ...]:
    """Return the files of the working copy that were made or changed since a `mark`, sorted; at most 2,000."""
    bounds = {"since": since, "most": MOST, "most_bytes": MOST_BYTES}
    found = probe(calls, _NEWER, bounds, own=True)
    expect(found, list, "files")
    return tuple(sorted(str(path) for path in found))
