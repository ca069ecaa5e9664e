"""What this machine has for runs, or what of it a container or a batch queue leaves to this process."""

from __future__ import annotations

import os
from pathlib import Path

import psutil

from grader.sandbox.protocol import Room

_GROUPS = Path("/sys/fs/cgroup")


def local_room(groups: Path = _GROUPS) -> Room:
    """Return the cores and the memory that this process may use.

    Args:
        groups: where Linux tells the limits of a container: cgroups of version 2, or of version 1.
    """
    try:
        cpus = float(len(os.sched_getaffinity(0)))
    except AttributeError:
        cpus = float(os.cpu_count() or 1)
    memory = psutil.virtual_memory().total
    quota, period = (*_words(groups / "cpu.max"), "", "")[:2]
    if not quota:
        quota = next(iter(_words(groups / "cpu" / "cpu.cfs_quota_us")), "")
        period = next(iter(_words(groups / "cpu" / "cpu.cfs_period_us")), "")
    if quota.isdecimal() and period.isdecimal() and int(period) > 0:
        cpus = min(cpus, int(quota) / int(period))
    for file in (groups / "memory.max", groups / "memory" / "memory.limit_in_bytes"):
        limit = next(iter(_words(file)), "")
        if limit.isdecimal():
            memory = min(memory, int(limit))
    return Room(cpus=cpus, memory_bytes=memory)


def _words(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="ascii").split()
    except (OSError, UnicodeDecodeError):
        return []
