"""Versions of the day of the commit, chosen for real: uv and an index that says when a file was uploaded."""

from __future__ import annotations

from pathlib import Path

import pytest
from packaging.version import Version

from grader.environment import Environment, Overrides, Requirements, prepare_local


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path


def made(*entries: str, day: str, overrides: Overrides | None = None) -> Environment:
    return prepare_local(
        Requirements(entries=entries, day=day), overrides=overrides or Overrides(), progress=lambda line: None
    )


def test_versions_are_those_of_the_day() -> None:
    of_the_day = made("packaging", "typer", day="2025-01-20")
    assert of_the_day.installed["packaging"] == "24.2"
    assert of_the_day.day == "2025-01-20"
    of_today = made("packaging", "typer", day="")
    assert Version(of_today.installed["packaging"]) > Version("24.2")
    assert of_today.day == ""


def test_what_the_course_decides_on_and_what_it_needs_have_no_day() -> None:
    overrides = Overrides(override={"fastapi": "==0.116.0"})
    environment = made("fastapi", "packaging", day="2025-01-20", overrides=overrides)
    assert environment.installed["fastapi"] == "0.116.0"
    assert environment.installed["packaging"] == "24.2"
    # fastapi 0.116 asks for nothing so new; what it needs may still be of today.
    assert Version(environment.installed["starlette"]) >= Version("0.46")
    assert environment.day == "2025-01-20"


def test_a_package_from_after_the_day_loses_it_and_is_named() -> None:
    environment = made("packaging", "fastapi>=0.116", day="2025-01-20")
    assert environment.installed["packaging"] == "24.2"
    assert Version(environment.installed["fastapi"]) >= Version("0.116")
    assert environment.notes["fastapi"] == "in a version of today"
    assert environment.missing == {}


def test_a_name_that_no_index_has_does_not_cost_the_others_their_day() -> None:
    environment = made("packaging", "no-such-package-of-ours", day="2025-01-20")
    assert set(environment.missing) == {"no-such-package-of-ours"}
    assert environment.installed["packaging"] == "24.2"


def test_a_version_that_was_old_on_the_day_is_none_of_the_day() -> None:
    # six 1.16.0 is of May 2021 and was the newest one on the day; 1.17.0 came in December 2024.
    environment = made("six", day="2024-01-20")
    assert Version(environment.installed["six"]) > Version("1.16.0")


def test_what_is_newer_than_the_day_is_named_with_the_version_of_the_day() -> None:
    """speechbrain/speechbrain#2856: what the course decides on is newer than the code, and that excuses."""
    overrides = Overrides(override={"fastapi": "==0.116.0"})
    before = made("fastapi", day="2025-01-20", overrides=overrides).changed
    assert before["fastapi"] == "0.115.6 is of the day 2025-01-20, has 0.116.0"
    # starlette comes with it, and no day limits it.
    assert before["starlette"].startswith("0.45.2 is of the day")
    assert "fastapi" not in made("fastapi", day="2025-08-20", overrides=overrides).changed
    # What was asked for by its version is what was asked for.
    assert "fastapi" not in made("fastapi==0.116.0", day="2025-01-20", overrides=overrides).changed


def test_a_lock_file_asks_for_a_version_too() -> None:
    locked = Requirements(entries=("packaging",), constraints=("packaging==23.0",))
    overrides = Overrides(override={"packaging": "==24.2"})
    environment = prepare_local(locked, overrides=overrides, progress=lambda line: None)
    assert environment.changed == {"packaging": "locked to ==23.0, has 24.2"}
