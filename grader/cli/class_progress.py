"""What a person sees while a class is graded: a live table in a terminal, a line a submission where there is none."""

from __future__ import annotations

import time

from rich.console import Console, Group
from rich.live import Live
from rich.markup import escape
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from grader.batch import Board, HowFar
from grader.batch.worker import Finished, Order, Said
from grader.render.escaping import one_line

_MOST = 100


class ClassProgress(Board):
    """A board that prints a line for each submission and, in a terminal, what runs below them."""

    def __init__(self, console: Console, problems: Console) -> None:
        self._console, self._problems = console, problems
        self._running: dict[str, tuple[str, float, str]] = {}
        self._far = HowFar(done=0, total=0)
        self._failed = 0
        self._began = time.monotonic()
        self._live: Live | None = None

    def opens(self, total: int, jobs: int) -> None:
        """Begin to show."""
        self._far = HowFar(done=0, total=total)
        if self._console.is_terminal:
            self._live = Live(
                console=self._console, get_renderable=self._table, refresh_per_second=4, transient=True
            )
            self._live.start()

    def refuses(self, name: str, why: str) -> None:
        """Print why a row is not graded."""
        self._failed += 1
        self._print(f"{name}: could not be graded: {why}")

    def remarks(self, line: str) -> None:
        """Print what there is to say of the class."""
        self._note("note:", line)

    def starts(self, order: Order) -> None:
        """Show what is being graded."""
        self._running[order.key] = (order.id, time.monotonic(), "fetching")

    def says(self, order: Order, said: Said) -> None:
        """Print the opening line and remarks, and show where a submission is."""
        if said.opening:
            self._print(said.opening)
        for note in said.notes:
            self._note("note:", note)
        if said.step and self._live is None:
            self._problems.print(
                f"[dim]{escape(one_line(f'{order.id}: {said.step}'))}[/]", highlight=False, soft_wrap=True
            )
        if order.key in self._running and (at := said.module or said.step):
            name, since, _ = self._running[order.key]
            self._running[order.key] = (name, since, at)

    def ends(self, name: str, finished: Finished, far: HowFar) -> None:
        """Print what became of a submission."""
        self._running.pop(finished.key, None)
        self._far = far
        place = f"[{far.done}/{far.total}] {name}"
        if finished.made is None:
            self._failed += 1
            self._print(f"{place}: could not be graded: {finished.reason}")
            return
        points = f"{finished.points:g} of {finished.max_points:g} points"
        extra = ", in part: a fault of the grader" if finished.in_part else ""
        count = finished.suites_reused
        kept = f", {count} suite{'s' if count != 1 else ''} reused" if count else ""
        self._print(f"{place}: {points}{extra}{', as before' if finished.reused else kept}")

    def again(self, order: Order, why: str) -> None:
        """Say that a submission is graded once more."""
        self._running.pop(order.key, None)
        self._note("note:", f"{order.id}: {why} It is graded once more.")

    def waits(self, names: list[str]) -> None:
        """Say what another run is at."""
        some = ", ".join(names[:5]) + (" …" if len(names) > 5 else "")
        self._note("note:", f"Another run into this folder is at {some}; this one waits for it.")

    def stops(self) -> None:
        """Say that the run ends."""
        self._note("stopped:", "what is being graded is given up; the same command goes on from here.")

    def close(self) -> None:
        """Show nothing more."""
        if self._live is not None:
            self._live.stop()
            self._live = None

    def _print(self, line: str) -> None:
        self._console.print(escape(line), highlight=False, soft_wrap=True)

    def _note(self, kind: str, text: str) -> None:
        # In a terminal both streams end on one screen, and the live table has to know of each line.
        stream = self._problems if self._live is None else self._console
        stream.print(f"[yellow]{kind}[/] {escape(one_line(text))}", highlight=False, soft_wrap=True)

    def _table(self) -> Group:
        done, total = self._far.done, self._far.total
        head = Table.grid(padding=(0, 2))
        head.add_row(
            f"{done} of {total} done",
            ProgressBar(total=max(total, 1), completed=done, width=30),
            f"{self._failed} not graded" if self._failed else "",
            _left(self._far.left_s),
        )
        rows = Table.grid(padding=(0, 2))
        for name, since, at in self._running.values():
            rows.add_row(
                Text(one_line(name, _MOST)),
                Text(one_line(at, _MOST), style="dim"),
                f"{time.monotonic() - since:.0f} s",
            )
        return Group(head, rows)


def _left(seconds: float | None) -> str:
    if seconds is None:
        return ""
    return "less than a minute left" if seconds < 60 else f"about {seconds / 60:.0f} min left"
