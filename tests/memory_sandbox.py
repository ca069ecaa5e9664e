"""A sandbox that runs nothing: it plays events back. For tests of what comes after a run, without Docker."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from grader.sandbox.protocol import Event, Job, Room, RunOutcome, read_event


class MemorySandbox:
    """Plays back, for each planned check, the event lines given for it.

    Args:
        events: event lines by check id; a planned check without an entry passes, one with an empty list says nothing.
        outcomes: how the runs end, one after the other; by themselves after the last.
    """

    name = "memory"
    isolated = True
    image_digest = "memory"
    runtime = "memory"
    python = "0"
    notes: tuple[str, ...] = ()

    def __init__(
        self, events: Mapping[str, Sequence[str]] | None = None, outcomes: Sequence[RunOutcome] = ()
    ) -> None:
        self._events = dict(events or {})
        self._outcomes = list(outcomes)
        self.jobs: list[Job] = []

    def run(self, job: Job, on_event: Callable[[Event], None]) -> RunOutcome:
        """Play the events of a job's checks."""
        self.jobs.append(job)
        passed = '{{"event": "check", "check": "{}", "verdict": "passed", "points": 1}}'
        for check in job.checks:
            for line in self._events.get(check, [passed.format(check)]):
                event = read_event(line.encode())
                if event is not None:
                    on_event(event)
        return self._outcomes.pop(0) if self._outcomes else RunOutcome(exit_code=0)

    def room(self) -> Room:
        """Return room for two runs."""
        return Room(cpus=2, memory_bytes=2**33)

    def verify(self) -> None:
        """Do nothing: jobs always run."""

    def clear(self, owner: str) -> None:
        """Do nothing: it leaves nothing."""

    def close(self) -> None:
        """Do nothing: it holds nothing."""
