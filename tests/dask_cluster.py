"""A Dask cluster as an administrator would start it."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psutil

from tests.small_class import SmallClass


@contextmanager
def cluster(
    group: SmallClass, workers: int = 2, **environment: str
) -> Iterator[tuple[str, list[psutil.Process]]]:
    """A scheduler and workers, started as an administrator would; their addresses and processes."""
    tool = [sys.executable, "-m", "distributed.cli.dask_scheduler"]
    scheduler = subprocess.Popen(
        [*tool, "--host", "127.0.0.1", "--port", "0", "--no-dashboard"],
        cwd=group.root,
        stderr=subprocess.PIPE,
        text=True,
    )
    started: list[subprocess.Popen[Any]] = [scheduler]
    try:
        assert scheduler.stderr is not None
        address = ""
        while not address:
            line = scheduler.stderr.readline()
            assert line, "The scheduler ended."
            found = re.search(r"tcp://127\.0\.0\.1:\d+", line)
            address = found[0] if found and "Scheduler at" in line else ""
        options = ["--nthreads", "1", "--no-dashboard", "--local-directory", str(group.root / "dask")]
        for _ in range(workers):
            started.append(
                subprocess.Popen(
                    [sys.executable, "-m", "distributed.cli.dask_worker", address, *options],
                    cwd=group.root,
                    env={**group.environment, "DASK_DISTRIBUTED__WORKER__DAEMON": "False", **environment},
                    stderr=subprocess.DEVNULL,
                )
            )
        yield address, [psutil.Process(process.pid) for process in started[1:]]
    finally:
        for process in reversed(started):
            process.terminate()
        for process in reversed(started):
            process.communicate(timeout=60)


def graders(nannies: list[psutil.Process]) -> list[psutil.Process]:
    """The processes of workers, below their nannies."""
    return [
        child
        for nanny in nannies
        for child in nanny.children()
        if "resource_tracker" not in " ".join(child.cmdline())
    ]
