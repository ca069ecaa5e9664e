"""The processes that read the code of groups: what takes one of them down costs that group alone."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from grader.batch.alike.code_reader import ReadGroup, Reading, ToRead, begin, read_group
from grader.sandbox.local_room import local_room

#: Groups a process after which all are replaced: what native code does not give back, the system does. `max_tasks_per_child`,
#: which is for that, hangs where tasks wait for the new process (Python 3.11 to 3.13).
_GROUPS_A_PROCESS = 40
#: So few are read before a process has started.
_FEW = 8

_SPAWN = multiprocessing.get_context("spawn")


def read_groups_code(
    wanted: Sequence[ToRead], reading: Reading, scratch: Path, jobs: int
) -> Iterator[ReadGroup]:
    """Yield each group when it is read: few in this process, many in others, which are replaced now and then."""
    if len(wanted) <= _FEW:
        begin(reading)
        yield from map(read_group, wanted)
        return
    size = _GROUPS_A_PROCESS * jobs
    for begins in range(0, len(wanted), size):
        yield from _with_care(wanted[begins : begins + size], reading, scratch, jobs)


def _with_care(wanted: Sequence[ToRead], reading: Reading, scratch: Path, jobs: int) -> Iterator[ReadGroup]:
    """Yield each group when it is read. Those that a lost process leaves are read together once more, then each by itself."""
    left = {one.number: one for one in wanted}
    for _ in range(2):
        try:
            for group in _in_processes(list(left.values()), reading, scratch, jobs):
                del left[group.number]
                yield group
            return
        except BrokenProcessPool:
            continue
    for one in left.values():
        try:
            yield from _in_processes([one], reading, scratch, 1)
        except BrokenProcessPool:
            why = "The process that read it was ended, maybe for want of memory."
            yield ReadGroup(number=one.number, problem=why)


def _in_processes(
    wanted: Sequence[ToRead], reading: Reading, scratch: Path, jobs: int
) -> Iterator[ReadGroup]:
    pool = ProcessPoolExecutor(
        max(1, min(jobs, len(wanted))),
        mp_context=_SPAWN,
        initializer=begin,
        initargs=(reading, scratch),
    )
    whole = False
    try:
        waiting: set[Future[ReadGroup]] = {pool.submit(read_group, one) for one in wanted}
        while waiting:
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            for one in done:
                yield one.result()
        whole = True
    finally:
        # Who stops the run, by Ctrl-C for one, does not wait for a clone.
        for process in [] if whole else multiprocessing.active_children():
            process.terminate()
        pool.shutdown(cancel_futures=True)


def processes() -> int:
    """Return how many repositories are read at once, where nobody says."""
    return max(1, int(local_room().cpus))
