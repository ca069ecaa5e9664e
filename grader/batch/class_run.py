"""The run of a class: each source on its way, several at once, what became of it, and the overview of all.

`journal` knows what is done, `crew` and `worker` grade, `reuse` says what stands, `scratch` and `parts` remove what is left.
"""

from __future__ import annotations

import shutil
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import FrameType

from grader.batch import parts, reuse
from grader.batch.board import Board, HowFar
from grader.batch.crew import Crew, Engine, EngineMaker
from grader.batch.fetching import Fetching
from grader.batch.groups import GroupRow
from grader.batch.hand_ins import HandIn, Shard, hand_ins
from grader.batch.jobs import jobs_for
from grader.batch.journal import Journal, JournalRow, Made, open_journal
from grader.batch.overview import INDEX, folder_of, same_commits, write_overview
from grader.batch.parts import put_in_place
from grader.batch.schedule import Schedule
from grader.batch.scratch import remove_leftovers, scratch_folder
from grader.batch.worker import Finished, Order, Said, Shift
from grader.errors import GradingError
from grader.pipeline import Setup
from grader.results import Result
from grader.settings import BatchLimits

#: Seconds between two looks at deadlines and signals.
_TICK_S = 0.2


@dataclass(frozen=True, kw_only=True)
class Graded:
    """What became of a batch: 3 if any submission could not be graded, else 0, whatever the verdicts are.

    Attributes:
        results, failed: of the sources of this run; the overview has those of earlier ones, too.
        signal: what told the run to stop before it was through; 0 if nothing did.
    """

    index: Path
    results: tuple[Result, ...]
    failed: tuple[tuple[str, str], ...]
    signal: int = 0

    @property
    def exit_code(self) -> int:
        """0; 3 if the grader could not grade (part of) a submission; 130 after Ctrl-C, as shells say it."""
        if self.signal:
            return 128 + self.signal
        return 3 if self.failed or any(result.exit_code == 3 for result in self.results) else 0


@dataclass(frozen=True, kw_only=True)
class ClassPlan:
    """How a class is graded, beside how one submission is.

    Attributes:
        formats: what is written of each submission; `json` always is.
        jobs: how many at once; what the machine carries by default.
        again: grade what was graded before, too.
        limits: of a submission as a whole.
        fetching: how sources are fetched.
        pseudonymous: replace names in all that is written and said.
        shard: which part of the sources this run grades; all of them by default.
        engine: who grades them, made of what `Crew` is made of; the processes of this machine by default.
        begin: called once in each process that grades; it can be pickled.
    """

    formats: tuple[str, ...] = ("html", "json")
    jobs: int | None = None
    again: bool = False
    limits: BatchLimits = field(default_factory=BatchLimits)
    fetching: Fetching = field(default_factory=Fetching)
    pseudonymous: bool = False
    shard: Shard | None = None
    engine: EngineMaker = Crew
    begin: Callable[[], None] | None = None


def grade_all(
    sources: Sequence[str | GroupRow],
    *,
    out: Path,
    setup: Setup,
    plan: ClassPlan | None = None,
    board: Board | None = None,
) -> Graded:
    """Grade each source's committed state; a source that cannot be graded is named and the rest goes on.

    What an earlier run into the same folder graded stands where nothing changed, and its other submissions stay. Ctrl-C (and
    SIGTERM) ends the run within seconds; the same call goes on where it ended.

    Args:
        sources: paths, git URLs, owner/name, or rows of a group list.
        out: gets `index.html`, `grades.csv`, `summary.json`, `journal.sqlite` and `submissions/<id>/`.
        setup: how and where to grade; it is pickled.
        plan: how many at once, and what is written.
        board: told what happens.
    """
    plan, board = plan or ClassPlan(), board or Board()
    wanted = hand_ins(sources, pseudonymous=plan.pseudonymous)
    if plan.shard is not None:
        wanted = plan.shard.part_of(wanted)
    remove_leftovers()
    jobs = max(1, min(plan.jobs or jobs_for(setup.sandbox, setup.options.limits, plan.limits), len(wanted)))
    if setup.cache is not None:
        setup.cache.trim()
        # Computed once, here: it goes with the course into every process.
        _ = setup.course.suite_digests, setup.course.shared_digest
    settings = reuse.settings_digest(setup, pseudonymous=plan.pseudonymous)
    formats = tuple(dict.fromkeys(("json", *plan.formats)))
    shift = Shift(
        setup=setup,
        settings=settings,
        formats=formats,
        fetching=plan.fetching,
        pseudonymous=plan.pseudonymous,
        begin=plan.begin,
    )
    with (
        _told_to_stop() as told,
        scratch_folder() as scratch,
        # Before the journal: a process that is copied should hold nothing open.
        plan.engine(shift, jobs, scratch, plan.limits) as crew,
        open_journal(out, plan.limits.silent_s) as journal,
        parts.folder(out, journal) as into,
    ):
        rows = journal.plan([one.wanted for one in wanted])
        entries = _without_problems(journal, wanted, rows, board)
        run = _Run(
            journal=journal,
            schedule=Schedule(entries, settings, again=plan.again),
            crew=crew,
            board=board,
            plan=plan,
            out=out,
            into=into,
            asked={one.wanted.key: one for one in wanted},
        )
        try:
            board.opens(len(entries), crew.size)
            run.go_on(told)
            if told():
                board.stops()
        finally:
            crew.stop()
            board.close()
            journal.release()
        found = write_overview(journal, out, setup.course.reports)
        outcomes = [(one, found[one.wanted.key]) for one in wanted]
        results = tuple(outcome for _, outcome in outcomes if isinstance(outcome, Result))
        for line in same_commits(results):
            board.remarks(line)
        return Graded(
            index=out / INDEX,
            results=results,
            failed=tuple(
                (one.wanted.source, why) for one, why in outcomes if isinstance(why, str) and not one.nothing
            ),
            signal=told(),
        )


