"""`grader cache`: what is kept is named and sized, and what was not used for long goes, but for what somebody holds."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from grader.cli.main import app
from grader.grading.suite_cache import KeptSuite, SuiteCache
from grader.user_cache import cache_folder, exclusive

_DAY_S = 24 * 3600


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache with an environment, a clone, a result and a course of forty days ago and one of each of today."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("COLUMNS", "120")
    old = time.time() - 40 * _DAY_S
    folder = cache_folder()
    results = SuiteCache(folder / "results", "engine")
    for name, when in {"old": old, "new": time.time()}.items():
        site = folder / "environments" / "docker"
        for path in (
            site / name / "lib" / "a.py",
            site / ".manifests" / f"{name}.json",
            site / ".locks" / name,
        ):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("x" * 2000)
        clone = folder / "clones" / f"{name}.git"
        clone.mkdir(parents=True)
        (clone / "HEAD").write_text("ref")
        results.put(name, KeptSuite(key=name, state="s"))
        (entry,) = (folder / "results").rglob(f"{name}-*")
        course = folder / "courses" / f"{name}.json"
        course.parent.mkdir(exist_ok=True)
        course.write_text("[]")
        for path in (site / ".manifests" / f"{name}.json", clone, entry, course):
            os.utime(path, (when, when))
    return folder


def said(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["cache", *arguments])
    return done.exit_code, done.output


def names(cache: Path) -> set[str]:
    found = {path.name for path in (cache / "environments" / "docker").iterdir() if path.name[0] != "."}
    found |= {path.name for path in (cache / "clones").glob("*.git")}
    return found | {path.name.partition("-")[0] for path in (cache / "results").rglob("*.entry")}


def test_what_is_kept_is_told(cache: Path) -> None:
    code, text = said("info")
    assert code == 0
    rows = {line.split()[0]: line.split() for line in text.splitlines()[-4:]}
    assert rows["environments"][1:4] == ["2", "3.9", "KiB"]
    assert {row[1] for row in rows.values()} == {"2"}
    assert {tuple(row[-2:]) for row in rows.values()} == {("40", "days")}


def test_what_was_not_used_for_long_goes(cache: Path) -> None:
    code, text = said("prune", "--older-than", "30d")
    assert code == 0
    assert "removed 1 environment, 2.0 KiB" in text
    assert "removed 1 clone," in text
    assert "removed 1 result," in text
    assert "removed 1 course," in text
    assert names(cache) == {"new", "new.git"}
    assert not (cache / "environments" / "docker" / ".manifests" / "old.json").exists()


def test_what_somebody_holds_stays(cache: Path) -> None:
    with exclusive(cache / "clones" / "old.lock"):
        code, text = said("prune")
    assert code == 0
    assert "removed 0 clones, 0 bytes; 1 could not be removed" in text
    assert names(cache) == {"new", "new.git", "old.git"}


@pytest.mark.parametrize("age", ["0d", "30", "d", "a while"])
def test_an_age_is_a_number_of_days(cache: Path, age: str) -> None:
    done = CliRunner().invoke(app, ["cache", "prune", "--older-than", age])
    assert "at least 1d" in str(done.exception)
    assert names(cache) == {"new", "new.git", "old", "old.git"}
