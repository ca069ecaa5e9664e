"""Make a bare clone of an address: no hooks, no submodules, bounded in time and size, the token sent to its forge only."""

from __future__ import annotations

import base64
import contextlib
import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeVar

from grader.errors import GradingError, SourceError
from grader.retries import PAUSES_S, retry
from grader.secrets.address import hide
from grader.settings import SubmissionLimits
from grader.submission.git import Git, GitFailed

#: Settings of git for one command: pairs of a key and a value.
Settings = tuple[tuple[str, str], ...]
Answer = TypeVar("Answer")

#: Transports that a fetch may use.
PROTOCOLS = "https:http:ssh"
_LOOK_S = 0.2
_OUR_FAULT = re.compile(
    r"could not resolve|failed to connect|couldn't connect|connection (refused|timed out|reset|closed)"
    r"|timed? ?out|returned error: (5\d\d|429)|rate limit|too many requests|early EOF|unexpected disconnect|SSL|no space left",
    re.IGNORECASE,
)
#: What may be over in a second or two: a name server, a forge or a proxy that was busy. A limit of requests is not.
_MAY_PASS = re.compile(
    r"could not resolve|failed to connect|couldn't connect|connection (refused|reset|closed)"
    r"|returned error: 5\d\d|early EOF|unexpected disconnect",
    re.IGNORECASE,
)
#: What a forge says to who asks too often: it lasts longer, and only who has patience waits.
_LIMITED = re.compile(r"returned error: 429|rate limit|too many requests", re.IGNORECASE)
_REDIRECTED = re.compile(r"returned error: 30[12378]")


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How long a limit of requests is waited for, beside what passes in a moment, and who is told; nobody waits by default."""

    seconds: float = 0.0
    say: Callable[[str], None] = lambda line: None

    @property
    def pauses_s(self) -> tuple[float, ...]:
        """Seconds between the attempts: short ones first, since most of what passes is over in a moment."""
        pauses: list[float] = list(PAUSES_S)
        while sum(pauses) + (pause := min(60.0, 2.5 * pauses[-1])) <= self.seconds:
            pauses.append(pause)
        return tuple(pauses)


@dataclass(frozen=True, kw_only=True)
class Origin:
    """An address, and how it is asked: the token is sent to addresses of `forge` only, over https only."""

    url: str
    forge: str
    token: str | None = field(default=None, repr=False)
    patience: Patience = Patience()

    @property
    def notes(self) -> list[str]:
        """What a reader should know."""
        return (
            ["Fetched over http: nothing vouches for the other side."]
            if self.url.startswith("http://")
            else []
        )


def clone(remote: Origin, git: Git, limits: SubmissionLimits) -> None:
    """Clone an address into `git.git_dir`. What may pass is tried again.

    Raises:
        SourceError: there is no such repository, or it is larger than `limits.clone_bytes`.
        GradingError: the network or the forge failed, or a timeout; a retry may succeed.
    """

    def once(settings: Settings) -> None:
        # git leaves nothing of a clone that failed, unless it was killed.
        shutil.rmtree(git.git_dir, ignore_errors=True)
        arguments = (
            "clone",
            "--bare",
            "--quiet",
            "--no-local",
            "--template=",
            "--",
            remote.url,
            str(git.git_dir),
        )
        transfer(git, arguments, settings, limits, in_git_dir=False)

    ask(remote, once, limits)


def ask(remote: Origin, once: Callable[[Settings], Answer], limits: SubmissionLimits) -> Answer:
    """Return what `once` returns, called with git's settings for the remote; what may pass is tried again.

    Raises:
        SourceError: there is no such repository.
        GradingError: the network or the forge failed, or a timeout; a retry may succeed.
    """
    url, token, patience = remote.url, remote.token, remote.patience

    again = partial(
        retry,
        what=f"clone of {hide(url, url, token)}",
        say=lambda problem: hide(str(problem), url, token),
        until=time.monotonic() + limits.clone_s + patience.seconds,
    )

    def passes(problem: Exception) -> bool:
        return _fits(_MAY_PASS, problem) and not _fits(_LIMITED, problem)

    def limited(problem: Exception) -> bool:
        waits = _fits(_LIMITED, problem) and patience.seconds > 0
        if waits:
            patience.say(f"{hide(url, url, token)}: the forge limits requests, waiting")
        return waits

    try:
        # What passes in a moment is worth no longer a wait with patience than without.
        return again(
            lambda: again(lambda: _with_token(remote, once), when=passes),
            when=limited,
            pauses_s=patience.pauses_s,
        )
    except GitFailed as problem:
        said = hide(f"{url} cannot be cloned: {problem.detail}.", url, token)
        # Not `from problem`: git's message may quote the address.
        if problem.timed_out or _OUR_FAULT.search(problem.detail):
            raise GradingError(said, "Try again later.") from None
        advice = "Check the spelling; if it is private, give a token in GRADER_GIT_TOKEN, or in the variable of --token-env."
        raise SourceError(said, advice) from None


def _fits(pattern: re.Pattern[str], problem: Exception) -> bool:
    """Return whether git failed in time, and said so."""
    return (
        isinstance(problem, GitFailed)
        and not problem.timed_out
        and pattern.search(problem.detail) is not None
    )


def _with_token(remote: Origin, once: Callable[[Settings], Answer]) -> Answer:
    forge, token = remote.forge, remote.token
    if not token or not forge.startswith("https://"):
        return once(())
    login = base64.b64encode(f"x-access-token:{token}".encode()).decode()
    header = (f"http.{forge.rstrip('/')}/.extraHeader", f"Authorization: Basic {login}")
    try:
        # git sends the header on to the target of a redirect.
        return once((header, ("http.followRedirects", "false")))
    except GitFailed as problem:
        if not _REDIRECTED.search(problem.detail):
            raise
        return once(())


def too_large(max_bytes: int) -> SourceError:
    """Return the error for a repository above the size limit."""
    return SourceError(
        f"The repository is larger than {max_bytes // 1024**2} MiB with its history.",
        "Take large files out of the history, or raise the limit.",
    )


def transfer(
    git: Git,
    arguments: Sequence[str],
    settings: Settings,
    limits: SubmissionLimits,
    *,
    in_git_dir: bool = True,
) -> None:
    """Run a git command that fetches, within `limits.clone_s` and `limits.clone_bytes`.

    Raises:
        GitFailed: it failed, or took too long.
        SourceError: the repository grew too large.
    """
    with git.start(
        *arguments, seconds=limits.clone_s, protocols=PROTOCOLS, settings=settings, in_git_dir=in_git_dir
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
