"""The journal of an output folder: what was to be graded, what became of it, and who is at it (SQLite).

A submission has one row, whatever runs named it. A run claims a row before it grades, and writes what became of it after its
files are in place: so a run that is killed loses what was in flight, and the next one takes over what a dead run has claimed.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Literal

from grader.errors import GradingError, UsageError
from grader.sandbox.owners import host_of, is_gone, owner
from grader.settings import BatchLimits

NAME = "journal.sqlite"
#: Of the tables below; a journal of another version is refused.
_VERSION = 1
#: Seconds in which another run has to be through with a change.
_BUSY_S = 60.0

_TABLES = """
CREATE TABLE runs (number INTEGER PRIMARY KEY AUTOINCREMENT, owner TEXT NOT NULL, beats INTEGER NOT NULL DEFAULT 0);
CREATE TABLE submissions (
    key TEXT PRIMARY KEY,
    source TEXT NOT NULL,
    id TEXT NOT NULL UNIQUE,
    status TEXT NOT NULL DEFAULT 'planned' CHECK (status IN ('planned', 'graded', 'ungraded')),
    reason TEXT NOT NULL DEFAULT '',
    attempts INTEGER NOT NULL DEFAULT 0,
    settings TEXT NOT NULL DEFAULT '',
    state TEXT NOT NULL DEFAULT '',
    revision TEXT NOT NULL DEFAULT '',
    digest TEXT NOT NULL DEFAULT '',
    duration_s REAL NOT NULL DEFAULT 0,
    run INTEGER REFERENCES runs (number)
);
"""
_COLUMNS = "key, source, id, status, reason, attempts, settings, state, revision, digest, duration_s, run"

Status = Literal["planned", "graded", "ungraded"]


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A submission to grade: what tells it from others in the folder, its source as it may be shown, the id it should have."""

    key: str
    source: str
    id: str


@dataclass(frozen=True, kw_only=True)
class Made:
    """What a journal keeps of a result, to know later whether it would be the same again.

    Attributes:
        settings: digest of the grader, the course, the sandbox and the options.
        state: digest of what was fetched.
        revision: the commit, for people.
        digest: of the file with the result.
        duration_s: seconds from the fetch to the reports.
    """

    settings: str
    state: str
    revision: str
    digest: str
    duration_s: float


@dataclass(frozen=True, kw_only=True)
class JournalRow:
    """A row. `status` is what became of it last; `made` is the last result, which a later failure leaves in place.

    `run` is the run that is at it, alive or not; None if there is none. `attempts` counts how often its grading began.
    """

    key: str
    source: str
    id: str
    status: Status
    reason: str
    attempts: int
    made: Made | None
    run: int | None


