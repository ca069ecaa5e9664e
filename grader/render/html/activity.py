"""Where commits lie in days and hours, as the geometry of a small chart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from grader.render import labels as words
from grader.results import HistoryFigures

#: Days that the chart shows: the last ones, where a history is longer.
MAX_DAYS = 120
_WIDTH = 840  # pixels that all days share, as far as the steps allow
_MIN_STEP, _MAX_STEP = 9, 30  # pixels a day
_HOUR = 11  # pixels an hour
_LEFT, _TOP = 52, 6


@dataclass(frozen=True, kw_only=True, slots=True)
class ActivityCell:
    """An hour with commits: its place in the chart and how dark it is (1 to 4)."""

    x: int
    y: int
    level: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Day:
    """A day with commits; `first` and `last` are hours of the authors' clocks."""

    name: str
    commits: int
    first: int
    last: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Chart:
    """A chart of days × hours. `left_out` is the number of earlier days that are not shown."""

    width: int
    height: int
    cells: tuple[ActivityCell, ...]
    ticks: tuple[tuple[int, str], ...]
    hours: tuple[tuple[int, str], ...]
    days: tuple[Day, ...]
    left_out: int
    busiest: int
    day_width: int
    hour_height: int
    left: int


def chart(history: HistoryFigures) -> Chart | None:
    """Return the chart of a history, or None if there is nothing to draw."""
    left_out = max(len(history.activity) - MAX_DAYS, 0)
    rows = history.activity[left_out:]
    busiest = max((count for row in rows for count in row[:24]), default=0)
    if not busiest:
        return None
    start = _start(history, left_out)
    step = max(_MIN_STEP, min(_MAX_STEP, _WIDTH // len(rows)))
    cells = tuple(
        ActivityCell(
            x=_LEFT + day * step, y=_TOP + hour * _HOUR, level=min(4, 1 + 4 * (count - 1) // max(busiest, 4))
        )
        for day, row in enumerate(rows)
        for hour, count in enumerate(row[:24])
        if count > 0
    )
    days = tuple(
        Day(
            name=_name(start, day, left_out),
            commits=sum(row[:24]),
            first=min(hour for hour, count in enumerate(row[:24]) if count),
            last=max(hour for hour, count in enumerate(row[:24]) if count),
        )
        for day, row in enumerate(rows)
        if any(row[:24])
    )
    return Chart(
        width=_LEFT + len(rows) * step + 44,
        height=_TOP + 24 * _HOUR + 24,
        cells=cells,
        ticks=tuple((_LEFT + day * step, _name(start, day, left_out)) for day in range(0, len(rows), 7)),
        hours=tuple((_TOP + hour * _HOUR, f"{hour:02d}:00") for hour in (0, 6, 12, 18)),
        days=days,
        left_out=left_out,
        busiest=busiest,
        day_width=step - 2,
        hour_height=_HOUR - 2,
        left=_LEFT,
    )


def _start(history: HistoryFigures, left_out: int) -> date | None:
    try:
        return date.fromisoformat(history.activity_start[:10]) + timedelta(days=left_out)
    except (ValueError, OverflowError):
        return None


def _name(start: date | None, day: int, left_out: int) -> str:
    if start is None:
        return f"day {left_out + day + 1}"
    try:
        when = start + timedelta(days=day)
    except OverflowError:
        return f"day {left_out + day + 1}"
    return f"{when.day} {words.MONTHS[when.month - 1][:3]}"
