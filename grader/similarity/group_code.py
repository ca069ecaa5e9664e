"""The code of a group: its Python files and the code cells of its notebooks, as tokens, within limits. Nothing of it is run."""

from __future__ import annotations

import time
from array import array
from bisect import bisect_right
from collections.abc import Collection, Container, Iterable
from dataclasses import dataclass, field

from grader.repository.faults import SubmissionFault
from grader.repository.files import Files
from grader.repository.formats.notebook import Notebook
from grader.repository.formats.notebook_magics import without_magics
from grader.repository.globs import is_generated
from grader.repository.python.python_file import PythonFile
from grader.repository.python.roles import CourseWords
from grader.settings import SimilarityLimits
from grader.similarity.code_tokens import Word, coded, own_names, read_words
from grader.similarity.winnowed import Prints, fingerprint, gram_hashes

#: Folders of code that somebody else wrote, beside those that every view leaves out.
_VENDORED = frozenset(
    ("vendor", "vendored", "_vendor", "third_party", "thirdparty", "third-party", "external", "extern")
)
_SUFFIXES = (".py", ".pyw", ".ipynb")


@dataclass(frozen=True, kw_only=True)
class CodeFile:
    """A file as tokens.

    Attributes:
        code: two characters a token.
        lines: of each token, its line in the text that was read.
        cells: of a notebook, the lines before each code cell, and the number of that cell.
    """

    path: str
    code: str
    lines: array[int]
    cells: tuple[tuple[int, int], ...] = ()
    prints: Prints = field(default_factory=Prints)

    def place(self, line: int) -> tuple[int | None, int]:
        """Return a line as people name it: the number of the cell, where there are cells, and the line in there."""
        if not self.cells:
            return None, line
        before, cell = self.cells[max(0, bisect_right(self.cells, (line - 1, 1 << 30)) - 1)]
        return cell, line - before


@dataclass(frozen=True, kw_only=True)
class GroupCode:
    """What was read of a repository.

    Attributes:
        files: those with code of its own.
        texts: of these, by path.
        handed_out: hashes of the code in its untouched files of the course: what others may have changed a little.
        left_out: what was not read, and why.
    """

    files: tuple[CodeFile, ...] = ()
    texts: dict[str, str] = field(default_factory=dict)
    handed_out: frozenset[int] = frozenset()
    left_out: tuple[str, ...] = ()

    @property
    def tokens(self) -> int:
        """All tokens."""
        return sum(len(file.lines) for file in self.files)

    @property
    def own_tokens(self) -> int:
        """The tokens that the course did not hand out."""
        return sum(file.prints.mask.count(0) for file in self.files)


@dataclass(frozen=True, kw_only=True)
class HandedOut:
    """What the course handed out, which is nobody's own work.

    Attributes:
        blobs: ids of files that are left out as they are.
        grams: hashes of code that does not count, see `grams_of`.
        words: tell the course's scripts, however they were changed.
    """

    blobs: Collection[str] = frozenset()
    grams: Container[int] = frozenset()
    words: CourseWords = field(default_factory=CourseWords)


@dataclass(frozen=True, kw_only=True)
class _ReadFile:
    path: str
    text: str
    cells: tuple[tuple[int, int], ...]
    words: list[Word]
    of_course: bool


def read_code(
    files: Files,
    *,
    course: HandedOut | None = None,
    limits: SimilarityLimits | None = None,
) -> GroupCode:
    """Return the code of a group.

    Args:
        files: of its repository.
        course: what it handed out.
        limits: how much is read.
    """
    course, limits = course or HandedOut(), limits or SimilarityLimits()
    until = time.process_time() + limits.cpu_s
    left_out: list[str] = []
    sources = list(_sources(files, course, limits, until, left_out))
    own = own_names(word for source in sources for word in source.words)
    found: list[CodeFile] = []
    of_course: set[int] = set()
    for number, source in enumerate(sources):
        if time.process_time() > until:
            left_out.append(_rest(len(sources) - number, limits))
            break
        code = coded(source.words, own)
        if source.of_course:
            of_course.update(gram_hashes(code))
            continue
        found.append(
            CodeFile(
                path=source.path,
                code=code,
                lines=array("I", [word.line for word in source.words]),
                cells=source.cells,
                prints=fingerprint(code, course.grams),
            )
        )
    texts = {source.path: source.text for source in sources}
    return GroupCode(
        files=tuple(found),
        texts={file.path: texts[file.path] for file in found},
        handed_out=frozenset(of_course),
        left_out=tuple(left_out),
    )


