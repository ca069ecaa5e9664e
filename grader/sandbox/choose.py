"""Choose the sandbox of a run: the one asked for, or the best that this machine offers."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Literal

from grader.errors import SandboxError, UsageError
from grader.sandbox.protocol import Sandbox

Kind = Literal["auto", "docker", "local"]

NO_ISOLATION = (
    "No Docker daemon answers, so this runs without isolation, as you, on this machine. That is fine for your own code. "
    "To run in a sandbox, start Docker (see `grader doctor`)."
)

NO_IMAGE = "Until then this runs without isolation, as you, on this machine. That is fine for your own code."


def choose_sandbox(
    kind: Kind, course: Path, *, base: str = "auto", progress: Callable[[str], None] = lambda line: None
) -> tuple[Sandbox, str]:
    """Return the sandbox, which its caller closes, and a notice for the user (empty if there is none).

    Args:
        kind: `docker`, `local`, or `auto`: Docker if a daemon answers, else local.
        course: the course pack, whose suites are in the image.
        base: the image's base, see `grader.sandbox.container.image.ensure_image`. There is no fallback for a named one.
        progress: called with a line of text while an image is built.

    Raises:
        SandboxError: `docker` or a base was asked for and is not available.
        UsageError: a base is named for a sandbox that has no image.
    """
    named = base != "auto"
    if kind == "local" and named:
        raise UsageError(
            f"--base {base} is of no use with --sandbox local: only Docker has a base image.",
            "Leave one of them out.",
        )
    if kind == "local":
        return _local("This runs without isolation, as you, on this machine, as asked for.")
    from grader.sandbox.container.image import connect, ensure_image

    try:
        client = connect()
    except SandboxError:
        if named:
            raise SandboxError(
                f"No Docker daemon answers, and --base {base} needs one.",
                "Start Docker (see `grader doctor`), or leave --base out.",
            ) from None
        if kind == "docker":
            raise
        return _local(NO_ISOLATION)
    from grader.sandbox.container.container_sandbox import DockerSandbox
    from grader.sandbox.container.orphans import remove_orphans

    with ExitStack() as otherwise:
        otherwise.callback(client.close)
        remove_orphans(client)
        try:
            image = ensure_image(course, base=base, client=client, progress=progress)
        except SandboxError as problem:
            if kind == "docker" or named:
                raise
            return _local(f"{problem} {NO_IMAGE}")
        otherwise.pop_all()
    return DockerSandbox(client, image), ""


def _local(why: str) -> tuple[Sandbox, str]:
    from grader.sandbox.local_sandbox import LocalSandbox

    place = LocalSandbox()
    return place, " ".join([why, *(f"{note[:1].upper()}{note[1:]}." for note in place.notes)])
