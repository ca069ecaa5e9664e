"""Run git. This is the only place that does: in folders made by the grader, without the host's or a student's configuration.

The environment of a git process is built here, not inherited: an empty home, no system or global configuration, no
prompts, no hooks, no transports except those that the call names. The grader's own settings are passed by environment
(`GIT_CONFIG_COUNT`), so that neither they nor a token appear in an argument list.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from grader.errors import GradingError

if sys.platform == "linux":
    import resource
elif sys.platform == "win32":
    import psutil

#: Timeout in seconds for one git command on the grader's own clone.
COMMAND_S = 120.0
#: Data segment limit of a git process: a small delta on a base of many gigabytes must not exhaust the host's memory.
MEMORY_BYTES = 2 * 1024**3
_STDERR_BYTES = 8 * 1024

#: Variables that a transport or a run-time library needs from the host; none of them names a program to run.
_PASSED_ON = (
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "GIT_SSL_CAINFO", "GIT_SSL_CAPATH", "CURL_CA_BUNDLE"),
    *(
        "http_proxy",
        "https_proxy",
        "no_proxy",
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "NO_PROXY",
        "all_proxy",
        "ALL_PROXY",
    ),
    *("SSH_AUTH_SOCK", "SYSTEMROOT", "WINDIR", "TEMP", "TMP", "TMPDIR"),
)

_SETTINGS = (
    ("core.hooksPath", os.devnull),
    ("core.fsmonitor", "false"),
    ("core.untrackedCache", "false"),
    ("core.attributesFile", os.devnull),
    ("core.excludesFile", os.devnull),
    ("core.askPass", ""),
    ("core.pager", "cat"),
    ("core.quotePath", "false"),
    ("credential.helper", ""),
    ("diff.external", ""),
    ("fetch.recurseSubmodules", "false"),
    ("gc.auto", "0"),
    ("http.lowSpeedLimit", "1000"),
    ("http.lowSpeedTime", "60"),
    ("i18n.logOutputEncoding", "UTF-8"),
    ("init.defaultBranch", "main"),
    ("log.showSignature", "false"),
    ("maintenance.auto", "false"),
    ("submodule.recurse", "false"),
    ("transfer.bundleURI", "false"),
)


class GitFailed(GradingError):
    """A failed git command. `detail` is git's message, in one bounded, printable line."""

    def __init__(self, command: str, detail: str, *, timed_out: bool = False) -> None:
        super().__init__(f"git {command} failed: {detail}")
        self.detail = detail
        self.timed_out = timed_out


@dataclass(kw_only=True)
class Running:
    """A running git process: read `stdout`, write `stdin` if there is one, then call `finish()`."""

    command: str
    process: subprocess.Popen[bytes]
    timed_out: threading.Event
    errors: bytearray = field(default_factory=bytearray)

    @property
    def stdout(self) -> IO[bytes]:
        """The output of git."""
        assert self.process.stdout is not None
        return self.process.stdout

    @property
    def stdin(self) -> IO[bytes]:
        """The input of git; only if the call asked for it."""
        assert self.process.stdin is not None
        return self.process.stdin

    def finish(self) -> None:
        """Wait for the process to end.

        Raises:
            GitFailed: the process ended with an error, or at its deadline.
        """
        code = self.process.wait()
        if code != 0 or self.timed_out.is_set():
            raise self.failure()

    def failure(self) -> GitFailed:
        """Return the failure as an exception to raise."""
        if self.timed_out.is_set():
            return GitFailed(self.command, "it took too long", timed_out=True)
        return GitFailed(self.command, _said(bytes(self.errors)) or f"exit code {self.process.poll()}")


