"""Remove orphaned containers: each names the process that owns it, and the next grader removes those of dead processes."""

from __future__ import annotations

import contextlib
import os
import socket

import docker
import psutil
from docker.errors import APIError

OWNER_LABEL = "grader.owner"


def owner() -> str:
    """Return an id of this process: host, process id and start time, since a process id alone may be reused."""
    return f"{socket.gethostname()}:{os.getpid()}:{int(psutil.Process().create_time())}"


def remove_orphans(client: docker.DockerClient) -> int:
    """Remove the containers of this host's graders that no longer run; return how many.

    Containers of other hosts stay (several may share a daemon), and so do those of a running grader.
    """
    removed = 0
    for container in client.api.containers(all=True, filters={"label": OWNER_LABEL}):
        if _is_orphan(str(container["Labels"].get(OWNER_LABEL, ""))):
            with contextlib.suppress(APIError):
                client.api.remove_container(container["Id"], force=True, v=True)
                removed += 1
    return removed


def _is_orphan(label: str) -> bool:
    host, _, process = label.rpartition(":")[0].rpartition(":")
    started = label.rpartition(":")[2]
    if host != socket.gethostname() or not process.isdigit() or not started.isdigit():
        return False
    try:
        return int(psutil.Process(int(process)).create_time()) != int(started)
    except psutil.Error:
        return True
