"""The container in which dependencies are installed, in a step of its own before grading.

It has network access but no submission: it sees what its caller mounts, and nothing else. Commands run in it one after another.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import docker
import requests
from docker.errors import APIError, DockerException
from docker.types import LogConfig, Ulimit

from grader.errors import EnvironmentFault, SandboxError
from grader.sandbox.container.image import Image
from grader.sandbox.container.orphans import OWNER_LABEL
from grader.sandbox.owners import owner

#: Timeout in seconds for one environment, enforced from outside the container.
DEADLINE_S = 600.0
MEMORY_BYTES = 3 * 1024**3
#: Maximum size of a written file: a wheel of a deep-learning library has up to 1 GiB.
FILE_BYTES = 2 * 1024**3
OUTPUT_BYTES = 256 * 1024
#: Label of these containers, for the removal of orphans.
LABEL = "grader.environment"
#: The container's one writable place beside what is mounted; also its home.
SCRATCH = "/tmp"


class InstallContainer:
    """A running container, in which commands run until the deadline."""

    def __init__(self, client: docker.DockerClient, container: str, timer: threading.Timer) -> None:
        self._client, self._container, self._timer = client, container, timer

    def run(self, command: list[str]) -> tuple[int, str]:
        """Run a command and return its exit code and its bounded output.

        Raises:
            EnvironmentFault: the deadline has passed, or the container is gone.
        """
        api = self._client.api
        kept = bytearray()
        try:
            execution = api.exec_create(self._container, command)["Id"]
            for chunk in api.exec_start(execution, stream=True):
                kept += chunk[: OUTPUT_BYTES - len(kept)]
            code = api.exec_inspect(execution)["ExitCode"]
        except APIError as problem:
            self._check_time()
            raise EnvironmentFault(
                "The container that installs dependencies is gone.", "Grade again."
            ) from problem
        self._check_time()
        return (-1 if code is None else code), kept.decode("utf-8", "replace")

    def _check_time(self) -> None:
        if self._timer.finished.is_set():
            raise EnvironmentFault(
                f"Installing the dependencies took longer than {DEADLINE_S:.0f} s.",
                "Grade again: what was fetched is kept.",
            )


@contextmanager
def install_container(
    client: docker.DockerClient,
    image: Image,
    name: str,
    *,
    volumes: Mapping[str, Mapping[str, str]],
    environment: Mapping[str, str],
) -> Iterator[InstallContainer]:
    """Start a container of `image` for the environment called `name`; it is removed when the block ends, or at the deadline.

    Args:
        client: a connected client.
        image: the grader's image.
        name: what the environment is called, as a label.
        volumes: by path on this machine `bind`, the path inside, and `mode`.
        environment: its variables.

    Raises:
        SandboxError: no daemon, or one that broke.
    """
    try:
        container = _start(client, image, name, volumes, environment)
        timer = threading.Timer(DEADLINE_S, _remove, [container])
        timer.daemon = True
        timer.start()
        try:
            yield InstallContainer(client, container.id, timer)
        finally:
            timer.cancel()
            _remove(container)
    except (DockerException, requests.RequestException) as problem:
        raise SandboxError(str(problem)) from problem


def _start(
    client: docker.DockerClient,
    image: Image,
    name: str,
    volumes: Mapping[str, Mapping[str, str]],
    environment: Mapping[str, str],
) -> Any:
    return client.containers.run(
        image.tag,
        ["python3", "-I", "-S", "-c", f"import time; time.sleep({DEADLINE_S + 60})"],
        detach=True,
        init=True,
        user=_user(client),
        network_mode="bridge",
        cap_drop=["ALL"],
        security_opt=["no-new-privileges"],
        read_only=True,
        tmpfs={SCRATCH: "size=256m,mode=1777"},
        mem_limit=MEMORY_BYTES,
        memswap_limit=MEMORY_BYTES,
        pids_limit=512,
        ulimits=[Ulimit(name="fsize", soft=FILE_BYTES, hard=FILE_BYTES)],
        log_config=LogConfig(type=LogConfig.types.NONE),
        volumes={path: dict(mount) for path, mount in volumes.items()},
        environment={**environment, "HOME": SCRATCH},
        labels={LABEL: name, OWNER_LABEL: owner()},
        working_dir=SCRATCH,
    )


def _user(client: docker.DockerClient) -> str:
    """Return the container's user and group, so that the caller owns what it writes; root in a rootless daemon."""
    options = client.info().get("SecurityOptions") or ()
    if not hasattr(os, "getuid") or any("rootless" in option for option in options):
        return "0:0"
    return f"{os.getuid()}:{os.getgid()}"


def _remove(container: Any) -> None:
    try:
        container.remove(force=True)
    except (DockerException, requests.RequestException):
        return
