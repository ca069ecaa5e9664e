"""A class on Dask: a cluster that runs already, or workers of this machine. One task a submission; who is lost is replaced.

Dask moves the work and says who is alive. Which worker grades what is decided here, so that a submission whose worker was lost
goes to another one only after what was left of it is removed, and none grades whose grader, course or image is another one.
"""

from __future__ import annotations

import contextlib
import itertools
import queue
import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader import render
from grader.batch import reuse
from grader.batch.crew import packed_shift
from grader.batch.engines.errand import Errand, WorkerState, clear, examine, grade_errand
from grader.batch.worker import Finished, Order, Said, Shift
from grader.errors import GradingError, UsageError
from grader.grading.engine_digest import engine_digest
from grader.settings import BatchLimits

if TYPE_CHECKING:
    from distributed import Client, Future

#: Seconds to wait for a scheduler and its first worker, and between two looks at who is alive.
_CONNECT_S, _LOOK_S = 30.0, 1.0
#: Seconds to wait until a nanny of a busy machine has replaced the last worker.
_RETURN_S = 120.0
#: Seconds to ask a worker something, or to have it started anew.
_ASK_S = 30.0


@dataclass
class _Task:
    order: Order
    address: str
    future: Future[Any]
    deadline: float


class DaskCrew:
    """Workers of Dask as a crew; see `grader.batch.crew.Crew`, of which it has the methods.

    Args:
        shift: what all of them need.
        size: how many workers of this machine, where no scheduler is named.
        folder: for their files, where they are of this machine.
        limits: when one is given up.
        scheduler: its address: `tcp://host:8786`.

    Raises:
        UsageError: Dask is not installed.
        GradingError: no scheduler answers, or none of its workers can grade.
    """

    def __init__(
        self, shift: Shift, size: int, folder: Path, limits: BatchLimits, *, scheduler: str = ""
    ) -> None:
        self._shift, self._limits = shift, limits
        self._packed = packed_shift(shift)
        self._said: queue.SimpleQueue[tuple[str, object]] = queue.SimpleQueue()
        self._tasks: dict[str, _Task] = {}
        self._workers: dict[str, WorkerState] = {}
        self._refused: dict[str, str] = {}
        self._numbers = itertools.count()
        self._looked_at = 0.0
        with ExitStack() as stack:
            self.client = _connect(stack, scheduler, size, folder)
            self._topic = f"grader-{self.client.id}"
            self.client.subscribe_topic(self._topic, self._hear)
            self._await_workers(_CONNECT_S)
            self._open = stack.pop_all()

    def __enter__(self) -> DaskCrew:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def size(self) -> int:
        """How many workers can grade."""
        return max(1, len(self._workers))

    @property
    def orders(self) -> list[Order]:
        """What is being graded."""
        return [task.order for task in self._tasks.values()]

    def free(self) -> bool:
        """Return whether a worker has nothing to do."""
        return self._idle() is not None

    def give(self, order: Order) -> None:
        """Give a free worker a submission."""
        address = self._idle()
        assert address is not None
        name = f"{self._topic}-{next(self._numbers)}"
        earlier = order.kept / reuse.RESULT
        beside = [file for file, _ in render.FORMATS.values() if (order.kept / file).is_file()]
        errand = Errand(
            order=order,
            earlier=earlier.read_bytes() if order.made is not None and earlier.is_file() else b"",
            beside=tuple(beside),
        )
        future = self.client.submit(
            run_errand,
            errand,
            self._packed,
            self._topic,
            name,
            key=name,
            workers=[address],
            pure=False,
            retries=0,
        )
        self._tasks[name] = _Task(order, address, future, time.monotonic() + self._limits.submission_s)
        future.add_done_callback(lambda done: self._said.put((name, done)))

    def listen(self, wait_s: float) -> Iterator[tuple[Order, Said | Finished]]:
        """Wait for a word, at most `wait_s` seconds, and yield what was said of each submission; see `Crew.listen`."""
        with contextlib.suppress(queue.Empty):
            name, word = self._said.get(timeout=wait_s)
            task = self._tasks.get(name)
            if task is not None and isinstance(word, Said):
                yield task.order, word
            elif task is not None and word is task.future:
                del self._tasks[name]
                yield task.order, self._ended(task)
        if time.monotonic() > self._looked_at + _LOOK_S:
            yield from self._look()

    def stop(self) -> None:
        """End what is being graded within seconds, with all that it made, and let go of the cluster."""
        busy = {task.address for task in self._tasks.values()}
        for task in self._tasks.values():
            with contextlib.suppress(Exception):
                task.future.cancel()
        self._tasks.clear()
        owners = tuple(worker.owner for address, worker in self._workers.items() if address in busy)
        # As far as a cluster still answers.
        with contextlib.suppress(Exception):
            self._restart(busy)
        with contextlib.suppress(Exception):
            self._clear(owners)
        with contextlib.suppress(Exception):
            self._open.close()
        self._workers.clear()

    def _idle(self) -> str | None:
        busy = {task.address for task in self._tasks.values()}
        return next((address for address in self._workers if address not in busy), None)

    def _ended(self, task: _Task) -> Finished:
        try:
            finished, reports = task.future.result()
        except Exception as problem:  # noqa: BLE001 - whatever a cluster says of a task
            # It may be gone: nobody is given to it before somebody has looked.
            self._looked_at = 0.0
            reason = f"The worker {task.address} did not grade it: {type(problem).__name__}: {problem}"
            return Finished(key=task.order.key, reason=" ".join(reason.split())[:500], lost=True)
        assert isinstance(finished, Finished)
        if reports:
            try:
                task.order.into.mkdir(parents=True, exist_ok=True)
                for name, data in reports.items():
                    (task.order.into / Path(name).name).write_bytes(data)
            except OSError as problem:
                shutil.rmtree(task.order.into, ignore_errors=True)
                return Finished(
                    key=task.order.key, reason=f"Its reports cannot be written: {problem.strerror}."
                )
        return finished

    def _hear(self, event: tuple[float, dict[str, Any]]) -> None:
        """Take what a worker says while it grades."""
        _, told = event
        with contextlib.suppress(KeyError, TypeError):
            said = {**told["said"], "notes": tuple(told["said"]["notes"])}
            self._said.put((str(told["name"]), Said(**said)))

    def _look(self) -> Iterator[tuple[Order, Finished]]:
        """See who is lost, who is late, and who is new."""
        self._looked_at = time.monotonic()
        alive = self._alive()
        gone = set(self._workers) - alive
        late = {task.address for task in self._tasks.values() if time.monotonic() > task.deadline} - gone
        if late:
            with contextlib.suppress(Exception):
                self._restart(late)
        ended = [(name, task) for name, task in self._tasks.items() if task.address in gone | late]
        for name, _ in ended:
            del self._tasks[name]
        owners = tuple(self._workers.pop(address).owner for address in gone | late)
        self._greet(alive - set(self._workers) - set(self._refused) - late)
        if owners:
            self._clear(owners)
        for _, task in ended:
            task.future.release()
            why = f"took longer than {self._limits.submission_s:.0f} s" if task.address in late else "is gone"
            reason = f"The process that graded it {why}."
            yield (
                task.order,
                Finished(key=task.order.key, reason=reason, lost=True, late=task.address in late),
            )
        if not self._workers and not alive:
            self._await_workers(_RETURN_S)

    def _await_workers(self, wait_s: float) -> None:
        """Wait until a worker is there that can grade. Raises GradingError."""
        until = time.monotonic() + wait_s
        while not self._workers:
            workers = self._alive()
            self._greet(workers - set(self._refused))
            if self._workers:
                return
            if self._refused and workers <= set(self._refused):
                why = "; ".join(f"{address}: {reason}" for address, reason in self._refused.items())
                raise GradingError(
                    f"No worker of the cluster can grade ({why}).",
                    "Give all machines the same grader, course pack and image, at the same paths.",
                )
            if time.monotonic() > until:
                raise GradingError(
                    "The scheduler has no worker.",
                    "Start some: `dask worker ADDRESS`.",
                )
            time.sleep(0.2)

    def _alive(self) -> set[str]:
        """Return the addresses of all workers. Raises GradingError."""
        try:
            return set(self.client.scheduler_info(n_workers=-1)["workers"])
        except (OSError, TimeoutError) as problem:
            raise GradingError(
                f"The scheduler does not answer any more: {problem}",
                "What is graded stands: the same command goes on.",
            ) from problem

    def _greet(self, addresses: set[str]) -> None:
        """Ask new workers what they grade with; who has another grader, course or image is left out."""
        if not addresses:
            return
        answers = self.client.run(
            examine, engine_digest(), self._packed, workers=sorted(addresses), on_error="return"
        )
        for address, answer in answers.items():
            reason = self._problem_of(answer)
            if reason:
                self._refused[address] = reason
            else:
                self._workers[address] = answer

    def _problem_of(self, answer: object) -> str:
        if not isinstance(answer, WorkerState):
            return f"it has no such grader ({type(answer).__name__}: {answer})"[:300]
        if answer.problem:
            return answer.problem
        if answer.engine != engine_digest():
            return "it has another version of the grader"
        return "" if answer.course == self._shift.setup.course.digest else "its course pack is another one"

    def _clear(self, owners: tuple[str, ...]) -> None:
        """Remove what lost processes left: from this one's daemon, and from each machine that still has a worker."""
        for one in owners:
            self._shift.setup.sandbox.clear(one)
        self.client.run(clear, self._packed, owners, on_error="ignore")

    def _restart(self, addresses: set[str]) -> None:
        if addresses:
            self.client.restart_workers(sorted(addresses), timeout=_ASK_S, raise_for_error=False)


