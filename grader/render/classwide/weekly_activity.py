"""Commits a week, from the activity that results tell: of a class, and of one submission."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta

from grader.results import HistoryFigures, Result, WeekOfClass

#: A course has a dozen weeks, and dates of commits are whatever a clock said.
MAX_WEEKS = 26


def weeks(results: Sequence[Result]) -> tuple[WeekOfClass, ...]:
    """Return the weeks from the first to the last commit of a class: of the half year in which most submissions were at work."""
    by_submission = [_by_week(result.history) for result in results]
    active = Counter(week for counts in by_submission for week in counts)
    if not active:
        return ()
    first = max(
        sorted(active),
        key=lambda week: (sum(active[week + timedelta(weeks=number)] for number in _room(week)), week),
    )
    last = max(week for week in active if first <= week and (week - first).days < 7 * MAX_WEEKS)
    span = range((last - first).days // 7 + 1)
    return tuple(
        WeekOfClass(
            begins=week.isoformat(),
            commits=sum(counts.get(week, 0) for counts in by_submission),
            active=active[week],
        )
        for week in (first + timedelta(weeks=number) for number in span)
    )


def _room(week: date) -> range:
    """Return the numbers of the weeks from one on, as far as the calendar goes."""
    return range(min(MAX_WEEKS, (date.max - week).days // 7 + 1))


def commits_in(history: HistoryFigures, begins: Sequence[str]) -> list[int]:
    """Return the commits of one submission in each of the weeks that begin so."""
    counts = _by_week(history)
    return [counts.get(date.fromisoformat(week), 0) for week in begins]


def _by_week(history: HistoryFigures) -> dict[date, int]:
    found: dict[date, int] = {}
    try:
        start = date.fromisoformat(history.activity_start[:10])
        for number, row in enumerate(history.activity):
            if commits := sum(count for count in row[:24] if count > 0):
                week = _monday(start + timedelta(days=number))
                found[week] = found.get(week, 0) + commits
    except (ValueError, OverflowError):
        # No date, or one at the end of the calendar: what was counted until there stands.
        pass
    return found


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
