"""Commits a week, from the activity that results tell: of a class, and of one submission."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from grader.results import HistoryFigures, Result, WeekOfClass

#: A course has a dozen weeks; dates of commits are whatever a clock said, so what lies outside of a year's half is left out.
MAX_WEEKS = 26


def weeks(results: Sequence[Result]) -> tuple[WeekOfClass, ...]:
    """Return the weeks from the first to the last commit of a class, at most half a year back from when it was graded."""
    by_submission = [_by_week(result.history) for result in results]
    last = max((_monday(result.started_at.date()) for result in results), default=None)
    if last is None:
        return ()
    first = last - timedelta(weeks=MAX_WEEKS - 1)
    used = [week for counts in by_submission for week in counts if first <= week <= last]
    if not used:
        return ()
    span = range((max(used) - min(used)).days // 7 + 1)
    return tuple(
        WeekOfClass(
            begins=week.isoformat(),
            commits=sum(counts.get(week, 0) for counts in by_submission),
            active=sum(counts.get(week, 0) > 0 for counts in by_submission),
        )
        for week in (min(used) + timedelta(weeks=number) for number in span)
    )


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
