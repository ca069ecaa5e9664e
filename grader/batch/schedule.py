"""Which submission is next: those that took long before go first, so that none is still at it when all others are through."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from statistics import mean

from grader.batch.journal import JournalRow


class Schedule:
    """What is still to do.

    Args:
        entries: the rows that are wanted; a row that two sources name is there once.
        settings: of this run: what was graded with the same is probably unchanged, and through in no time.
        again: grade everything, whatever was graded before.
    """

    def __init__(self, entries: Iterable[JournalRow], settings: str, *, again: bool = False) -> None:
        self._entries = {entry.key: entry for entry in entries}
        self._settings, self._again = settings, again
        self._took: dict[str, float] = {}
        self._waiting = list(self._entries)
        self._held: list[str] = []
        self._sort()

    @property
    def total(self) -> int:
        """How many submissions are wanted."""
        return len(self._entries)

    @property
    def held(self) -> list[JournalRow]:
        """What other runs are at."""
        return [self._entries[key] for key in self._held]

    def next(self) -> JournalRow | None:
        """Take the next submission; None if there is none, but for those that other runs are at."""
        return self._entries[self._waiting.pop(0)] if self._waiting else None

    def put_back(self, key: str) -> None:
        """Let a submission be graded once more, after all others: it may be what takes processes down."""
        self._waiting.append(key)

    def hold(self, key: str) -> None:
        """Leave a submission to the run that is at it."""
        self._held.append(key)

    def look_again(self) -> None:
        """Try those that other runs were at."""
        self._waiting += self._held
        self._held.clear()

    def learn(self, key: str, seconds: float) -> None:
        """Note how long a submission took, for what is left."""
        self._took[key] = seconds

    def left_s(self, running: Collection[str], jobs: int) -> float | None:
        """Return the seconds that are left, those of what runs counted whole; None where no duration is known."""
        known = [*self._took.values(), *(made for made in map(self._remembered, self._entries) if made)]
        if not known:
            return None
        keys = [*self._waiting, *self._held, *running]
        return sum(self._expected(key, mean(known)) for key in keys) / max(jobs, 1)

    def _sort(self) -> None:
        known = [made for made in map(self._remembered, self._entries) if made]
        usual = mean(known) if known else 0.0
        self._waiting.sort(key=lambda key: -self._expected(key, usual))

    def _expected(self, key: str, usual: float) -> float:
        entry = self._entries[key]
        if entry.made and entry.made.settings == self._settings and not self._again:
            return 0.0
        return self._remembered(key) or usual

    def _remembered(self, key: str) -> float:
        made = self._entries[key].made
        return made.duration_s if made else 0.0
