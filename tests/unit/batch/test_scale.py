"""What `make scale` simulates is a run as any other: each submission graded once, whatever happens to it. No time is compared."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.bench.scale.class_at_scale import bills_of
from tests.bench.scale.real_crew import crew_cpu_s
from tests.bench.scale.simulated_crew import Happenings

SUBMISSIONS = 300


def attempts(out: Path) -> dict[str, tuple[str, int]]:
    with closing(sqlite3.connect(out / "results" / "journal.sqlite")) as journal:
        rows = journal.execute("SELECT id, status, attempts FROM submissions").fetchall()
    return {name: (status, count) for name, status, count in rows}


def test_each_is_graded_once_and_stands_afterwards(tmp_path: Path) -> None:
    happenings = Happenings(durations=(1.0, 60.0), unfetched=0, lost=0, stuck=0)
    fresh, again = bills_of(SUBMISSIONS, tmp_path, happenings)
    assert (fresh.graded, fresh.ungraded, fresh.gradings) == (SUBMISSIONS, 0, SUBMISSIONS)
    assert (again.graded, again.ungraded, again.losses) == (SUBMISSIONS, 0, 0)
    found = attempts(tmp_path)
    assert len(found) == SUBMISSIONS
    assert set(found.values()) == {("graded", 1)}
    assert (tmp_path / "results" / "submissions" / "owner-299-project" / "result.json").is_file()


def test_what_happens_to_one_stops_no_other(tmp_path: Path) -> None:
    happenings = Happenings(durations=(1.0, 60.0), unfetched=0.1, lost=0.1, stuck=0.02)
    fresh, again = bills_of(SUBMISSIONS, tmp_path, happenings)
    assert fresh.losses > 0
    assert fresh.ungraded > 0
    assert fresh.graded + fresh.ungraded == SUBMISSIONS
    assert fresh.gradings > SUBMISSIONS
    # What could not be graded is tried again, and what was stands.
    assert again.gradings < SUBMISSIONS + fresh.ungraded
    assert again.graded > fresh.graded
    assert {count for _, count in attempts(tmp_path).values()} >= {1, 2}


def test_a_real_crew_listens_to_all(tmp_path: Path) -> None:
    assert crew_cpu_s(20, tmp_path) > 0
    assert set(attempts(tmp_path).values()) == {("ungraded", 1)}
