"""The base image of the grader's own image: Python, git, and the libraries that wheels expect of a system.

`auto` takes the official Python image if it is available locally or can be pulled. The fallback is an image made of
Debian's packages, which needs no image registry.
"""

from __future__ import annotations

import hashlib
import logging
import queue
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import docker
import requests
from docker.errors import APIError, ContainerError, DockerException, ImageNotFound

from grader.errors import SandboxError
from grader.parsing.plain_data import parse_json

_log = logging.getLogger(__name__)

REGISTRY_BASE = "python:3.12-slim"
DEBIAN_SUITE = "bookworm"
DEBIAN_REPOSITORY = "grader-base"
#: What wheels of pictures, sound and arrays load, or start, and do not bring along.
LIBRARIES = (
    "libgomp1",
    "libgl1",
    "libglib2.0-0",
    "libxcb1",
    "libsm6",
    "libxext6",
    "libxrender1",
    "libsndfile1",
    "ffmpeg",
)
DEBIAN_PACKAGES = ",".join(["python3", "python3-venv", "git", "ca-certificates", *LIBRARIES])

#: Timeout of a pull: seconds without any output from the registry.
PULL_SILENCE_S = {"auto": 20.0, "named": 120.0}
#: Timeout in seconds for installing the packages of a Debian base.
DEBIAN_S = 900.0

_PROBE = """
import json, platform, shutil, sys
version, libc = "%d.%d" % sys.version_info[:2], platform.libc_ver()[0]
print(json.dumps({"python": version, "libc": libc, "git": bool(shutil.which("git"))}))
"""

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Base:
    """A local image to build on. `id` is Docker's; `arch` as Docker names it: amd64, arm64."""

    name: str
    id: str
    arch: str


@dataclass(frozen=True)
class Interpreter:
    """The base's `python3`: its version (major.minor), and whether git is installed."""

    python: str
    git: bool


def resolve_base(base: str, *, client: docker.DockerClient, progress: Progress) -> Base:
    """Return the base image that `base` names; pull or build it if it is not available locally.

    Args:
        base: `auto`, `debian`, the name of a local image, or of one in a registry.

    Raises:
        SandboxError: the image is neither available locally nor can be pulled or built.
    """
    if base == "debian":
        return _newest_debian(client) or _make_debian(client, progress)
    if base != "auto":
        found = _local(client, base) or _pull(client, base, progress, PULL_SILENCE_S["named"])
        if found is None:
            raise SandboxError(
                f"The base image {base} is not on this machine and could not be pulled.",
                "Check its name and the network, or use `--base debian`, which needs no image registry.",
            )
        return found
    return (
        _local(client, REGISTRY_BASE)
        or _newest_debian(client)
        or _pull(client, REGISTRY_BASE, progress, PULL_SILENCE_S["auto"])
        or _make_debian(client, progress)
    )


def probe(base: Base, *, client: docker.DockerClient) -> Interpreter:
    """Run the base's `python3` and return its facts.

    Raises:
        SandboxError: no `python3`, one older than 3.11, or a C library without wheels.
    """
    try:
        output = client.containers.run(
            base.id,
            ["python3", "-I", "-c", _PROBE],
            remove=True,
            network_mode="none",
            labels={"grader.probe": "1"},
        )
        found = parse_json(output)
    except (ContainerError, APIError, ValueError) as problem:
        raise SandboxError(f"The base image {base.name} has no working `python3` on its PATH.") from problem
    if found["libc"] != "glibc":
        raise SandboxError(
            f"The base image {base.name} has no glibc.", "Use a Debian-based one, e.g. python:3.12-slim."
        )
    if tuple(map(int, found["python"].split("."))) < (3, 11):
        raise SandboxError(
            f"The base image {base.name} has Python {found['python']}.", "The grader needs 3.11 or newer."
        )
    return Interpreter(python=found["python"], git=bool(found["git"]))


