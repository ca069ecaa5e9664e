"""The environments that are kept in the user's cache, and when each was used."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from grader.environment.install import environments_folder
from grader.user_cache import Kept


def kept_environments() -> Iterator[Kept]:
    """Yield the environments of all sandboxes; one that was never finished was used when its folder changed."""
    for site in sorted(environments_folder().iterdir()):
        if not site.is_dir():
            continue
        for folder in sorted(site.iterdir()):
            if folder.name.startswith("."):
                continue
            valid = site / ".manifests" / f"{folder.name}.json"
            with suppress(OSError):
                used_at = (valid if valid.is_file() else folder).stat().st_mtime
                yield Kept(path=folder, used_at=used_at, valid=valid, lock=site / ".locks" / folder.name)
