"""The journal of an output folder: ids, claims of the living and the dead, words for what is wrong with the file."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from grader.batch.journal import NAME, Journal, Made, Wanted, open_journal
from grader.errors import GradingError, UsageError

MADE = Made(settings="s", state="c", revision="abc", digest="d", duration_s=3.0)
ONE = Wanted(key="/work/one", source="one", id="one")
#: A run of another process, that claims what it is told and then ends without a word.
_DIES = """
import os, sys
from pathlib import Path
from grader.batch.journal import Journal
journal = Journal(Path(sys.argv[1]))
assert journal.claim("/work/one") is not None
os._exit(9)
"""
#: One that lives until its stdin is closed.
_LIVES = _DIES.replace("os._exit(9)", "print('claimed', flush=True); sys.stdin.read()")


def test_ids_are_free_and_stay(tmp_path: Path) -> None:
    with open_journal(tmp_path) as journal:
        other = Wanted(key="/elsewhere/one", source="elsewhere/one", id="one")
        assert [row.id for row in journal.plan([ONE, other])] == ["one", "one-2"]
    with open_journal(tmp_path) as journal:
        assert [row.id for row in journal.plan([other])] == ["one-2"]
        assert [row.source for row in journal.entries()] == ["one", "elsewhere/one"]


def test_what_failed_later_leaves_the_earlier_result_known(tmp_path: Path) -> None:
    with open_journal(tmp_path) as journal:
        journal.plan([ONE])
        journal.claim(ONE.key)
        journal.graded(ONE.key, MADE)
        journal.claim(ONE.key)
        journal.ungraded(ONE.key, "no network")
        (row,) = journal.entries()
    assert (row.status, row.reason, row.made, row.attempts) == ("ungraded", "no network", MADE, 2)


def test_what_a_dead_run_has_claimed_is_taken_over(tmp_path: Path) -> None:
    with open_journal(tmp_path) as journal:
        journal.plan([ONE])
        died = subprocess.run([sys.executable, "-c", _DIES, str(tmp_path)])
        assert died.returncode == 9
        assert journal.entries()[0].run not in (None, journal.run)
        taken = journal.claim(ONE.key)
    assert taken is not None
    assert taken.attempts == 2


def test_what_a_living_run_has_claimed_is_its_own(tmp_path: Path) -> None:
    with open_journal(tmp_path) as journal:
        journal.plan([ONE])
        with subprocess.Popen(
            [sys.executable, "-c", _LIVES, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as other:
            assert other.stdout is not None
            assert other.stdout.readline()
            assert journal.claim(ONE.key) is None
            # Nor can this one write over it.
            journal.graded(ONE.key, MADE)
            assert journal.entries()[0].status == "planned"


def test_a_claim_of_another_host_stays_while_that_run_gives_signs_of_life(tmp_path: Path) -> None:
    with open_journal(tmp_path, silent_s=0) as journal:
        journal.plan([ONE])
        with closing(sqlite3.connect(tmp_path / NAME, isolation_level=None)) as database:
            database.execute("INSERT INTO runs VALUES (77, 'another-host:1:1', 0)")
            database.execute("UPDATE submissions SET run = 77")
            for _ in range(3):
                # Each look sees another sign.
                assert journal.claim(ONE.key) is None
                database.execute("UPDATE runs SET beats = beats + 1 WHERE number = 77")
            assert journal.claim(ONE.key) is None
        assert journal.claim(ONE.key) is not None


def test_a_run_that_was_taken_for_dead_holds_nothing(tmp_path: Path) -> None:
    with open_journal(tmp_path) as journal:
        journal.plan([ONE])
        journal.claim(ONE.key)
        assert journal.holds(ONE.key)
        journal.beat()
        with closing(sqlite3.connect(tmp_path / NAME, isolation_level=None)) as database:
            database.execute("UPDATE submissions SET run = 77")
        assert not journal.holds(ONE.key)


def test_the_end_of_a_run_ends_its_claims(tmp_path: Path) -> None:
    def stopped() -> None:
        with open_journal(tmp_path) as journal:
            journal.plan([ONE])
            journal.claim(ONE.key)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()
    with open_journal(tmp_path) as journal:
        assert [(row.status, row.run) for row in journal.entries()] == [("planned", None)]


def test_what_is_no_journal_is_named(tmp_path: Path) -> None:
    (tmp_path / NAME).write_text("groups: ada, grace\n" * 100)
    with pytest.raises(UsageError, match="no journal"):
        Journal(tmp_path)
    (tmp_path / "later").mkdir()
    with closing(sqlite3.connect(tmp_path / "later" / NAME)) as database:
        database.execute("PRAGMA user_version = 99")
    with pytest.raises(UsageError, match="another version"):
        Journal(tmp_path / "later")


def test_a_full_disk_is_named_and_loses_nothing(tmp_path: Path) -> None:
    with open_journal(tmp_path) as journal:
        journal.plan([ONE])
        with closing(sqlite3.connect(tmp_path / NAME, isolation_level=None)) as database:
            (pages,) = database.execute("PRAGMA page_count").fetchone()
        # SQLite says the same of a file that may not grow as of a disk that is full.
        journal._database.execute(f"PRAGMA max_page_count = {pages}")
        many = [Wanted(key=f"/work/{number}", source="x" * 500, id=f"g{number}") for number in range(200)]
        with pytest.raises(GradingError, match="full"):
            journal.plan(many)
        assert [row.id for row in journal.entries()] == ["one"]
