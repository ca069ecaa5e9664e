"""Student environments for the Docker sandbox, made in a separate container before grading.

That container has network access but no submission: it sees a list of names, the cache, and the paths in pip's settings.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import docker
import requests as http
from docker.errors import APIError, DockerException
from docker.types import LogConfig, Ulimit

from grader.environment.install import (
    Environment,
    Site,
    environments_folder,
    find_or_make,
    with_wheels,
    work_folder,
)
from grader.environment.overrides import Overrides, plan
from grader.environment.requirements import Requirements
from grader.environment.resolution.runner import Ran, Runner
from grader.errors import EnvironmentFault, SandboxError
from grader.sandbox.container.image import Image
from grader.sandbox.container.orphans import OWNER_LABEL
from grader.sandbox.owners import owner
from grader.sandbox.package_index import HostSettings, host_settings
from grader.sandbox.runtime import linux_uv, machine

#: Mount point of the environments, in the container that makes them and in those that grade.
MOUNT = "/environments"
#: Timeout in seconds for one environment, enforced from outside the container.
DEADLINE_S = 600.0
MEMORY_BYTES = 3 * 1024**3
#: Maximum size of a written file: a wheel of a deep-learning library has up to 1 GiB.
FILE_BYTES = 2 * 1024**3
OUTPUT_BYTES = 256 * 1024
#: Label of these containers, for the removal of orphans.
LABEL = "grader.environment"

_UV = "/usr/local/bin/uv"
_HOST = "/host"
_SCRATCH = "/tmp"


def prepare_docker(
    requirements: Requirements,
    image: Image,
    *,
    client: docker.DockerClient,
    overrides: Overrides,
    progress: Callable[[str], None],
) -> Environment:
    """Return the environment of a submission for containers of `image`, from the cache if it was made before.

    Mount `Environment.path` at `Environment.mount`, read-only.

    Raises:
        EnvironmentFault: no daemon, no index, no disk space, or a timeout. Packages that cannot be installed are no error:
            they are in `Environment.missing`.
    """
    settings = host_settings()
    site = Site(
        folder=environments_folder("docker"),
        inside=MOUNT,
        python="bin/python",
        kind=f"docker {image.arch} {image.python} {image.runtime}",
    )
    decided = plan(
        overrides,
        link_folders=settings.link_folders,
        python=image.python,
        machine=machine(image.arch),
        linux=True,
    )

    @contextmanager
    def start(digest: str) -> Iterator[Runner]:
        folder = work_folder(site, digest)
        container = _start(client, image, site, settings, digest)
        timer = threading.Timer(DEADLINE_S, _remove, [container])
        timer.daemon = True
        timer.start()
        try:
            yield _ContainerRunner(client, container.id, folder, f"{MOUNT}/.work/{digest}", timer)
        finally:
            timer.cancel()
            _remove(container)

    try:
        return find_or_make(requirements, decided, site, start=start, progress=progress)
    except (DockerException, http.RequestException, SandboxError) as problem:
        raise EnvironmentFault(
            f"Docker broke while dependencies were installed: {problem}", "Grade again."
        ) from problem


class _ContainerRunner:
    def __init__(
        self, client: docker.DockerClient, container: str, folder: Path, inside: str, timer: threading.Timer
    ) -> None:
        self.folder, self.inside, self.python = folder, inside, "python3"
        self._client, self._container, self._timer = client, container, timer

    def uv(self, *arguments: str) -> Ran:
        return self._run([_UV, *arguments])

    def interpreter(self, *arguments: str) -> Ran:
        return self._run(["python3", *arguments])

    def _run(self, command: list[str]) -> Ran:
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
        return Ran(code=-1 if code is None else code, output=kept.decode("utf-8", "replace"))

    def _check_time(self) -> None:
        if self._timer.finished.is_set():
            raise EnvironmentFault(
                f"Installing the dependencies took longer than {DEADLINE_S:.0f} s.",
                "Grade again: what was fetched is kept.",
            )


def _start(client: docker.DockerClient, image: Image, site: Site, settings: HostSettings, digest: str) -> Any:
    volumes = {
        str(site.folder): {"bind": MOUNT, "mode": "rw"},
        str(linux_uv(image.arch)): {"bind": _UV, "mode": "ro"},
    }
    moved = {}
    for number, path in enumerate(settings.local_places()):
        # Mount the parent folder too: a file-based index refers to files beside it.
        shown = path.parent if path.is_dir() and path.name == "simple" else path
        bind = f"{_HOST}/{number}"
        volumes[str(shown)] = {"bind": bind, "mode": "ro"}
        moved[str(path)] = bind if shown == path else f"{bind}/{path.name}"
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
        tmpfs={_SCRATCH: "size=256m,mode=1777"},
        mem_limit=MEMORY_BYTES,
        memswap_limit=MEMORY_BYTES,
        pids_limit=512,
        ulimits=[Ulimit(name="fsize", soft=FILE_BYTES, hard=FILE_BYTES)],
        log_config=LogConfig(type=LogConfig.types.NONE),
        volumes=volumes,
        environment=with_wheels(site, settings.uv_environment(moved))
        | {
            "UV_CACHE_DIR": f"{MOUNT}/.uv",
            "UV_NO_WRAP": "1",
            "NO_COLOR": "1",
            "HOME": _SCRATCH,
            "UV_PYTHON_DOWNLOADS": "never",
        },
        labels={LABEL: digest, OWNER_LABEL: owner()},
        working_dir=_SCRATCH,
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
    except (DockerException, http.RequestException):
        return