def _local(client: docker.DockerClient, name: str) -> Base | None:
    try:
        attrs = client.images.get(name).attrs
    except ImageNotFound:
        return None
    return Base(name=name, id=attrs["Id"], arch=attrs.get("Architecture") or "amd64")


def debian_tag(packages: str = DEBIAN_PACKAGES) -> str:
    """Return what the tag of a base of these packages begins with: one that was made of others is not taken for it."""
    return f"{DEBIAN_SUITE}.{hashlib.sha256(packages.encode()).hexdigest()[:8]}"


def _newest_debian(client: docker.DockerClient) -> Base | None:
    images = client.api.images(name=DEBIAN_REPOSITORY)
    tags = [
        (image["Created"], tag)
        for image in images
        for tag in image.get("RepoTags") or ()
        if tag.startswith(f"{DEBIAN_REPOSITORY}:{debian_tag()}-")
    ]
    return _local(client, max(tags)[1]) if tags else None


def _pull(client: docker.DockerClient, name: str, progress: Progress, silence_s: float) -> Base | None:
    """Pull `name`; return None without registry, without such an image, or after `silence_s` of silence."""
    repository, _, tag = name.rpartition(":") if ":" in name.rsplit("/", 1)[-1] else (name, "", "latest")
    events: queue.Queue[bool] = queue.Queue()

    def follow() -> None:
        try:
            for event in client.api.pull(repository, tag=tag, stream=True, decode=True):
                if "error" in event:
                    break
                events.put(False)
        except (DockerException, requests.RequestException) as problem:
            _log.warning("%s could not be pulled: %s", name, problem)
        events.put(True)

    progress(f"Looking for the base image {name} in its registry …")
    threading.Thread(target=follow, name="grader-pull", daemon=True).start()
    try:
        while not events.get(timeout=silence_s):
            pass
    except queue.Empty:
        return None
    return _local(client, name)


def _make_debian(client: docker.DockerClient, progress: Progress) -> Base:
    if shutil.which("mmdebstrap") is None:
        raise SandboxError(
            f"No base image: {REGISTRY_BASE} is not to be had, and mmdebstrap, which makes one of Debian's "
            "packages, is not installed.",
            "`sudo apt-get install mmdebstrap`, or name an image of this machine with `--base`.",
        )
    progress("Making a base image of Debian's packages (once; about a minute) …")
    with tempfile.TemporaryDirectory(prefix="grader-base-") as folder:
        tarball = Path(folder, "base.tar")
        command = [
            "mmdebstrap",
            "--quiet",
            "--variant=minbase",
            f"--include={DEBIAN_PACKAGES}",
            DEBIAN_SUITE,
            str(tarball),
        ]
        try:
            made = subprocess.run(command, capture_output=True, text=True, timeout=DEBIAN_S, check=False)
        except subprocess.TimeoutExpired as problem:
            raise SandboxError(
                f"mmdebstrap took longer than {DEBIAN_S:.0f} s.", "Check the network."
            ) from problem
        if made.returncode != 0:
            last = " ".join(made.stderr.strip().splitlines()[-3:])[-500:]
            raise SandboxError(
                f"mmdebstrap could not make a base image: {last}",
                "Check that Debian's mirrors can be reached.",
            )
        answer = client.api.import_image_from_file(str(tarball), repository=DEBIAN_REPOSITORY, tag="new")
    identity = parse_json(answer.strip().splitlines()[-1]).get("status", "")
    if not identity.startswith("sha256:"):
        raise SandboxError(f"Docker did not import the base image: {answer[-300:]}")
    name = f"{DEBIAN_REPOSITORY}:{debian_tag()}-{identity[7:19]}"
    client.api.tag(identity, DEBIAN_REPOSITORY, tag=name.split(":")[1], force=True)
    client.api.remove_image(f"{DEBIAN_REPOSITORY}:new", noprune=True)
    found = _local(client, name)
    if found is None:
        raise SandboxError(f"The base image {name} vanished after it was made.", "Try again.")
    return found
