"""Make a bare clone of an address: no hooks, no submodules, bounded in time and size, the token sent to its forge only."""

from __future__ import annotations

import base64
import contextlib
import os
import re
import shutil
import subprocess
import time
from pathlib import Path

from grader.errors import GradingError, SourceError
from grader.retries import retry
from grader.settings import SubmissionLimits
from grader.submission.address import hide
from grader.submission.git import Git, GitFailed

_PROTOCOLS = "https:http:ssh"
_LOOK_S = 0.2
_OUR_FAULT = re.compile(
    r"could not resolve|failed to connect|couldn't connect|connection (refused|timed out|reset|closed)"
    r"|timed? ?out|returned error: (5\d\d|429)|early EOF|unexpected disconnect|SSL|no space left",
    re.IGNORECASE,
)
#: What may be over in a second or two: a name server, a forge or a proxy that was busy. A limit of requests is not.
_MAY_PASS = re.compile(
    r"could not resolve|failed to connect|couldn't connect|connection (refused|reset|closed)"
    r"|returned error: 5\d\d|early EOF|unexpected disconnect",
    re.IGNORECASE,
)
_REDIRECTED = re.compile(r"returned error: 30[12378]")


def clone(url: str, git: Git, limits: SubmissionLimits, *, forge: str, token: str | None) -> list[str]:
    """Clone `url` into `git.git_dir`; return notes for the reader. What may pass is tried again.

    The token is sent to addresses of `forge` only, over https only.

    Raises:
        SourceError: there is no such repository, or it is larger than `limits.clone_bytes`.
        GradingError: the network or the forge failed, or a timeout; a retry may succeed.
    """
    try:
        retry(
            lambda: _clone_once(url, git, limits, forge, token),
            what=f"clone of {hide(url, url, token)}",
            when=lambda problem: isinstance(problem, GitFailed) and _may_pass(problem),
            say=lambda problem: hide(str(problem), url, token),
            until=time.monotonic() + limits.clone_s,
        )
    except GitFailed as problem:
        said = hide(f"{url} cannot be cloned: {problem.detail}.", url, token)
        # Not `from problem`: git's message may quote the address.
        if problem.timed_out or _OUR_FAULT.search(problem.detail):
            raise GradingError(said, "Try again later.") from None
        advice = "Check the spelling; if it is private, give a token in GRADER_GIT_TOKEN."
        raise SourceError(said, advice) from None
    return ["Fetched over http: nothing vouches for the other side."] if url.startswith("http://") else []


def _may_pass(problem: GitFailed) -> bool:
    return not problem.timed_out and _MAY_PASS.search(problem.detail) is not None


def _clone_once(url: str, git: Git, limits: SubmissionLimits, forge: str, token: str | None) -> None:
    # git leaves nothing of a clone that failed, unless it was killed.
    shutil.rmtree(git.git_dir, ignore_errors=True)
    if token and forge.startswith("https://"):
        _clone_with(token, url, git, limits, forge)
    else:
        _clone(url, git, limits, ())


def too_large(max_bytes: int) -> SourceError:
    """Return the error for a repository above the size limit."""
    return SourceError(
        f"The repository is larger than {max_bytes // 1024**2} MiB with its history.",
        "Take large files out of the history, or raise the limit.",
    )


def _clone_with(token: str, url: str, git: Git, limits: SubmissionLimits, forge: str) -> None:
    login = base64.b64encode(f"x-access-token:{token}".encode()).decode()
    header = (f"http.{forge.rstrip('/')}/.extraHeader", f"Authorization: Basic {login}")
    try:
        # git sends the header on to the target of a redirect.
        _clone(url, git, limits, (header, ("http.followRedirects", "false")))
    except GitFailed as problem:
        if not _REDIRECTED.search(problem.detail):
            raise
        shutil.rmtree(git.git_dir, ignore_errors=True)
        _clone(url, git, limits, ())


def _clone(url: str, git: Git, limits: SubmissionLimits, settings: tuple[tuple[str, str], ...]) -> None:
    arguments = ("clone", "--bare", "--quiet", "--no-local", "--template=", "--", url, str(git.git_dir))
    with git.start(
        *arguments, seconds=limits.clone_s, protocols=_PROTOCOLS, settings=settings, in_git_dir=False
    ) as running:
        ended = False
        while not ended:
            ended = running.process.poll() is not None
            if _folder_bytes(git.git_dir) > limits.clone_bytes:
                raise too_large(limits.clone_bytes)
            with contextlib.suppress(subprocess.TimeoutExpired):
                running.process.wait(_LOOK_S)
        running.finish()


def _folder_bytes(folder: Path) -> int:
    total = 0
    for here, _, names in os.walk(folder):
        for name in names:
            # git may rename its temporary files at the same time.
            with contextlib.suppress(OSError):
                total += os.lstat(os.path.join(here, name)).st_size
    return total
