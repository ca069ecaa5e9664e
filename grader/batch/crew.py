"""The processes of a run: each is given one submission at a time, watched, ended at its deadline, and replaced if it is lost."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import pickle
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing.connection import wait
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Protocol

from grader.batch.scratch import clear_folder
from grader.batch.worker import Finished, Order, Said, Shift, work
from grader.sandbox.owners import owner
from grader.settings import BatchLimits

#: Nothing of this process goes along: no thread of it, no lock, no connection. It costs a second, for what has to be imported.
_SPAWN = multiprocessing.get_context("spawn")


class Engine(Protocol):
    """Who grades the submissions of a class: the processes of a `Crew`, or the workers of a cluster."""

    @property
    def size(self) -> int:
        """How many submissions it grades at once."""
        ...

    @property
    def orders(self) -> list[Order]:
        """What is being graded."""
        ...

    def __enter__(self) -> Engine: ...

    def __exit__(self, *_: object) -> None: ...

    def free(self) -> bool:
        """Return whether it takes another submission."""
        ...

    def give(self, order: Order) -> None:
        """Let a submission be graded."""
        ...

    def listen(self, wait_s: float) -> Iterator[tuple[Order, Said | Finished]]:
        """Yield what is said of each submission, `Finished` at last, and wait for it, at most `wait_s` seconds."""
        ...

    def stop(self) -> None:
        """End all within seconds, whatever it is at, with all that was made."""
        ...


#: What makes an engine: of the shift, how many at once, a folder for temporary files, and when one is given up.
EngineMaker = Callable[[Shift, int, Path, BatchLimits], Engine]


def packed_shift(shift: Shift) -> bytes:
    """Return a shift for another process. What shows progress stays here: only what grades goes along."""
    return pickle.dumps(replace(shift, setup=replace(shift.setup, watch=_nothing, on_log=_nothing)))


class Worker:
    """A process of the crew, and what it is at.

    Attributes:
        order: the submission that it grades; None if it is free.
        lost: what ended it, for people; empty while it is well.
    """

    def __init__(self, folder: Path, packed: bytes, context: BaseContext) -> None:
        self.folder = folder
        self.order: Order | None = None
        self.lost = ""
        self._deadline = float("inf")
        self.connection, theirs = context.Pipe()
        # Typeshed has no processes of a context that is chosen while it runs.
        self.process: BaseProcess = context.Process(target=work, args=(theirs, folder), name="grader-worker")  # type: ignore[attr-defined]
        with _no_signals():
            self.process.start()
        theirs.close()
        self.owner = owner(self.process.pid)
        self._packed: bytes | None = packed

    def give(self, order: Order, limits: BatchLimits) -> None:
        """Give a free process a submission."""
        self.order, self._deadline = order, time.monotonic() + limits.submission_s
        try:
            if self._packed is not None:
                self.connection.send_bytes(self._packed)
                self._packed = None
            self.connection.send(order)
        except OSError:
            self.lost = "is gone"

    def read(self) -> list[Said | Finished]:
        """Return what it has said since, and note where it is gone."""
        found: list[Said | Finished] = []
        try:
            while self.connection.poll():
                message = self.connection.recv()
                found.append(message)
                if isinstance(message, Finished):
                    self.order, self._deadline = None, float("inf")
        except (EOFError, OSError, pickle.UnpicklingError):
            self.process.join(1.0)
            self.lost = _ending(self.process.exitcode)
        return found

    def overdue(self) -> bool:
        """Return whether its submission has taken longer than it may."""
        return time.monotonic() > self._deadline

    def ask_to_stop(self) -> None:
        """Ask it to remove what it made, and to end."""
        with contextlib.suppress(OSError, ValueError):
            self.process.terminate()

    def end(self, wait_s: float) -> None:
        """End it within `wait_s` seconds, at the latest by force, with all that it started, and remove its temporary files."""
        self.process.join(max(wait_s, 0.0))
        if self.process.is_alive():
            with contextlib.suppress(OSError, AttributeError):
                # A process of the crew leads a group of its own.
                os.killpg(self.process.pid or 0, signal.SIGKILL)
            self.process.kill()
            self.process.join()
        self.connection.close()
        clear_folder(self.folder)


class Crew:
    """`size` processes, started at once; one that is lost is replaced when it is needed. They end with the `with` block.

    Args:
        shift: what all of them need.
        folder: for their temporary files.
        limits: when one is given up.
    """

    def __init__(self, shift: Shift, size: int, folder: Path, limits: BatchLimits) -> None:
        self._place = shift.setup.sandbox
        self._packed = packed_shift(shift)
        self.size, self._folder, self._limits = size, folder, limits
        self._started = 0
        self.workers: list[Worker] = []
        context = _first_context()
        try:
            for _ in range(size):
                self._start(context)
        except BaseException:
            self.stop()
            raise

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def free(self) -> bool:
        """Return whether there is a process without a submission, or may be one more."""
        return self._idle() is not None or len(self.workers) < self.size

    def give(self, order: Order) -> None:
        """Give a free process a submission: a new one, if all that there are have one."""
        (self._idle() or self._start(_SPAWN)).give(order, self._limits)

    @property
    def orders(self) -> list[Order]:
        """What is being graded."""
        return [worker.order for worker in self.workers if worker.order is not None]

    def listen(self, wait_s: float) -> Iterator[tuple[Order, Said | Finished]]:
        """Wait for a word, at most `wait_s` seconds, and yield what was said of each submission.

        A process that was lost, or that took too long, is ended with all that it left, and its submission is yielded as
        `Finished` with the reason.
        """
        ready = wait([worker.connection for worker in self.workers], timeout=wait_s)
        if not self.workers:
            time.sleep(wait_s)
        for worker in list(self.workers):
            order = worker.order
            if worker.connection in ready:
                for message in worker.read():
                    if order is not None:
                        yield order, message
            if worker.lost or worker.overdue():
                left = worker.order
                late = not worker.lost
                why = worker.lost or f"took longer than {self._limits.submission_s:.0f} s"
                self._give_up(worker)
                if left is not None:
                    reason = f"The process that graded it {why}."
                    yield left, Finished(key=left.key, reason=reason, lost=True, late=late)

    def _idle(self) -> Worker | None:
        return next((worker for worker in self.workers if worker.order is None and not worker.lost), None)

    def _start(self, context: BaseContext) -> Worker:
        self._started += 1
        worker = Worker(self._folder / str(self._started), self._packed, context)
        self.workers.append(worker)
        return worker

    def _give_up(self, worker: Worker) -> None:
        worker.ask_to_stop()
        worker.end(self._limits.stop_s)
        self._place.clear(worker.owner)
        self.workers.remove(worker)

    def stop(self) -> None:
        """End all processes within seconds, whatever they are at, with all that they made."""
        until = time.monotonic() + self._limits.stop_s
        busy = [worker for worker in self.workers if worker.order is not None]
        for worker in self.workers:
            worker.ask_to_stop()
        for worker in self.workers:
            worker.end(until - time.monotonic())
        # By force, a container stays behind.
        for worker in busy:
            self._place.clear(worker.owner)
        self.workers.clear()


def _first_context() -> BaseContext:
    """Return how the first processes are started: as copies of this one, where that is safe.

    A copy has all modules loaded, and shares their memory. It is safe on Linux as long as no other thread runs, which could hold
    a lock that nobody would release in the copy; later on one does, that shows progress.
    """
    if sys.platform == "linux" and threading.active_count() == 1:
        return multiprocessing.get_context("fork")
    return _SPAWN


def _nothing(*_: object) -> Any:
    """Stand for what a process of the crew sets anew."""


def _ending(code: int | None) -> str:
    if code is None:
        return "closed its connection"
    if code >= 0:
        return f"ended with code {code}"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = str(-code)
    hint = ", maybe for want of memory" if name == "SIGKILL" else ""
    return f"was ended by {name}{hint}"


@contextmanager
def _no_signals() -> Iterator[None]:
    """Keep Ctrl-C from a process that is starting: until it says otherwise itself, it would die of it with a traceback."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
