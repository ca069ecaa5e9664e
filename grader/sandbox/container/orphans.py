"""Remove orphaned containers: each names the process that owns it, and the next grader removes those of dead processes."""

from __future__ import annotations

import contextlib

import docker
import requests
from docker.errors import APIError, DockerException

from grader.sandbox.owners import is_gone

OWNER_LABEL = "grader.owner"


def remove_orphans(client: docker.DockerClient) -> int:
    """Remove the containers of this host's graders that no longer run; return how many.

    Containers of other hosts stay (several may share a daemon), and so do those of a running grader.
    """
    removed = 0
    for container in client.api.containers(all=True, filters={"label": OWNER_LABEL}):
        if is_gone(str(container["Labels"].get(OWNER_LABEL, ""))):
            with contextlib.suppress(APIError):
                client.api.remove_container(container["Id"], force=True, v=True)
                removed += 1
    return removed


def remove_owned(client: docker.DockerClient, owner: str) -> None:
    """Remove the containers of a process that was ended, as far as the daemon lets us: the next grader removes the rest."""
    with contextlib.suppress(DockerException, requests.RequestException):
        for container in client.api.containers(all=True, filters={"label": f"{OWNER_LABEL}={owner}"}):
            with contextlib.suppress(APIError):
                client.api.remove_container(container["Id"], force=True, v=True)
