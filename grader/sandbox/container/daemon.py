"""What the daemon and the image say of themselves, for `grader doctor`."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass

import requests
from docker.errors import DockerException

from grader.errors import SandboxError
from grader.sandbox.container.image import Client, Image, connect, list_images


@dataclass(frozen=True, kw_only=True)
class DaemonState:
    """The daemon's version, the newest image of the grader, and whether its suites are closed to students' processes."""

    version: str
    image: Image | None = None
    closed: bool | None = None


def look() -> DaemonState:
    """Ask the daemon, and look into the newest image.

    Raises:
        SandboxError: there is no daemon, or it broke.
    """
    try:
        with closing(connect()) as client:
            version = str(client.version()["Version"])
            image = next(iter(list_images(client)), None)
            closed = None if image is None else _suites_are_closed(client, image)
    except (DockerException, requests.RequestException) as problem:
        raise SandboxError(f"The Docker daemon broke: {problem}") from problem
    return DaemonState(version=version, image=image, closed=closed)


def _suites_are_closed(client: Client, image: Image) -> bool:
    """Look into the image as a student's user would: the suites must not open."""
    said: bytes = client.containers.run(
        image.tag,
        ["-c", "test -r /suites -o -x /suites && echo open || echo closed"],
        entrypoint="sh",
        user="20000:20000",
        network_disabled=True,
        read_only=True,
        remove=True,
    )
    return said.strip() == b"closed"