def run_errand(errand: Errand, packed: bytes, topic: str, name: str) -> tuple[Finished, dict[str, bytes]]:
    """Grade in a worker of Dask, and tell the one who asked what it is at."""
    from distributed import get_worker

    worker = get_worker()

    def send(said: object) -> None:
        if isinstance(said, Said):
            worker.log_event(topic, {"name": name, "said": asdict(said)})

    return grade_errand(errand, packed, send)


def _connect(stack: ExitStack, scheduler: str, size: int, folder: Path) -> Client:
    try:
        import dask
        from distributed import Client, LocalCluster
    except ImportError as problem:
        raise UsageError(
            f"Dask is not installed: {problem}.", "Install it: pip install 'exercise-grader[cluster]'."
        ) from problem
    # Workers start the processes of suites; and what a worker that was killed left is ours to grade again.
    settings = {"distributed.worker.daemon": False, "temporary-directory": str(folder)}
    stack.enter_context(dask.config.set(settings))
    try:
        where = scheduler or stack.enter_context(
            LocalCluster(
                n_workers=size,
                threads_per_worker=1,
                memory_limit=None,
                dashboard_address=None,
                local_directory=str(folder / "dask"),
                silence_logs=50,
            )
        )
        return stack.enter_context(Client(where, timeout=_CONNECT_S))
    except (OSError, TimeoutError, ValueError) as problem:
        raise GradingError(
            f"No scheduler of Dask answers at {scheduler or 'this machine'}: {problem}",
            "Start one: `dask scheduler`.",
        ) from problem
