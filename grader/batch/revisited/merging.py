"""Output folders of `grade` put together: parts of a class that several machines graded, or a class graded in several runs."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from grader import render
from grader.batch import parts
from grader.batch.journal import Journal, JournalRow, Wanted, open_journal, read_journal
from grader.batch.overview import INDEX, folder_of, same_commits, write_overview
from grader.batch.reuse import kept_result
from grader.errors import GradingError, UsageError
from grader.results import Result


@dataclass(frozen=True, kw_only=True)
class Merged:
    """What came together: the overview, how many submissions it has, and what is worth knowing of them, for people."""

    index: Path
    graded: int
    ungraded: int
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class _Kept:
    """A submission of one of the folders; no result where it has none that stands."""

    folder: Path
    row: JournalRow
    result: Result | None


def merge(folders: Sequence[Path], out: Path, reports: Path) -> Merged:
    """Put the submissions of output folders into one, with their journal and an overview of all.

    What is in `out` already stays. Of a submission that several folders have, the last one that has a result counts.

    Args:
        folders: of `grade`, on a disk of this machine; they are read alone.
        out: the folder of all: the same `grade` on the whole list goes on there.
        reports: of the course pack.

    Raises:
        UsageError: a folder is none, two were graded with different course packs, or two submissions have one id.
        GradingError: `out` cannot be written.
    """
    found = [_parts_of(folder) for folder in folders]
    there = _parts_of(out) if (out / "journal.sqlite").is_file() else []
    remarks = _alike([*there, *(part for parts_of_one in found for part in parts_of_one)])
    chosen = _chosen(found, there)
    with open_journal(out) as journal, parts.folder(out, journal) as into:
        for part in chosen.values():
            remarks += _take(part, journal, out, into)
        outcomes = write_overview(journal, out, reports)
    results = [one for one in outcomes.values() if isinstance(one, Result)]
    return Merged(
        index=out / INDEX,
        graded=len(results),
        ungraded=len(outcomes) - len(results),
        remarks=(*remarks, *same_commits(results)),
    )


def _parts_of(folder: Path) -> list[_Kept]:
    return [
        _Kept(folder=folder, row=row, result=kept_result(row.made, folder_of(folder, row.id)))
        for row in read_journal(folder)
    ]


def _alike(found: Sequence[_Kept]) -> list[str]:
    """Refuse results of different course packs; return what else differs between them and may change a verdict."""
    remarks: list[str] = []
    by_course: dict[str, Path] = {}
    by_engine: dict[tuple[str, str, str], Path] = {}
    for part in found:
        if part.result is None:
            continue
        info = part.result.grader
        by_course.setdefault(info.course_digest, part.folder)
        by_engine.setdefault((info.version, info.sandbox, info.image_digest), part.folder)
    if len(by_course) > 1:
        named = "; ".join(f"{folder}: {digest[:19]}" for digest, folder in by_course.items())
        raise UsageError(
            f"These folders were graded with different course packs, so their points do not compare ({named}).",
            "Grade all parts with one checkout of the course.",
        )
    if len(by_engine) > 1:
        named = "; ".join(
            f"{folder}: {version}, {sandbox} {image[:19]}".rstrip()
            for (version, sandbox, image), folder in by_engine.items()
        )
        remarks.append(f"Not all parts were graded by the same grader in the same image ({named}).")
    return remarks


def _chosen(found: Sequence[Sequence[_Kept]], there: Sequence[_Kept]) -> dict[str, _Kept]:
    """Return the part that counts of each submission; two submissions under one id are refused.

    Their order is one of each folder in turn: with shards in their order that is the order of the list.
    """
    in_turn = [part.row.key for several in zip_longest(*found) for part in several if part is not None]
    keys = {part.row.id: part for part in there}
    best: dict[str, _Kept] = {}
    for part in (part for one in found for part in one):
        other = keys.setdefault(part.row.id, part)
        if other.row.key != part.row.key:
            raise UsageError(
                f"Two submissions are called {part.row.id}: {other.row.source} of {other.folder} and {part.row.source} of "
                f"{part.folder}.",
                "Grade parts of one list with --shard: there each has an id of its own.",
            )
        before = best.get(part.row.key)
        if before is None or part.result is not None or before.result is None:
            best[part.row.key] = part
    return {key: best[key] for key in in_turn}


def _take(part: _Kept, journal: Journal, out: Path, into: Path) -> list[str]:
    """Copy the reports of a submission, and write its row; return what is worth knowing."""
    row = part.row
    (planned,) = journal.plan([Wanted(key=row.key, source=row.source, id=row.id)])
    if part.result is None and (planned.made is not None or row.status == "planned"):
        return []
    if journal.claim(row.key) is None:
        return [f"{planned.id} is being graded by another run into {out}, and is left to it."]
    if part.result is None or row.made is None:
        reason = row.reason or "Its result is gone, or was changed since: grade it again."
        journal.ungraded(row.key, reason)
        return []
    written = into / planned.id
    try:
        written.mkdir()
        for name, _ in render.FORMATS.values():
            report = folder_of(part.folder, row.id) / name
            if report.is_file() and not report.is_symlink():
                shutil.copyfile(report, written / name)
    except OSError as problem:
        raise GradingError(
            f"{part.folder} cannot be copied to {out}: {problem.strerror}.", "Free space, and merge again."
        ) from problem
    parts.put_in_place(written, folder_of(out, planned.id), whole=True)
    journal.graded(row.key, row.made)
    return []
