"""What is missing on this machine, and the command that mends it."""

from __future__ import annotations

import shutil
import subprocess
from contextlib import closing
from dataclasses import dataclass

import docker
import uv

from grader.errors import SandboxError
from grader.sandbox.container.image import connect, list_images

#: Free space below this makes an environment with PyTorch fail (measured: 747 MB, and as much in the cache).
NEEDED_BYTES = 4 * 1024**3


@dataclass(frozen=True, kw_only=True)
class Diagnosis:
    """One thing that was looked at. `needed` is False for what the grader can do without."""

    what: str
    fine: bool
    mend: str = ""
    needed: bool = True


def examine() -> list[Diagnosis]:
    """Look at git, Docker, the image, uv and the disk."""
    return [_git(), *_docker(), _uv(), _disk()]


def _git() -> Diagnosis:
    path = shutil.which("git")
    if path is None:
        return Diagnosis(what="git is not installed", fine=False, mend="Install git: apt-get install git")
    version = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=10).stdout.strip()
    return Diagnosis(what=version, fine=True)


def _docker() -> list[Diagnosis]:
    try:
        client = connect()
    except SandboxError as problem:
        mend = "Install and start Docker (Debian: apt-get install docker.io, then systemctl start docker). Your own code"
        mend += " can be checked without: grader check --sandbox local"
        return [Diagnosis(what=f"no Docker daemon: {problem.message}", fine=False, mend=mend)]
    with closing(client):
        return _docker_answers(client)


def _docker_answers(client: docker.DockerClient) -> list[Diagnosis]:
    findings = [Diagnosis(what=f"Docker daemon {client.version()['Version']}", fine=True)]
    images = list_images(client)
    if not images:
        mend = "It is built when first needed, or now by: grader image build"
        return [
            *findings,
            Diagnosis(what="the grader's image is not built yet", fine=False, mend=mend, needed=False),
        ]
    image = images[0]
    findings.append(Diagnosis(what=f"image {image.tag} with Python {image.python}", fine=True))
    return [*findings, _suites_are_closed(client, image.tag)]


def _suites_are_closed(client: docker.DockerClient, tag: str) -> Diagnosis:
    """Look into the image as a student's user would: the suites must not open."""
    said = client.containers.run(
        tag,
        ["-c", "test -r /suites -o -x /suites && echo open || echo closed"],
        entrypoint="sh",
        user="20000:20000",
        network_disabled=True,
        read_only=True,
        remove=True,
    )
    closed = said.strip() == b"closed"
    mend = "" if closed else "Remove the image and build it again: grader image prune; grader image build"
    return Diagnosis(
        what="suites are closed to students' processes" if closed else "suites are open",
        fine=closed,
        mend=mend,
    )


def _uv() -> Diagnosis:
    try:
        return Diagnosis(what=f"uv at {uv.find_uv_bin()}", fine=True)
    except FileNotFoundError:
        return Diagnosis(what="uv is missing", fine=False, mend="Install the grader again: it depends on uv")


def _disk() -> Diagnosis:
    from grader.sandbox.package_index import cache_folder

    folder = cache_folder()
    free = shutil.disk_usage(folder).free
    enough = free >= NEEDED_BYTES
    mend = "" if enough else "Free some space, or remove old environments from that folder"
    return Diagnosis(
        what=f"{free / 1024**3:.0f} GiB free for environments in {folder}", fine=enough, mend=mend
    )
