"""What is missing on this machine, and the command that mends it."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass

import uv

from grader.errors import SandboxError
from grader.sandbox.container.daemon import look

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
        state = look()
    except SandboxError as problem:
        mend = "Install and start Docker (Debian: apt-get install docker.io, then systemctl start docker). Your own code"
        mend += " can be checked without: grader check --sandbox local"
        return [Diagnosis(what=f"no Docker daemon: {problem.message}", fine=False, mend=mend)]
    findings = [Diagnosis(what=f"Docker daemon {state.version}", fine=True)]
    image = state.image
    if image is None:
        mend = "It is built when first needed, or now by: grader image build"
        return [
            *findings,
            Diagnosis(what="the grader's image is not built yet", fine=False, mend=mend, needed=False),
        ]
    findings.append(Diagnosis(what=f"image {image.tag} with Python {image.python}", fine=True))
    mend = (
        "" if state.closed else "Remove the image and build it again: grader image prune; grader image build"
    )
    words = "suites are closed to students' processes" if state.closed else "suites are open"
    return [*findings, Diagnosis(what=words, fine=bool(state.closed), mend=mend)]


def _uv() -> Diagnosis:
    try:
        return Diagnosis(what=f"uv at {uv.find_uv_bin()}", fine=True)
    except FileNotFoundError:
        return Diagnosis(what="uv is missing", fine=False, mend="Install the grader again: it depends on uv")


def _disk() -> Diagnosis:
    from grader.user_cache import cache_folder

    folder = cache_folder()
    free = shutil.disk_usage(folder).free
    enough = free >= NEEDED_BYTES
    mend = "" if enough else "Free some space, or remove old environments from that folder"
    return Diagnosis(
        what=f"{free / 1024**3:.0f} GiB free for environments in {folder}", fine=enough, mend=mend
    )
