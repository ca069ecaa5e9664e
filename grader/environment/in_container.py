"""Student environments for the Docker sandbox, made in a separate container before grading.

That container has network access but no submission: it sees a list of names, the cache, and the paths in pip's settings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

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
from grader.sandbox.container.image import Client, Image
from grader.sandbox.container.install_container import InstallContainer, install_container
from grader.sandbox.package_index import HostSettings, host_settings
from grader.sandbox.runtime import linux_uv, machine

#: Mount point of the environments, in the container that makes them and in those that grade.
MOUNT = "/environments"

_UV = "/usr/local/bin/uv"
_HOST = "/host"


def prepare_docker(
    requirements: Requirements,
    image: Image,
    *,
    client: Client,
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
        volumes, moved = _volumes(site, image, settings)
        environment = {
            **with_wheels(site, settings.uv_environment(moved)),
            "UV_CACHE_DIR": f"{MOUNT}/.uv",
            "UV_NO_WRAP": "1",
            "NO_COLOR": "1",
            "UV_PYTHON_DOWNLOADS": "never",
        }
        with install_container(client, image, digest, volumes=volumes, environment=environment) as container:
            yield _ContainerRunner(container, folder, f"{MOUNT}/.work/{digest}")

    try:
        return find_or_make(requirements, decided, site, start=start, progress=progress)
    except SandboxError as problem:
        raise EnvironmentFault(
            f"Docker broke while dependencies were installed: {problem}", "Grade again."
        ) from problem


class _ContainerRunner:
    def __init__(self, container: InstallContainer, folder: Path, inside: str) -> None:
        self.folder, self.inside, self.python = folder, inside, "python3"
        self._container = container

    def uv(self, *arguments: str) -> Ran:
        return self._run([_UV, *arguments])

    def interpreter(self, *arguments: str) -> Ran:
        return self._run(["python3", *arguments])

    def _run(self, command: list[str]) -> Ran:
        code, output = self._container.run(command)
        return Ran(code=code, output=output)


def _volumes(
    site: Site, image: Image, settings: HostSettings
) -> tuple[Mapping[str, Mapping[str, str]], Mapping[str, str]]:
    """Return what is mounted, by path on this machine, and where the local places of pip's settings are inside."""
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
    return volumes, moved
