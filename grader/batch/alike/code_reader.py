"""What a process does that reads the code of groups: fetch a repository, read it within limits, and leave its texts on disk."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from grader.batch.fetching import Fetching
from grader.batch.scratch import use_folder
from grader.errors import GraderError
from grader.render.pseudonymous import NameHider
from grader.repository.files import Files
from grader.settings import SimilarityLimits
from grader.similarity.group_code import GroupCode, HandedOut, read_code


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What all repositories are read with: how they are fetched, what the course handed out, and where texts are left."""

    fetching: Fetching
    course: HandedOut
    limits: SimilarityLimits
    texts: Path
    pseudonymous: bool


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
    """The code of a group, without its texts; or why it was not read."""

    number: int
    code: GroupCode = field(default_factory=GroupCode)
    commit: str = ""
    problem: str = ""


_reading: list[Reading] = []


def begin(reading: Reading, scratch: Path) -> None:
    """Begin in a new process."""
    _reading[:] = [reading]
    use_folder(scratch / f"reader-{os.getpid()}")


def read_group(one: ToRead) -> ReadGroup:
    """Fetch and read a repository. It never raises what a repository can be the reason of."""
    (reading,) = _reading
    hiding = NameHider(one.source, one.members, one.id) if reading.pseudonymous else None
    hide: Callable[[str], str] = hiding.text if hiding else str
    folder = Path(tempfile.mkdtemp(prefix="similar-"))
    try:
        submission = reading.fetching(one.source, folder / "files", commit=one.commit or None)
        if hiding:
            hiding.note(submission)
        files = Files(submission.root, submission.blobs)
        code = read_code(files, course=reading.course, limits=reading.limits)
        names = {file.path: hide(file.path) for file in code.files}
        # Lines are counted by now: a name is replaced within its line.
        texts = {names[path]: _by_lines(text, hide) for path, text in code.texts.items()}
        text_file(reading.texts, one.number).write_text(json.dumps(texts), encoding="utf-8")
        return ReadGroup(
            number=one.number,
            code=replace(
                code,
                files=tuple(replace(file, path=names[file.path]) for file in code.files),
                texts={},
                left_out=tuple(map(hide, code.left_out)),
            ),
            commit=submission.commit,
        )
    except GraderError as problem:
        return ReadGroup(number=one.number, problem=hide(str(problem)))
    except Exception as problem:  # noqa: BLE001 - the fault of one repository stops no other
        return ReadGroup(
            number=one.number, problem=f"The grader failed to read it: {type(problem).__name__}."
        )
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def text_file(folder: Path, number: int) -> Path:
    """Return where the texts of a group are left: by path, as JSON."""
    return folder / f"{number}.json"


def _by_lines(text: str, hide: Callable[[str], str]) -> str:
    hidden = hide(text)
    if hidden.count("\n") == text.count("\n"):
        return hidden
    return "\n".join(hide(line).replace("\n", " ") for line in text.split("\n"))
