"""What is kept of suites: whole or not at all, bounded, and nothing where it is damaged."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from grader.grading.suite_cache import MOST_ENTRIES, KeptSuite, SuiteCache
from grader.sandbox.protocol import CheckEvent, StudentPython

EVENT = CheckEvent.model_validate(
    {"event": "check", "check": "X1.a", "verdict": "passed", "points": 0.1, "message": "ä \u202e"}
)


def entry(state: str = "s" * 64, key: str = "k" * 64) -> KeptSuite:
    asked = (("read", ".", "a\u00e4.py"), ("glob", "x", "**", "*.md"))
    return KeptSuite(key=key, state=state, questions=asked, answers="d", spent_s=0.1, events=(EVENT,))


@pytest.fixture
def cache(tmp_path: Path) -> SuiteCache:
    made = SuiteCache(tmp_path / "results", "engine")
    made.put("slot", entry())
    return made


def files(cache: SuiteCache) -> list[Path]:
    return sorted(path for path in cache.folder.rglob("*") if path.is_file())


def test_what_was_put_comes_back(cache: SuiteCache) -> None:
    assert cache.get("slot", "k" * 64, "s" * 64) == entry()
    assert cache.get("slot", "k" * 64, "t" * 64) is None
    assert cache.get("slot", "l" * 64, "s" * 64) is None
    assert cache.get("other", "k" * 64, "s" * 64) is None
    assert list(cache.others("slot", "k" * 64)) == [entry()]
    # The name of a file has the beginning of both alone.
    assert cache.get("slot", "k" * 63 + "x", "s" * 64) is None
    assert cache.get("slot", "k" * 64, "s" * 63 + "x") is None
    student = StudentPython(missing={"a": "gone"}, day="2026-01-05", tools=("t",))
    cache.put("slot", entry().model_copy(update={"student": student}))
    found = cache.get("slot", "k" * 64, "s" * 64)
    assert found is not None
    assert found.student == student


@pytest.mark.parametrize("damage", [b"", b"x", b"x" * 32, b"x" * 4000])
def test_a_broken_entry_is_none_and_goes(cache: SuiteCache, damage: bytes) -> None:
    (path,) = files(cache)
    path.write_bytes(damage)
    assert cache.get("slot", "k" * 64, "s" * 64) is None
    assert files(cache) == []


@pytest.mark.parametrize("at", [0, 31, 32, 60, -1])
def test_one_bit_is_noticed(cache: SuiteCache, at: int) -> None:
    (path,) = files(cache)
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)
    assert list(cache.others("slot", "k" * 64)) == []
    assert files(cache) == []


def test_the_number_of_entries_is_bounded(cache: SuiteCache) -> None:
    for number in range(6):
        cache.put("slot", entry(state=f"{number}" * 64))
        os.utime(files(cache)[0])
    assert len(files(cache)) == MOST_ENTRIES
    cache.put("other", entry())
    cache.trim(most=0)
    assert files(cache) == []


def test_a_folder_that_cannot_be_written_to_keeps_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    cache = SuiteCache(tmp_path / "file", "engine")
    cache.put("slot", entry())
    assert cache.get("slot", "k" * 64, "s" * 64) is None
    cache.trim()


def test_text_that_is_none_keeps_nothing(cache: SuiteCache) -> None:
    cache.put("other", entry().model_copy(update={"answers": "\ud800"}))
    assert len(files(cache)) == 1