def grams_of(folders: Iterable[Files], limits: SimilarityLimits | None = None) -> frozenset[int]:
    """Return the hashes of all code in folders, as those of what the course handed out."""
    limits = limits or SimilarityLimits()
    found: set[int] = set()
    for files in folders:
        sources = list(_sources(files, HandedOut(), limits, time.process_time() + limits.cpu_s, []))
        own = own_names(word for source in sources for word in source.words)
        for source in sources:
            found.update(gram_hashes(coded(source.words, own)))
    return frozenset(found)


def _sources(
    files: Files, course: HandedOut, limits: SimilarityLimits, until: float, left_out: list[str]
) -> Iterable[_ReadFile]:
    """Yield the files with code, each text once; what cannot be read is named in `left_out`."""
    paths = [path for path in files.paths if path.lower().endswith(_SUFFIXES) and not _is_vendored(path)]
    seen: set[str] = set()
    read = tokens = 0
    for number, path in enumerate(paths):
        blob = files.blobs.get(path, "")
        if blob and blob in seen:
            continue
        seen.add(blob)
        if read >= limits.files or tokens >= limits.tokens or time.process_time() > until:
            left_out.append(_rest(len(paths) - number, limits))
            return
        read += 1
        try:
            text, cells = _text(files, path, limits)
        except SubmissionFault as fault:
            left_out.append(fault.message)
            continue
        words, why = read_words(text)
        if why:
            left_out.append(f"{path} was read in part: {why}.")
        if tokens + len(words) > limits.tokens:
            words = words[: limits.tokens - tokens]
            left_out.append(f"{path} was read in part: the group has more than {limits.tokens} tokens.")
        tokens += len(words)
        if words:
            yield _ReadFile(
                path=path,
                text=text,
                cells=cells,
                words=words,
                of_course=_is_of_course(path, text, blob, course),
            )


def _is_of_course(path: str, text: str, blob: str, course: HandedOut) -> bool:
    if blob in course.blobs:
        return True
    if path.endswith(".ipynb") or not course.words.scripts:
        return False
    try:
        return course.words.has_script(PythonFile(path, text))
    except SubmissionFault:
        return False


def _rest(count: int, limits: SimilarityLimits) -> str:
    return (
        f"{count} more files were not read: the limits are {limits.files} files, {limits.tokens} tokens, "
        f"and {limits.cpu_s:g} s."
    )


def _is_vendored(path: str) -> bool:
    return is_generated(path) or not _VENDORED.isdisjoint(path.lower().split("/")[:-1])


def _text(files: Files, path: str, limits: SimilarityLimits) -> tuple[str, tuple[tuple[int, int], ...]]:
    cells: list[tuple[int, int]] = []
    if path.lower().endswith(".ipynb"):
        notebook = Notebook(path, lambda: files.text(path, limits.notebook_bytes))
        texts = []
        before = 0
        for cell in notebook.code_cells:
            # One line more or less would shift all places behind.
            text = without_magics(cell.source)
            text = text if text.count("\n") == cell.source.count("\n") else _commented(cell.source, text)
            texts.append(text)
            cells.append((before, cell.number))
            before += text.count("\n") + 1
        found = "\n".join(texts)
        if len(found) > limits.file_bytes:
            raise SubmissionFault(f"{path} holds more than {limits.file_bytes // 1024} KiB of code.")
    else:
        found = files.text(path, limits.file_bytes)
    if any(len(line) > limits.line_chars for line in found.split("\n")):
        raise SubmissionFault(f"{path} has a line of more than {limits.line_chars} characters.")
    return found, tuple(cells)


def _commented(source: str, text: str) -> str:
    """Return the code of a cell below the lines of magic that were taken away, as comments."""
    missing = source.count("\n") - text.count("\n")
    return "#\n" * missing + text if missing > 0 else text
