"""Which submission is next, how many at once, and how much is left."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.batch.jobs import jobs_for
from grader.batch.journal import JournalRow, Made
from grader.batch.schedule import Schedule
from grader.sandbox.local_room import local_room
from grader.sandbox.protocol import Room
from grader.settings import BatchLimits, Limits
from tests.cpu import ends_within
from tests.memory_sandbox import MemorySandbox

GIB = 2**30


def row(name: str, took_s: float | None, settings: str = "old") -> JournalRow:
    made = Made(settings=settings, state="c", revision="c", digest="d", duration_s=took_s) if took_s else None
    return JournalRow(
        key=name,
        source=name,
        id=name,
        status="graded" if made else "planned",
        reason="",
        attempts=0,
        made=made,
        run=None,
    )


def order(schedule: Schedule) -> list[str]:
    found = []
    while (entry := schedule.next()) is not None:
        found.append(entry.id)
    return found


def test_what_took_long_goes_first_and_what_probably_stands_last() -> None:
    rows = [
        row("short", 2),
        row("new", None),
        row("stands", 90, "now"),
        row("long", 60),
        row("also new", None),
    ]
    assert order(Schedule(rows, "now")) == ["long", "new", "also new", "short", "stands"]
    assert order(Schedule(rows, "now", again=True))[0] == "stands"


def test_without_memory_the_order_is_that_of_the_command() -> None:
    assert order(Schedule([row("b", None), row("a", None)], "now")) == ["b", "a"]


def test_what_is_put_back_or_held_comes_again() -> None:
    schedule = Schedule([row("a", None), row("b", None)], "now")
    first = schedule.next()
    assert first is not None
    schedule.put_back(first.key)
    assert order(schedule) == ["b", "a"]
    schedule.hold("b")
    assert [entry.id for entry in schedule.held] == ["b"]
    schedule.look_again()
    assert order(schedule) == ["b"]


def test_what_is_left_counts_what_waits_and_what_runs() -> None:
    schedule = Schedule([row("a", 30), row("b", 10), row("c", None)], "now")
    assert schedule.left_s((), jobs=1) == 60
    assert schedule.left_s((), jobs=2) == 30
    first = schedule.next()
    assert first is not None
    assert schedule.left_s({first.key}, jobs=1) == 60
    assert schedule.left_s((), jobs=1) == 30
    assert Schedule([row("a", None)], "now").left_s((), jobs=1) is None


def test_what_a_run_learns_stands_for_what_nobody_knows() -> None:
    schedule = Schedule([row("a", None), row("b", None), row("stands", 90, "now")], "now", again=False)
    first = schedule.next()
    assert first is not None
    schedule.learn(10)
    assert schedule.left_s((), jobs=1) == 50
    assert schedule.left_s({first.key}, jobs=1) == 100
    schedule.hold(first.key)
    assert schedule.left_s((), jobs=1) == 100
    schedule.look_again()
    assert len(order(schedule)) == 3
    assert schedule.left_s((), jobs=1) == 0


def test_a_step_takes_the_same_time_in_a_class_of_any_size() -> None:
    rows = [row(str(number), number % 60 if number % 2 else None) for number in range(50_000)]

    def all_of_them() -> None:
        schedule = Schedule(rows, "now")
        while (entry := schedule.next()) is not None:
            schedule.learn(5)
            schedule.left_s([entry.key], jobs=2)

    ends_within(10, all_of_them)


class Machine(MemorySandbox):
    """A sandbox on a machine of another size."""

    def __init__(self, cpus: float, memory: int) -> None:
        super().__init__()
        self._room = Room(cpus=cpus, memory_bytes=memory)

    def room(self) -> Room:
        return self._room


@pytest.mark.parametrize(
    ("cpus", "memory", "jobs"),
    [(4, 64 * GIB, 4), (0.5, 64 * GIB, 1), (2, 2 * GIB, 1), (64, 8 * GIB, 2)],
)
def test_cores_and_memory_say_how_many_at_once(cpus: float, memory: int, jobs: int) -> None:
    # This machine fetches and renders, and could be the smaller one.
    room = local_room()
    limits = BatchLimits(job_bytes=max(1, room.memory_bytes // 1000), spare_bytes=GIB)
    found = jobs_for(Machine(cpus, memory), Limits(memory_bytes=3 * GIB), limits)
    assert found == jobs


@pytest.mark.parametrize(
    ("files", "cpus", "memory"),
    [
        ({"cpu.max": "150000 100000\n", "memory.max": "104857600\n"}, 1.5, 104857600),
        (
            {
                "cpu/cpu.cfs_quota_us": "50000\n",
                "cpu/cpu.cfs_period_us": "100000\n",
                "memory/memory.limit_in_bytes": "1000000\n",
            },
            0.5,
            1000000,
        ),
    ],
)
def test_a_container_has_what_it_was_given(
    tmp_path: Path, files: dict[str, str], cpus: float, memory: int
) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    whole = local_room(tmp_path / "no groups")
    assert local_room(tmp_path) == Room(cpus=min(cpus, whole.cpus), memory_bytes=memory)


def test_no_limit_is_none(tmp_path: Path) -> None:
    whole = local_room(tmp_path / "no groups")
    (tmp_path / "cpu.max").write_text("max 100000\n")
    (tmp_path / "memory.max").write_text("max\n")
    (tmp_path / "memory").mkdir()
    (tmp_path / "memory/memory.limit_in_bytes").write_text("9223372036854771712\n")
    assert local_room(tmp_path) == whole
