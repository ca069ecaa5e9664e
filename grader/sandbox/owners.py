"""Name a process so that another one can tell later whether it still runs: what it left behind then belongs to nobody."""

from __future__ import annotations

import os
import socket

import psutil

#: Seconds between two readings of one start time: systems compute it from the time of boot, which a clock that is set moves.
_SAME_S = 2


def owner(pid: int | None = None) -> str:
    """Return an id of a process of this machine, of this one by default: host, process id and start time.

    A process id alone may be used again. For a process that is gone the start time is 0: nobody's.
    """
    pid = os.getpid() if pid is None else pid
    try:
        started = int(psutil.Process(pid).create_time())
    except psutil.Error:
        started = 0
    return f"{socket.gethostname()}:{pid}:{started}"


def host_of(label: str) -> str:
    """Return the host of an owner."""
    return label.rpartition(":")[0].rpartition(":")[0]


def process_of(label: str) -> int:
    """Return the process id of an owner; 0 if it is none."""
    text = label.rpartition(":")[0].rpartition(":")[2]
    return int(text) if text.isdecimal() else 0


def is_gone(label: str) -> bool:
    """Return whether an owner ran on this host and does no longer; of other hosts, and of what is no owner, nobody can tell."""
    started = label.rpartition(":")[2]
    if host_of(label) != socket.gethostname() or not process_of(label) or not started.isdecimal():
        return False
    try:
        process = psutil.Process(process_of(label))
        if process.status() == psutil.STATUS_ZOMBIE:
            return True
        return abs(process.create_time() - int(started)) > _SAME_S
    except psutil.NoSuchProcess:
        return True
    except psutil.Error:
        return False
