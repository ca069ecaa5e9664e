"""What all figures share: the sandbox, a scratch folder, pairs in turns, commands that are timed as whole processes."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from grader.course.pack import Course, load_course
from grader.sandbox.container.container_sandbox import DockerSandbox
from grader.sandbox.container.image import connect, ensure_image

#: Exit codes of a command that did its work: nothing failed, or a check did.
FINE = frozenset({0, 1})


@dataclass(frozen=True)
class Pair:
    """Seconds of the grader, and of the other work right before or after it."""

    ours: float
    other: float

    @property
    def ratio(self) -> float:
        """How much longer the grader takes."""
        return self.ours / self.other


@dataclass(frozen=True, kw_only=True)
class Rig:
    """The sandbox of a run of benchmarks, the bundled course, and a scratch folder."""

    scratch: Path
    sandbox: DockerSandbox
    course: Course

    def folder(self, name: str) -> Path:
        """Return a new folder of a figure."""
        return Path(tempfile.mkdtemp(prefix=f"{name}-", dir=self.scratch))

    def grader(self, *arguments: str) -> list[str]:
        """Return a command of the grader."""
        return [sys.executable, "-m", "grader.cli", *arguments]


@contextmanager
def rig() -> Iterator[Rig]:
    """Make the image if it is not there, and a scratch folder for the block."""
    with (
        closing(connect()) as client,
        tempfile.TemporaryDirectory(prefix="grader-bench-", ignore_cleanup_errors=True) as temporary,
    ):
        course = load_course()
        image = ensure_image(course.root, client=client, progress=say)
        yield Rig(scratch=Path(temporary), sandbox=DockerSandbox(client, image), course=course)


def say(line: str) -> None:
    """Say what goes on."""
    print(line, file=sys.stderr, flush=True)


def in_turns(pairs: int, ours: Callable[[], float], other: Callable[[], float]) -> list[Pair]:
    """Measure pairs, each work first in every second one, after one of each that warms caches and is not counted."""
    ours(), other()
    found = []
    for number in range(pairs):
        if number % 2:
            second = other()
            found.append(Pair(ours(), second))
        else:
            first = ours()
            found.append(Pair(first, other()))
        say(f"  {number + 1}: {found[-1].ours:.3f} s / {found[-1].other:.3f} s = {found[-1].ratio:.3f}")
    return found


def timed(
    command: Sequence[str | Path],
    *,
    stdin: bytes = b"",
    fine: frozenset[int] = FINE,
    where: Path | None = None,
    environment: dict[str, str] | None = None,
) -> float:
    """Return the seconds that a process takes, from its start to its end; it has to end well."""
    began = time.perf_counter()
    done = subprocess.run(
        command, input=stdin, capture_output=True, cwd=where, env={**os.environ, **(environment or {})}
    )
    took = time.perf_counter() - began
    if done.returncode not in fine:
        said = (done.stdout + done.stderr).decode(errors="replace")[-2000:]
        raise SystemExit(f"{command[0]} ended with {done.returncode}: {said}")
    return took
