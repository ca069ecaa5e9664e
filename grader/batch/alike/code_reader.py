"""What a process does that reads the code of groups: fetch a repository, read it within limits, and leave its texts on disk."""

from __future__ import annotations

import json
import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from grader.batch.fetching import Fetching
from grader.batch.scratch import use_folder
from grader.errors import GraderError
from grader.exam.report_data import ReportData
from grader.render.pseudonymous import Pseudonyms
from grader.render.pseudonymous.people_of import Identity, identities
from grader.repository.files import Files
from grader.settings import SimilarityLimits
from grader.similarity.group_code import GroupCode, HandedOut, read_code
from grader.submission import Submission


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What all repositories are read with: how they are fetched, what the course handed out, and where texts are left.

    Attributes:
        about: what the course says of study numbers, where names are to be hidden.
    """

    fetching: Fetching
    course: HandedOut
    limits: SimilarityLimits
    texts: Path
    about: ReportData | None


@dataclass(frozen=True, kw_only=True)
class ToRead:
    """A repository: its number, where it is, whose it is, and the commit, if not the last one."""

    number: int
    id: str
    source: str
    members: tuple[str, ...] = ()
    commit: str = ""


@dataclass(frozen=True, kw_only=True)
class ReadGroup:
    """The code of a group, without its texts, or why it was not read; and whose names it holds, if they are to be hidden."""

    number: int
    code: GroupCode = field(default_factory=GroupCode)
    commit: str = ""
    problem: str = ""
    people: tuple[Identity, ...] = ()


_reading: list[Reading] = []


def begin(reading: Reading, scratch: Path | None = None) -> None:
    """Say what all that follow are read with; a new process makes its temporary files in `scratch`."""
    _reading[:] = [reading]
    if scratch is not None:
        # The process that started this one is told, too, and ends it.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        use_folder(scratch / f"reader-{os.getpid()}")


def read_group(one: ToRead) -> ReadGroup:
    """Fetch and read a repository. It never raises what a repository can be the reason of."""
    (reading,) = _reading
    folder = Path(tempfile.mkdtemp(prefix="similar-", dir=reading.texts.parent))
    submission = None
    try:
        submission = reading.fetching(one.source, folder / "files", commit=one.commit or None)
        code = read_code(
            Files(submission.root, submission.blobs), course=reading.course, limits=reading.limits
        )
        text_file(reading.texts, one.number).write_text(json.dumps(code.texts), encoding="utf-8")
        return ReadGroup(
            number=one.number,
            code=replace(code, texts={}, left_out=tuple(map(_hide(one, submission, reading), code.left_out))),
            commit=submission.commit,
            people=_people(one, submission, reading.about),
        )
    except GraderError as problem:
        return ReadGroup(number=one.number, problem=_hide(one, submission, reading)(str(problem)))
    except Exception as problem:  # noqa: BLE001 - the fault of one repository stops no other
        return ReadGroup(
            number=one.number, problem=f"The grader failed to read it: {type(problem).__name__}."
        )
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _people(one: ToRead, submission: Submission | None, about: ReportData | None) -> tuple[Identity, ...]:
    if about is None:
        return ()
    return tuple(identities(members=one.members, submission=submission, source=one.source, about=about))


def _hide(one: ToRead, submission: Submission | None, reading: Reading) -> Callable[[str], str]:
    if reading.about is None:
        return str
    return pseudonyms(_people(one, submission, reading.about), one.source, one.id, reading.about).text


def pseudonyms(people: Sequence[Identity], source: str, name: str, about: ReportData) -> Pseudonyms:
    """Return what takes the names of a group out of a text, and its source."""
    # What is written of a folder has its whole path.
    place = os.path.abspath(source) if source and os.path.exists(source) else source
    return Pseudonyms(people, place, name, about)


def text_file(folder: Path, number: int) -> Path:
    """Return where the texts of a group are left: by path, as JSON."""
    return folder / f"{number}.json"
