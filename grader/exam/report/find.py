"""Find the exam report in a folder, and lists like its checklist: bounded, regular files only, no symlinks."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path, PurePosixPath

from grader.exam.checklist.boxes import Checklist, enough_boxes
from grader.exam.checklist.course_boxes import ChecklistBox
from grader.exam.checklist.ticks import box_lines, has_boxes
from grader.exam.report.edition import Edition
from grader.exam.report.headings import HeadingPatterns
from grader.exam.report.outline import count_headings, may_have_questions
from grader.exam.report_data import EXPECTED

#: A larger report is read this far.
MAX_REPORT_BYTES = 2 * 1024 * 1024

#: How many Markdown files are looked into, and how much they may weigh together.
_MAX_CANDIDATES = 200
_MAX_CANDIDATE_BYTES = 8 * 1024 * 1024

#: How many files with enough headings, or boxes, are read block by block.
_MAX_READ = 20

#: A Markdown file with a third of the questions is a report, whatever its name.
_ENOUGH = 3

_MARKDOWN = (".md", ".markdown", ".mdown", ".mkd", ".qmd", ".rmd")
_FOREIGN = {"node_modules", "site-packages", "venv", "env", "__pycache__"}
_LIKELY = re.compile(r"report|rapport|exam|eksamen|answer|question|checklist", re.I)


class _Template:
    """What a course's template tells a report by: the words of its newest edition, and where it is asked for.

    Args:
        editions: newest first, at least one.
        expected: the path that the course asks for.
    """

    def __init__(self, editions: Sequence[Edition], expected: str) -> None:
        wording = editions[0].wording
        self.headings = HeadingPatterns(wording.question, wording.question_also)
        self.enough = max(1, len(editions[0].questions) // _ENOUGH)
        self._expected = expected
        filler = r"[ \t]+".join(
            r"\d{1,2}" if word == "{number}" else re.escape(word) for word in wording.placeholder.split()
        )
        self._placeholder = re.compile(rf"-{{2,3}}[ \t]*{filler}", re.I)
        mark = re.escape(wording.answer.rstrip(":").strip())
        self._answered = re.compile(rf"^[ \t>*_]{{0,12}}{mark}[*_]{{0,3}}:[*_ \t]{{0,6}}\w", re.I | re.M)

    def is_filled(self, text: str, questions: int) -> bool:
        """Return whether most questions have lost the placeholder, or have an answer on the line of the mark."""
        left = len(self._placeholder.findall(text)) - len(self._answered.findall(text))
        return questions - left >= self.enough

    def rank(self, path: str) -> tuple[int, int, bool] | None:
        """Return how well a path is named like the expected one, the best first; None where it is not."""
        parts, wanted = PurePosixPath(path).parts, PurePosixPath(self._expected).parts
        if not parts or parts[-1].casefold() != wanted[-1].casefold():
            return None
        if path.casefold() == self._expected.casefold():
            return (0, len(parts), path != self._expected)
        if len(parts) < 2 or len(wanted) < 2:
            return None
        # `reports`, or `report`.
        folders = {wanted[-2], wanted[-2].removesuffix("s")}
        if parts[-2].casefold() not in {folder.casefold() for folder in folders}:
            return None
        return (1, len(parts), parts[-1] != wanted[-1] or parts[-2] not in folders)


def find_report(root: Path, paths: Iterable[str], editions: Sequence[Edition]) -> str | None:
    """Return the path of the exam report among `paths` (relative, POSIX), or None: the first of `find_reports`."""
    return next(iter(find_reports(root, paths, editions)), None)


def find_reports(
    root: Path, paths: Iterable[str], editions: Sequence[Edition], expected: str = EXPECTED
) -> list[str]:
    """Return every exam report among `paths`, the one to read first; none where the course has no exam.

    In this order: the expected path; then a file of its name in a folder of that name (`reports` or `report`)
    anywhere, the shallowest first; then any Markdown file with a third of the questions. The exact spelling goes
    before one that differs in case only. One that nobody filled in goes behind one with as many answers. A file
    of the right name but without questions is the answer only where no other one has them.

    Args:
        root: the folder that `paths` are relative to.
        paths: what to choose from; whatever is no regular file below `root` is passed over.
        editions: the course's editions, newest first.
        expected: the path that the course asks for.
    """
    if not editions:
        return []
    template = _Template(editions, expected)
    markdown = _markdown(paths)
    ranks = {path: template.rank(path) for path in markdown}
    named = sorted((path for path in ranks if ranks[path] is not None), key=lambda path: (ranks[path], path))
    others = [path for path in markdown if ranks[path] is None and _is_own(path)]
    found: list[tuple[bool, int, str]] = []
    readable = []
    looked_at = 0
    for position, (path, text) in enumerate(_texts(root, [*named, *others])):
        if ranks[path] is not None:
            readable.append(path)
        if looked_at < _MAX_READ and may_have_questions(text, template.headings, template.enough):
            looked_at += 1
            questions = count_headings(text, template.headings)
            if questions >= template.enough:
                found.append((not template.is_filled(text, questions), position, path))
    if any(not empty for empty, _, _ in found):
        return [path for _, _, path in sorted(found)]
    return [path for _, _, path in found] or readable[:1]


def find_checklists(
    root: Path, paths: Iterable[str], report: str | None, course: Sequence[ChecklistBox]
) -> tuple[Checklist, ...]:
    """Return the lists of boxes in other Markdown files than the report, the shallowest first.

    Files in hidden folders are left out: the course's template ships a list for an assistant in `.github`.

    Args:
        root: the folder that `paths` are relative to.
        paths: what to look into; whatever is no regular file below `root` is passed over.
        report: the path of the exam report, whose own list is none of these.
        course: the course's checklist; without one there is nothing to look for.
    """
    if not course:
        return ()
    fewest = enough_boxes(course)
    own = [path for path in _markdown(paths) if path != report and _is_own(path)]
    own.sort(key=lambda path: (path.count("/"), path))
    texts = ((path, text.split("\n")) for path, text in _texts(root, own))
    lists = islice(((path, lines) for path, lines in texts if has_boxes(lines, fewest)), _MAX_READ)
    found = ((path, box_lines(lines)) for path, lines in lists)
    return tuple(Checklist(path, boxes) for path, boxes in found if len(boxes) >= fewest)


def load_report(root: Path, path: str) -> str:
    """Return the text of a report that `find_report` named; what is beyond 2 MB is left out.

    UTF-8 (or UTF-16 with its mark), else Windows' Western European encoding; the byte order mark is dropped.

    Raises:
        FileNotFoundError: no regular file there, or a symlink on the way.
    """
    data = _read(root, path, MAX_REPORT_BYTES)
    if data is None:
        raise FileNotFoundError(f"{path} is no regular file.")
    return _decoded(data)


def _decoded(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", errors="replace")
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as problem:
        # A character cut in half at the end of what was read is no sign of another encoding.
        if len(data) - problem.start < 4 and len(data) >= MAX_REPORT_BYTES - 3:
            return data[: problem.start].decode("utf-8")
        return data.decode("cp1252", errors="replace")


def _markdown(paths: Iterable[str]) -> list[str]:
    """Return the Markdown files of `paths`; those whose name sounds like a report first, then the shallowest."""
    found = [path for path in paths if path.casefold().endswith(_MARKDOWN)]
    return sorted(found, key=lambda path: (_LIKELY.search(path) is None, path.count("/"), path))


def _is_own(path: str) -> bool:
    """Return whether a file can be the group's own text: in no hidden folder, nor one of installed packages."""
    return not any(part.startswith(".") or part in _FOREIGN for part in PurePosixPath(path).parts)