@dataclass(frozen=True, kw_only=True)
class Git:
    """git on a bare repository of the grader, `git_dir`; `home` is an empty folder in place of the user's home."""

    git_dir: Path
    home: Path

    def run(
        self,
        *args: str,
        seconds: float = COMMAND_S,
        max_bytes: int = 16 * 1024**2,
        work_tree: Path | None = None,
    ) -> bytes:
        """Run a git command and return its output.

        Raises:
            GitFailed: it failed, took longer than `seconds`, or printed more than `max_bytes`.
        """
        with self.start(*args, seconds=seconds, work_tree=work_tree) as running:
            output = running.stdout.read(max_bytes + 1)
            if len(output) > max_bytes:
                raise GitFailed(args[0], f"it printed more than {max_bytes} bytes")
            running.finish()
        return output

    def attempt(self, *args: str) -> str | None:
        """Run a short command and return its stripped output, or None if it failed."""
        try:
            return self.run(*args).decode("utf-8", "replace").strip()
        except GitFailed:
            return None

    @contextmanager
    def start(
        self,
        *args: str,
        seconds: float = COMMAND_S,
        stdin: bool = False,
        work_tree: Path | None = None,
        protocols: str = "",
        settings: Sequence[tuple[str, str]] = (),
        in_git_dir: bool = True,
    ) -> Iterator[Running]:
        """Start a git process; it is killed with all its children on leaving the block or after `seconds`.

        `protocols` are the transports that it may use (`https:ssh`; none by default), `settings` additional
        configuration (kept out of the argument list), `work_tree` the folder whose files it may list.
        """
        environment = _environment(self.home, protocols, settings)
        if in_git_dir:
            environment["GIT_DIR"] = str(self.git_dir)
        if work_tree is not None:
            environment["GIT_WORK_TREE"] = str(work_tree)
        running = _spawn(args, environment, work_tree or self.home, stdin)
        deadline = threading.Timer(seconds, _expire, (running,))
        deadline.daemon = True
        errors = threading.Thread(target=_drain, args=(running,), daemon=True)
        deadline.start()
        errors.start()
        try:
            yield running
        finally:
            deadline.cancel()
            _end(running.process)
            errors.join(5)
            for pipe in (running.process.stdin, running.process.stdout, running.process.stderr):
                if pipe is not None:
                    _close(pipe)


def _environment(home: Path, protocols: str, settings: Sequence[tuple[str, str]]) -> dict[str, str]:
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    # A relative entry of PATH would be resolved in the folder that git runs in.
    folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
    environment |= {
        "PATH": os.pathsep.join(folder for folder in folders if os.path.isabs(folder)),
        "HOME": str(home),
        "USERPROFILE": str(home),
        "XDG_CONFIG_HOME": str(home),
        "LC_ALL": "C",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "",
        "SSH_ASKPASS": "",
        "GIT_SSH_COMMAND": "ssh -oBatchMode=yes -oForwardAgent=no -oConnectTimeout=20",
        "GIT_ALLOW_PROTOCOL": protocols,
        "GIT_LFS_SKIP_SMUDGE": "1",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_OPTIONAL_LOCKS": "0",
    }
    pairs = [*_SETTINGS, *settings]
    environment["GIT_CONFIG_COUNT"] = str(len(pairs))
    for number, (key, value) in enumerate(pairs):
        environment[f"GIT_CONFIG_KEY_{number}"] = key
        environment[f"GIT_CONFIG_VALUE_{number}"] = value
    return environment


def _spawn(args: Sequence[str], environment: dict[str, str], cwd: Path, stdin: bool) -> Running:
    program = shutil.which("git", path=environment["PATH"])
    if program is None:
        raise GradingError("git was not found on the PATH.", "Install git, then run `grader doctor`.")
    process = subprocess.Popen(
        [program, *args],
        env=environment,
        cwd=cwd,
        stdin=subprocess.PIPE if stdin else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    if sys.platform == "linux":
        # The process may have ended already, or a container may forbid the call: the deadline still applies.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            resource.prlimit(process.pid, resource.RLIMIT_DATA, (MEMORY_BYTES, MEMORY_BYTES))
    return Running(command=args[0], process=process, timed_out=threading.Event())


def _expire(running: Running) -> None:
    running.timed_out.set()
    _end(running.process)


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is not None:
        # The process id may be reused already.
        return
    if sys.platform != "win32":
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            process.kill()
    else:
        try:
            for child in psutil.Process(process.pid).children(recursive=True):
                child.kill()
        except psutil.NoSuchProcess:
            pass
        process.kill()
    process.wait()


def _drain(running: Running) -> None:
    assert running.process.stderr is not None
    while chunk := running.process.stderr.read1(4096):  # type: ignore[attr-defined]
        # Keep the end, which has the cause; a server may have written any amount before.
        running.errors.extend(chunk)
        del running.errors[:-_STDERR_BYTES]


def _close(pipe: IO[bytes]) -> None:
    # Closing flushes the written data to a process that has ended.
    with contextlib.suppress(OSError):
        pipe.close()


def _said(errors: bytes) -> str:
    text = re.sub(r"[^\n\x20-\x7e\u00a0-\ud7ff]", " ", errors.decode("utf-8", "replace"))
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    fatal = [line for line in lines if line.startswith(("fatal:", "error:"))]
    chosen = (fatal or lines or [""])[0 if fatal else -1]
    return chosen.removeprefix("fatal:").removeprefix("error:").strip()[:300].rstrip(".")
