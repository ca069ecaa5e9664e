"""Clones kept in the user's cache: a bare repository for each address, of which only what changed is fetched.

An entry is ours: made by our git, without a token in it, and whatever is wrong with it, it is thrown away and cloned anew. It is
locked while it is used, so two processes never fetch into one.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from grader.errors import SourceError
from grader.settings import SubmissionLimits
from grader.submission.clone import PROTOCOLS, Origin, Settings, ask, clone, transfer
from grader.submission.git import Git, GitFailed
from grader.user_cache import Kept, exclusive

_REFS = ("refs/heads/", "refs/tags/")
_BYTES = 32 * 1024**2


@dataclass(frozen=True, kw_only=True)
class KeptClone:
    """A clone in the cache, up to date; `kept` where it was there before, so that damage may be the cache's own."""

    git: Git
    kept: bool


@contextmanager
def kept_clone(
    remote: Origin, home: Path, limits: SubmissionLimits, cache: Path, *, anew: bool = False
) -> Iterator[KeptClone]:
    """Give the clone of an address, fetched a moment ago, for the block; nobody else has it meanwhile.

    Args:
        remote: the address.
        home: an empty folder in place of the user's home.
        limits: of a clone.
        cache: the folder of all clones; nobody else may look into it.
        anew: throw away what is there.

    Raises:
        SourceError: there is no such repository, or it is too large.
        GradingError: the network or the forge failed, or another process held the clone for too long.
    """
    cache.mkdir(parents=True, exist_ok=True, mode=0o700)
    name = hashlib.sha256(remote.url.encode()).hexdigest()[:32]
    place = cache / f"{name}.git"
    with exclusive(cache / f"{name}.lock", timeout_s=2 * limits.clone_s + remote.patience.seconds):
        git = Git(git_dir=place, home=home)
        kept = not anew and place.is_dir() and _is_whole(git) and _brought_up_to_date(remote, git, limits)
        if not kept:
            _clone_anew(remote, place, home, limits)
        os.utime(place)
        yield KeptClone(git=git, kept=kept)


def kept_clones(cache: Path) -> Iterator[Kept]:
    """Yield the clones in the cache, and when each was used."""
    for folder in sorted(cache.glob("*.git")):
        with contextlib.suppress(OSError):
            yield Kept(path=folder, used_at=folder.stat().st_mtime, lock=folder.with_suffix(".lock"))


def _clone_anew(remote: Origin, place: Path, home: Path, limits: SubmissionLimits) -> None:
    """Put a new clone in place of what is there; a process that is killed leaves no half of one there."""
    part = place.with_suffix(".part")
    for path in (part, place):
        shutil.rmtree(path, ignore_errors=True)
        with contextlib.suppress(OSError):
            path.unlink()
    try:
        clone(remote, Git(git_dir=part, home=home), limits)
        part.replace(place)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _is_whole(git: Git) -> bool:
    """Return whether every object that a reference needs is there; their contents are checked as they are read."""
    try:
        git.run("rev-list", "--objects", "--all", "--quiet")
    except GitFailed:
        return False
    return True


def _brought_up_to_date(remote: Origin, git: Git, limits: SubmissionLimits) -> bool:
    """Fetch what changed; False where the clone cannot take it, or has outgrown its limit."""
    there, head = ask(remote, lambda settings: _references(remote, git, settings, limits), limits)
    try:
        if there != _own_references(git):
            arguments = (
                *("fetch", "--quiet", "--prune", "--force", "--no-tags", "--no-write-fetch-head"),
                *("--", remote.url, *(f"+{prefix}*:{prefix}*" for prefix in _REFS)),
            )
            ask(remote, lambda settings: transfer(git, arguments, settings, limits), limits)
        if head.startswith("refs/heads/"):
            git.run("symbolic-ref", "HEAD", head)
        elif head:
            git.run("update-ref", "--no-deref", "HEAD", head)
        return there == _own_references(git)
    except (GitFailed, SourceError):
        # Whoever asked a moment ago had an answer: it is not the address that is wrong.
        return False


def _references(
    remote: Origin, git: Git, settings: Settings, limits: SubmissionLimits
) -> tuple[dict[str, str], str]:
    """Return branches and tags of a remote, and what its HEAD is: a branch, or a commit."""
    with git.start(
        *("ls-remote", "--symref", "--", remote.url),
        seconds=limits.clone_s,
        protocols=PROTOCOLS,
        settings=settings,
        in_git_dir=False,
    ) as running:
        output = running.stdout.read(_BYTES)
        running.finish()
    found: dict[str, str] = {}
    branch = commit = ""
    for line in output.decode("utf-8", "replace").splitlines():
        value, _, name = line.partition("\t")
        if name == "HEAD" and value.startswith("ref: "):
            branch = value.removeprefix("ref: ")
        elif name == "HEAD":
            commit = value
        elif name.startswith(_REFS) and not name.endswith("^{}"):
            found[name] = value
    return found, branch or commit


def _own_references(git: Git) -> dict[str, str]:
    output = git.run("for-each-ref", "--format=%(objectname)\t%(refname)", *_REFS, max_bytes=_BYTES)
    pairs = (line.partition("\t") for line in output.decode("utf-8", "replace").splitlines())
    return {name: value for value, _, name in pairs}