def _texts(root: Path, paths: list[str]) -> Iterator[tuple[str, str]]:
    """Return what can be read of `paths`, with plain line ends, as far as there is room."""
    weight = 0
    for path in paths[:_MAX_CANDIDATES]:
        data = _read(root, path, MAX_REPORT_BYTES)
        if data is None:
            continue
        weight += len(data)
        if weight > _MAX_CANDIDATE_BYTES:
            return
        yield path, _decoded(data).replace("\r\n", "\n").replace("\r", "\n")


def _read(root: Path, path: str, limit: int) -> bytes | None:
    """Return at most `limit` bytes of a regular file below `root`, or None for anything else and behind a symlink."""
    parts = PurePosixPath(path).parts
    if not parts or path.startswith("/") or "\0" in path or ".." in parts:
        return None
    try:
        folder = root
        for part in parts[:-1]:
            folder = folder / part
            if not stat.S_ISDIR(folder.lstat().st_mode):
                return None
        target = folder / parts[-1]
        if not stat.S_ISREG(target.lstat().st_mode):
            return None
        flags = (
            os.O_RDONLY
            | getattr(os, "O_NOFOLLOW", 0)
            | getattr(os, "O_NONBLOCK", 0)
            | getattr(os, "O_BINARY", 0)
        )
        descriptor = os.open(target, flags)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                return None
            return file.read(limit)
    except (OSError, ValueError):
        return None
