"""Whether files that were submitted stayed as they are while student code ran."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from grader.repository.faults import Evidence
from grader.suite.outcomes import StudentFault


@contextmanager
def stay_intact(work: Path, paths: Sequence[str]) -> Iterator[None]:
    """Raise StudentFault after the block if a file in `work` changed during it: what ran is not what was submitted.

    A file that was changed and restored is noticed as well, by its change time or inode, which no student process can set.
    """
    before = {path: _state(work / path) for path in paths}
    yield
    changed = [path for path, state in before.items() if _state(work / path) != state]
    if changed:
        named = ", ".join(f"`{path}`" for path in changed[:3])
        raise StudentFault(
            "tampered",
            f"Running the code changed {named} of what was submitted: what ran is not what was submitted.",
            [Evidence(path, None, "changed while the code ran") for path in changed[:5]],
        )


def _state(path: Path) -> tuple[int, ...]:
    try:
        found = os.lstat(path)
    except OSError:
        return ()
    return (found.st_mode, found.st_ino, found.st_dev, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
