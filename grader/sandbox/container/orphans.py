"""Containers whose grader is gone: each names its owner, and who starts next removes those of the dead."""

from __future__ import annotations

import contextlib
import os
import socket

import docker
import psutil
from docker.errors import APIError

OWNER_LABEL = "grader.owner"


def owner() -> str:
    """This process, by host, id and start time: an id alone may be somebody else's tomorrow."""
    return f"{socket.gethostname()}:{os.getpid()}:{int(psutil.Process().create_time())}"


def remove_orphans(client: docker.DockerClient) -> int:
    """Remove the containers of graders of this host that no longer run. Returns how many.

    Another host's are left alone (several may share a daemon), and so are those of a grader that runs now.
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