class Journal:
    """The journal of `folder`, made if there is none. Each change is a transaction: whole or not at all, for all runs."""

    def __init__(self, folder: Path, silent_s: float = BatchLimits().silent_s) -> None:
        self.path = folder / NAME
        self._silent_s = silent_s
        #: Of runs on other hosts: how often they gave a sign of life, and when that was first seen here.
        self._seen: dict[int, tuple[int, float]] = {}
        with self._words():
            folder.mkdir(parents=True, exist_ok=True)
            self._database = sqlite3.connect(self.path, timeout=_BUSY_S, isolation_level=None)
        try:
            with self._change() as database:
                (version,) = database.execute("PRAGMA user_version").fetchone()
                if version == 0:
                    for statement in filter(str.strip, _TABLES.split(";")):
                        database.execute(statement)
                    database.execute(f"PRAGMA user_version = {_VERSION}")
                elif version != _VERSION:
                    raise UsageError(
                        f"{self.path} is the journal of another version of the grader.",
                        "Name another folder with --out.",
                    )
                self.run = int(
                    database.execute("INSERT INTO runs (owner) VALUES (?)", [owner()]).lastrowid or 0
                )
        except BaseException:
            self._database.close()
            raise

    def plan(self, wanted: list[Wanted]) -> list[JournalRow]:
        """Add what has no row yet, with an id that no other row has; return the rows of all that is wanted, in its order."""
        with self._change() as database:
            for one in wanted:
                if database.execute("SELECT 1 FROM submissions WHERE key = ?", [one.key]).fetchone():
                    continue
                database.execute(
                    "INSERT INTO submissions (key, source, id) VALUES (?, ?, ?)",
                    [one.key, one.source, free_id(one.id, partial(_is_taken, database))],
                )
            return [_entry(database, one.key) for one in wanted]

    def claim(self, key: str) -> JournalRow | None:
        """Claim a row for this run and return it; None if another run that is alive is at it."""
        with self._change() as database:
            entry = _entry(database, key)
            if entry.run is not None and entry.run != self.run and not self._is_over(entry.run):
                return None
            database.execute(
                "UPDATE submissions SET run = ?, attempts = attempts + 1 WHERE key = ?", [self.run, key]
            )
            return replace(entry, run=self.run, attempts=entry.attempts + 1)

    def holds(self, key: str) -> bool:
        """Return whether this run has claimed the row: one that slept for long may have been taken for dead."""
        with self._words():
            return _entry(self._database, key).run == self.run

    def beat(self) -> None:
        """Give a sign of life, for runs on other hosts."""
        with self._change() as database:
            database.execute("UPDATE runs SET beats = beats + 1 WHERE number = ?", [self.run])

    def graded(self, key: str, made: Made) -> None:
        """Write that the row's result is in place, and end the claim."""
        with self._change() as database:
            database.execute(
                "UPDATE submissions SET status = 'graded', reason = '', settings = ?, state = ?, revision = ?, "
                "digest = ?, duration_s = ?, run = NULL WHERE key = ? AND run = ?",
                [made.settings, made.state, made.revision, made.digest, made.duration_s, key, self.run],
            )

    def stands(self, key: str) -> None:
        """Write that nothing changed, so that the row's result stands, and end the claim, which was none to grade."""
        with self._change() as database:
            database.execute(
                "UPDATE submissions SET status = 'graded', reason = '', attempts = attempts - 1, run = NULL "
                "WHERE key = ? AND run = ?",
                [key, self.run],
            )

    def ungraded(self, key: str, reason: str) -> None:
        """Write why the row could not be graded, and end the claim."""
        with self._change() as database:
            database.execute(
                "UPDATE submissions SET status = 'ungraded', reason = ?, run = NULL WHERE key = ? AND run = ?",
                [reason, key, self.run],
            )

    def release(self) -> None:
        """End all claims of this run: what became of those rows before stays."""
        with self._change() as database:
            database.execute("UPDATE submissions SET run = NULL WHERE run = ?", [self.run])

    def entries(self) -> list[JournalRow]:
        """Return all rows, in the order in which they were first wanted."""
        with self._words():
            return _all_rows(self._database)

    def owner_of(self, run: int) -> str:
        """Return the process that a run is, or was."""
        with self._words():
            return _owner(self._database, run)

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def _is_over(self, run: int) -> bool:
        """Return whether a run is dead: its process is gone or, on another host, silent for long. No two clocks are compared."""
        who = _owner(self._database, run)
        if is_gone(who):
            return True
        if not who or host_of(who) == host_of(owner()):
            return not who
        (beats,) = self._database.execute("SELECT beats FROM runs WHERE number = ?", [run]).fetchone()
        seen, since = self._seen.get(run, (None, 0.0))
        if seen != beats:
            self._seen[run] = (beats, time.monotonic())
            return False
        return time.monotonic() - since > self._silent_s

    @contextmanager
    def _change(self) -> Iterator[sqlite3.Connection]:
        with self._words():
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield self._database
                self._database.execute("COMMIT")
            except BaseException:
                if self._database.in_transaction:
                    self._database.execute("ROLLBACK")
                raise

    @contextmanager
    def _words(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as problem:
            raise GradingError(
                f"{self.path} cannot be read or written: {problem}.",
                "Free space, or name another folder with --out.",
            ) from problem
        except sqlite3.DatabaseError as problem:
            raise UsageError(
                f"{self.path} is no journal of the grader: {problem}.",
                "Remove it, or name another folder with --out.",
            ) from problem
        except OSError as problem:
            raise GradingError(f"{self.path} cannot be written: {problem.strerror}.") from problem


def read_journal(folder: Path) -> list[JournalRow]:
    """Return the rows of a folder's journal, which is not written: it may be on a disk that cannot be.

    Raises:
        UsageError: there is none, it is damaged, or of another version of the grader.
    """
    path = folder / NAME
    if not path.is_file():
        raise UsageError(
            f"{folder} is no output folder of `grader grade`: it has no {NAME}.",
            "Give the folder that --out named.",
        )
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as database:
            (version,) = database.execute("PRAGMA user_version").fetchone()
            if version != _VERSION:
                raise UsageError(f"{path} is the journal of another version of the grader.")
            return _all_rows(database)
    except sqlite3.Error as problem:
        raise UsageError(f"{path} cannot be read: {problem}.", "Copy the folder anew.") from problem


@contextmanager
def open_journal(folder: Path, silent_s: float = BatchLimits().silent_s) -> Iterator[Journal]:
    """Open the journal of a folder for a block; whatever ends the block, the claims of this run end with it."""
    with closing(Journal(folder, silent_s)) as journal:
        try:
            yield journal
        finally:
            journal.release()


def free_id(wanted: str, is_taken: Callable[[str], bool]) -> str:
    """Return an id that is not taken: the one that is wanted, else with a number behind it."""
    chosen, number = wanted, 2
    while is_taken(chosen):
        chosen, number = f"{wanted}-{number}", number + 1
    return chosen


def _is_taken(database: sqlite3.Connection, name: str) -> bool:
    return database.execute("SELECT 1 FROM submissions WHERE id = ?", [name]).fetchone() is not None


def _all_rows(database: sqlite3.Connection) -> list[JournalRow]:
    found = database.execute(f"SELECT {_COLUMNS} FROM submissions ORDER BY rowid")  # noqa: S608 - ours
    return [_row(row) for row in found]


def _owner(database: sqlite3.Connection, run: int) -> str:
    found = database.execute("SELECT owner FROM runs WHERE number = ?", [run]).fetchone()
    return str(found[0]) if found else ""


def _entry(database: sqlite3.Connection, key: str) -> JournalRow:
    return _row(database.execute(f"SELECT {_COLUMNS} FROM submissions WHERE key = ?", [key]).fetchone())  # noqa: S608 - ours


def _row(row: tuple[str, str, str, Status, str, int, str, str, str, str, float, int | None]) -> JournalRow:
    key, source, name, status, reason, attempts, settings, state, revision, digest, duration_s, run = row
    made = Made(settings=settings, state=state, revision=revision, digest=digest, duration_s=duration_s)
    return JournalRow(
        key=key,
        source=source,
        id=name,
        status=status,
        reason=reason,
        attempts=attempts,
        made=made if digest else None,
        run=run,
    )
