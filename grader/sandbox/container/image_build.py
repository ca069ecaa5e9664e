"""Build Docker images from a generated context, without BuildKit: the same input gives the same bytes."""

from __future__ import annotations

import io
import tarfile
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import IO

import docker

from grader.errors import SandboxError


def build(
    client: docker.DockerClient,
    tag: str,
    dockerfile: str,
    layer: Iterable[tuple[str, Path, int]],
    folders: dict[str, int],
    labels: dict[str, str],
) -> None:
    """Build an image whose Dockerfile copies `layer/` to the root; root owns all files in it.

    Args:
        layer: path in the image, source, mode of each file.
        folders: folders to create even if empty, with modes; a top folder's mode applies to all folders below it.

    Raises:
        SandboxError: a step failed.
    """
    with tempfile.TemporaryFile() as context:
        _write_context(context, dockerfile, sorted(layer), folders)
        context.seek(0)
        events = client.api.build(
            fileobj=context,
            custom_context=True,
            tag=tag,
            rm=True,
            forcerm=True,
            labels=labels,
            network_mode="none",
            decode=True,
        )
        for event in events:
            if "error" in event:
                raise SandboxError(f"Docker could not build {tag}: {str(event['error']).strip()[:600]}")


def _write_context(
    context: IO[bytes], dockerfile: str, layer: Iterable[tuple[str, Path, int]], folders: dict[str, int]
) -> None:
    """Write the context as a reproducible tar: only content, path and mode count, times and owners are constant."""
    with tarfile.open(fileobj=context, mode="w", format=tarfile.PAX_FORMAT) as tar:

        def add(name: str, data: bytes, mode: int) -> None:
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(data), mode
            tar.addfile(entry, io.BytesIO(data))

        known: set[str] = {"", "layer"}

        def add_folder(name: str) -> None:
            if name in known:
                return
            add_folder(name.rpartition("/")[0])
            known.add(name)
            entry = tarfile.TarInfo(name)
            entry.type = tarfile.DIRTYPE
            place = name.removeprefix("layer/")
            entry.mode = folders.get(place, folders.get(place.split("/")[0], 0o755))
            tar.addfile(entry)

        add("Dockerfile", dockerfile.encode(), 0o644)
        for name in folders:
            add_folder(f"layer/{name}")
        for name, path, mode in layer:
            add_folder(f"layer/{name}".rpartition("/")[0])
            add(f"layer/{name}", path.read_bytes(), mode)