def _without_problems(
    journal: Journal, wanted: Sequence[HandIn], rows: Sequence[JournalRow], board: Board
) -> list[JournalRow]:
    """Return the rows that can be graded; of the others, write down and tell why not."""
    good = []
    for one, row in zip(wanted, rows, strict=True):
        if not one.problem:
            good.append(row)
            continue
        board.refuses(row.id, one.problem)
        if journal.claim(row.key) is not None:
            journal.ungraded(row.key, one.problem)
    return good


@dataclass(kw_only=True)
class _Run:
    """One run: gives out what is next, takes what is finished, and writes it down."""

    journal: Journal
    schedule: Schedule
    crew: Engine
    board: Board
    plan: ClassPlan
    out: Path
    into: Path
    asked: dict[str, HandIn]
    done: int = 0
    losses: Counter[str] = field(default_factory=Counter)
    announced: bool = False
    look_again_at: float = 0.0
    beat_at: float = 0.0

    def go_on(self, told: Callable[[], int]) -> None:
        """Grade until nothing is left, or until the run is told to stop."""
        while not told():
            self._give_out()
            if not self.crew.orders and not self.schedule.held:
                return
            self._wait_for_others()
            if time.monotonic() > self.beat_at:
                self.beat_at = time.monotonic() + self.plan.limits.beat_s
                self.journal.beat()
            for order, word in self.crew.listen(_TICK_S):
                # What comes after the word to stop may have been broken by it.
                if told():
                    return
                if isinstance(word, Said):
                    self.board.says(order, word)
                else:
                    self._take(order, word)

    def _give_out(self) -> None:
        while self.crew.free() and (entry := self.schedule.next()) is not None:
            claimed = self.journal.claim(entry.key)
            if claimed is None:
                self.schedule.hold(entry.key)
                continue
            order = Order(
                key=claimed.key,
                source=self.asked[claimed.key].source,
                group=self.asked[claimed.key].group,
                id=claimed.id,
                into=self.into / claimed.id,
                made=None if self.plan.again else claimed.made,
                kept=folder_of(self.out, claimed.id),
            )
            self.board.starts(order)
            self.crew.give(order)

    def _wait_for_others(self) -> None:
        held = self.schedule.held
        if held and not self.announced:
            self.announced = True
            self.board.waits([entry.id for entry in held])
        if held and time.monotonic() > self.look_again_at:
            self.look_again_at = time.monotonic() + self.plan.limits.wait_s
            self.schedule.look_again()

    def _take(self, order: Order, finished: Finished) -> None:
        """Write down what became of a submission; a fault of the disk is one of this submission as long as the journal lives."""
        if finished.lost:
            self.losses[order.key] += 1
            shutil.rmtree(order.into, ignore_errors=True)
            if self.losses[order.key] < self.plan.limits.lost and not finished.late:
                self.schedule.put_back(order.key)
                self.board.again(order, finished.reason)
                return
        if not self.journal.holds(order.key):
            shutil.rmtree(order.into, ignore_errors=True)
            self.schedule.hold(order.key)
            return
        if finished.made is not None:
            try:
                self._keep(order, finished.made, learn=not finished.reused)
            except GradingError as problem:
                finished = replace(finished, made=None, reason=str(problem))
        if finished.made is None:
            self.journal.ungraded(order.key, finished.reason)
        self.done += 1
        left_s = self.schedule.left_s([one.key for one in self.crew.orders], self.crew.size)
        name = order.id if finished.made else self.asked[order.key].wanted.source
        self.board.ends(name, finished, HowFar(done=self.done, total=self.schedule.total, left_s=left_s))

    def _keep(self, order: Order, made: Made, *, learn: bool) -> None:
        if learn:
            self.schedule.learn(made.duration_s)
        fresh = made != order.made
        if order.into.is_dir():
            put_in_place(order.into, order.kept, whole=fresh)
        if fresh:
            self.journal.graded(order.key, made)
        else:
            self.journal.stands(order.key)


@contextmanager
def _told_to_stop() -> Iterator[Callable[[], int]]:
    """Take SIGINT, SIGTERM and SIGHUP for the block; what is given returns the first that came, 0 before.

    Nothing is raised: what is being written is written whole, and a second Ctrl-C breaks nothing off.
    """
    came: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        came.append(number)

    names = ("SIGINT", "SIGTERM", "SIGHUP")
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    if threading.current_thread() is not threading.main_thread():
        numbers = []
    before = {number: signal.signal(number, note) for number in numbers}
    try:
        yield lambda: came[0] if came else 0
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
