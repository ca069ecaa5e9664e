"""The live line per module in a terminal, while a submission is graded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from grader.grading import CheckPlan, OnEvent
from grader.results import Verdict
from grader.sandbox.protocol import CheckEvent, Event

_GOOD = {Verdict.passed, Verdict.not_applicable}


@contextmanager
def module_progress(plan: CheckPlan, console: Console) -> Iterator[OnEvent]:
    """Show a line per module with its checks done; yields what takes the events."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TextColumn("{task.fields[state]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        tasks: dict[str, TaskID] = {}
        for module, checks in plan.modules:
            label = f"{module.id:>4}  {module.info.title}"
            tasks[module.id] = progress.add_task(label, total=len(checks), state="", start=False)

        def take(event: Event) -> None:
            name = getattr(event, "check", "").partition(".")[0]
            if name not in tasks:
                return
            progress.start_task(tasks[name])
            if isinstance(event, CheckEvent):
                progress.advance(tasks[name])
                if event.verdict not in _GOOD:
                    progress.update(tasks[name], state="[yellow]needs work[/]")

        yield take
