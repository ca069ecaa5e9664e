"""The board of the command line, which notes what its process has cost when a run begins to give out, and when all is graded."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from rich.console import Console

from grader.cli.class_progress import ClassProgress


@dataclass(frozen=True)
class Mark:
    """CPU seconds of this process so far, and the bytes of memory that it has now."""

    cpu_s: float
    rss: int


def mark() -> Mark:
    """Read them."""
    return Mark(time.process_time(), psutil.Process().memory_info().rss)


class Stopwatch(ClassProgress):
    """Prints a line a submission, as into a log, that nobody reads.

    Attributes:
        begun, over: when the first submission could be given out, and when the last one was written down.
    """

    def __init__(self) -> None:
        self._nowhere = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - closed with the run
        console = Console(file=self._nowhere, width=200)
        super().__init__(console, console)
        self.begun = self.over = mark()

    def opens(self, total: int, jobs: int) -> None:
        self.begun = mark()
        super().opens(total, jobs)

    def close(self) -> None:
        super().close()
        self.over = mark()

    def done(self) -> None:
        """Close what the lines went to; remarks come after `close`."""
        self._nowhere.close()


@contextmanager
def memory_folder() -> Iterator[Path]:
    """Make a folder in memory, where there is one: how long a disk takes to sync is no work of the grader's process."""
    place = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="grader-scale-", dir=place) as temporary:
        yield Path(temporary)
