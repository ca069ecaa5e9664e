"""Which submission is next: those that took long before go first, so that none is still at it when all others are through."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable

from grader.batch.journal import JournalRow


class Schedule:
    """What is still to do. Each step takes the same time for a class of any size.

    Args:
        entries: the rows that are wanted; a row that two sources name is there once.
        settings: of this run: what was graded with the same is probably unchanged, and through in no time.
        again: grade everything, whatever was graded before.
    """

    def __init__(self, entries: Iterable[JournalRow], settings: str, *, again: bool = False) -> None:
        self._entries = {entry.key: entry for entry in entries}
        self._settings, self._again = settings, again
        self._held: list[str] = []
        #: Seconds of all gradings that are known, earlier ones and those of this run, and how many these are.
        self._known_s, self._known = 0.0, 0
        #: Of what waits or is held: seconds that are expected, and how many have no duration yet.
        self._left_s, self._unknown = 0.0, 0
        for entry in self._entries.values():
            if entry.made and entry.made.duration_s:
                self.learn(entry.made.duration_s)
            self._count(entry, 1)
        usual = self._usual()
        self._waiting = deque(
            sorted(self._entries, key=lambda key: self._expected(self._entries[key], usual), reverse=True)
        )

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
        if not self._waiting:
            return None
        entry = self._entries[self._waiting.popleft()]
        self._count(entry, -1)
        return entry

    def put_back(self, key: str) -> None:
        """Let a submission be graded once more, after all others: it may be what takes processes down."""
        self._waiting.append(key)
        self._count(self._entries[key], 1)

    def hold(self, key: str) -> None:
        """Leave a submission to the run that is at it."""
        self._held.append(key)
        self._count(self._entries[key], 1)

    def look_again(self) -> None:
        """Try those that other runs were at."""
        self._waiting += self._held
        self._held.clear()

    def learn(self, seconds: float) -> None:
        """Note how long a submission took: so long may those take of which nothing is known."""
        self._known_s += seconds
        self._known += 1

    def left_s(self, running: Collection[str], jobs: int) -> float | None:
        """Return the seconds that are left, those of what runs counted whole; None where no duration is known."""
        if not self._known:
            return None
        usual = self._usual()
        at_it = sum(self._expected(self._entries[key], usual) for key in running)
        return max(self._left_s + self._unknown * usual + at_it, 0.0) / max(jobs, 1)

    def _usual(self) -> float:
        return self._known_s / self._known if self._known else 0.0

    def _count(self, entry: JournalRow, change: int) -> None:
        """Count a submission among those that are left, or, with -1, no more."""
        self._left_s += change * self._expected(entry, 0.0)
        self._unknown += change * (self._expected(entry, 1.0) != self._expected(entry, 0.0))

    def _expected(self, entry: JournalRow, usual: float) -> float:
        """Return the seconds that a submission is expected to take: `usual` where nobody knows."""
        if entry.made and entry.made.settings == self._settings and not self._again:
            return 0.0
        return (entry.made.duration_s if entry.made else 0.0) or usual
