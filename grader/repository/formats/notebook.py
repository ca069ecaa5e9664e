"""Jupyter notebooks of a submission: cells, their code as plain Python, and outputs only on request."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from grader.parsing.plain_shapes import listed, table
from grader.repository.faults import Evidence, SubmissionFault, evidence
from grader.repository.formats.notebook_magics import without_magics
from grader.repository.formats.structured import json_data
from grader.repository.python.by_name import ByName
from grader.repository.python.nodes import Function
from grader.repository.python.python_file import PythonFile
from grader.repository.python.source_text import parse_python

#: Outputs are most of what is large.
MAX_BYTES = 48 * 1024 * 1024
MAX_CELLS = 5_000
MAX_OUTPUT = 64 * 1024
#: The minor version of format 4 that all are read as: the last one without ids; and one that does not exist.
_MINOR = 4
_SEARCHED = 200_000
_MINOR_TOO_NEW = 1_000
#: What nbformat raises where a file is none of a notebook.
_NO_NOTEBOOK = (ValueError, TypeError, LookupError, AttributeError, AssertionError, RecursionError)


@dataclass(frozen=True)
class Cell:
    """A cell: its 1-based number, `kind` (code, markdown, raw), source, execution count (None: never run)."""

    number: int
    kind: str
    source: str
    execution_count: int | None


class Notebook:
    """One notebook: `.path`, `.cells`, `.code`, `.functions`, `.kernel`.

    `load` reads the file's text; it is called again for outputs, which are not cached.

    Raises:
        SubmissionFault: on construction: not JSON, not a notebook, too large, or invalid.
    """

    def __init__(self, path: str, load: Callable[[], str]) -> None:
        self.path = path
        self._load = load
        data = _parse(load(), path)
        for cell in data["cells"]:
            if cell.get("cell_type") == "code":
                cell["outputs"] = []
        _validate(data, path)
        self.cells = tuple(_cell(number, cell) for number, cell in enumerate(data["cells"], start=1))
        metadata = data["metadata"]
        self.kernel = str(metadata.get("kernelspec", {}).get("name", ""))
        self.language = str(metadata.get("language_info", {}).get("name", ""))

    def __repr__(self) -> str:
        return f"Notebook({self.path!r})"

    @property
    def code_cells(self) -> tuple[Cell, ...]:
        """The code cells that are not blank."""
        return tuple(cell for cell in self.cells if cell.kind == "code" and cell.source.strip())

    @cached_property
    def _parts(self) -> tuple[list[str], list[SubmissionFault]]:
        good, broken = [], []
        for cell in self.code_cells:
            try:
                good.append(_plain_python(cell.source, f"{self.path} (cell {cell.number})"))
            except SubmissionFault as fault:
                broken.append(
                    SubmissionFault(fault.message, evidence(self.path, None, f"cell {cell.number}"))
                )
        return good, broken

    @property
    def code(self) -> str:
        """The code cells as one Python text, with IPython's magics replaced; cells that are not Python are skipped."""
        return "\n\n".join(self._parts[0])

    @property
    def broken_cells(self) -> list[SubmissionFault]:
        """The faults of the code cells that `code` skips."""
        return list(self._parts[1])

    @cached_property
    def python(self) -> PythonFile:
        """The code as a Python file; its line numbers refer to `code`, not to the notebook."""
        return PythonFile(self.path, self.code)

    @property
    def functions(self) -> ByName[Function]:
        """The functions that its cells define."""
        return self.python.functions

    @property
    def outputs(self) -> list[tuple[int, str]]:
        """(cell number, text) of every text output, each cut to 64 KiB. Images and HTML are skipped."""
        found = []
        for number, cell in enumerate(_parse(self._load(), self.path)["cells"], start=1):
            for output in listed(cell, "outputs"):
                text = _output_text(output)
                if text:
                    found.append((number, text[:MAX_OUTPUT]))
        return found

    def evidence(self, cell: Cell | int | None = None, text: str = "") -> Evidence:
        """Return evidence at a cell, or its number; `text` defaults to the cell's first line."""
        number = cell.number if isinstance(cell, Cell) else cell
        if number is None:
            return evidence(self.path, None, text)
        if not text and 0 < number <= len(self.cells):
            text = self.cells[number - 1].source.strip().partition("\n")[0]
        return evidence(self.path, None, f"cell {number}: {text}")


def _parse(text: str, path: str) -> dict[str, Any]:
    if problem := _no_json(text):
        raise SubmissionFault(f"{path} {problem}", evidence(path, 1))
    data: dict[str, Any] = json_data(text, path)
    version = table(data).get("nbformat")
    if type(version) is int and 0 < version < 4:
        data, version = _converted(text, path), 4
    data = _mended(data) if isinstance(data, dict) else data
    cells = table(data).get("cells")
    if version != 4 or not isinstance(cells, list) or not all(isinstance(cell, dict) for cell in cells):
        raise SubmissionFault(f"{path} is no Jupyter notebook of format 4.", evidence(path))
    if len(cells) > MAX_CELLS:
        raise SubmissionFault(f"{path} has more than {MAX_CELLS} cells.", evidence(path))
    return data


def _no_json(text: str) -> str:
    """Return what a file holds that is called a notebook and was never one; empty if it may be one."""
    if not text.strip():
        return "is empty: not valid JSON."
    if text.startswith("version https://git-lfs.github.com/spec/"):
        return "is a pointer of Git LFS: its content is not in a clone without Git LFS."
    if re.search(r"^(?:<{7}|>{7}) ", text[:_SEARCHED], re.MULTILINE):
        return "has marks of a merge that was not resolved (`<<<<<<<`): not valid JSON."
    return ""


def _mended(data: dict[str, Any]) -> dict[str, Any]:
    """Return a notebook's data without what makes it invalid and Jupyter opens all the same, with a warning.

    These are ids, metadata of tools, keys of another minor version, outputs where none belong, and what is left out.
    """
    known: dict[str, Any] = {
        key: data[key] for key in ("cells", "nbformat", "nbformat_minor", "metadata") if key in data
    }
    known.setdefault("nbformat_minor", _MINOR)
    if isinstance(known["nbformat_minor"], int) and known["nbformat_minor"] < _MINOR_TOO_NEW:
        known["nbformat_minor"] = _MINOR
    metadata = known.setdefault("metadata", {})
    if isinstance(metadata, dict):
        kept = {
            key: metadata[key] for key in ("kernelspec", "language_info") if metadata.get(key) is not None
        }
        for key, missing in (("kernelspec", "display_name"), ("language_info", "version")):
            if isinstance(kept.get(key), dict):
                kept[key] = {missing: "", "name": "", **kept[key]}
        known["metadata"] = kept
    cells = known.get("cells")
    if isinstance(cells, list):
        known["cells"] = [_mended_cell(cell) if isinstance(cell, dict) else cell for cell in cells]
    return known


def _mended_cell(cell: dict[str, Any]) -> dict[str, Any]:
    kind = "markdown" if cell.get("cell_type") == "heading" else cell.get("cell_type")
    if kind not in ("code", "markdown", "raw"):
        return cell
    mended = {"cell_type": kind, "metadata": {}, "source": cell.get("source", "")}
    if kind == "code":
        count = cell.get("execution_count")
        mended |= {"execution_count": count if isinstance(count, int) else None}
        mended |= {"outputs": listed(cell, "outputs")}
    return mended


def _converted(text: str, path: str) -> dict[str, Any]:
    """Return the data of a notebook of an older format as format 4, as Jupyter opens it."""
    with _nbformat_faults(path) as nbformat:
        converted: dict[str, Any] = json_data(nbformat.writes(nbformat.reads(text, as_version=4)), path)
    return converted


def _validate(data: dict[str, Any], path: str) -> None:
    with _nbformat_faults(path) as nbformat:
        nbformat.validate(data)


@contextmanager
def _nbformat_faults(path: str) -> Iterator[Any]:
    import nbformat  # 0.2 s: only runs that read a notebook pay for it

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield nbformat
        except nbformat.ValidationError as problem:
            what = " ".join(str(problem.message).split())[:200]
            raise SubmissionFault(f"{path} is no valid notebook: {what}.", evidence(path)) from None
        except _NO_NOTEBOOK:
            raise SubmissionFault(f"{path} is no valid notebook.", evidence(path)) from None


def _cell(number: int, data: dict[str, Any]) -> Cell:
    count = data.get("execution_count")
    return Cell(number, data["cell_type"], _joined(data["source"]), count if isinstance(count, int) else None)


def _joined(source: Any) -> str:
    text = "".join(map(str, source)) if isinstance(source, list) else str(source)
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")


def _output_text(output: Any) -> str:
    found = table(output)
    text = found.get("text") or table(found, "data").get("text/plain") or found.get("evalue")
    return _joined(text) if text else ""


def _plain_python(source: str, path: str) -> str:
    """Return a cell as Python: unchanged if it parses, else without magics."""
    try:
        parse_python(source, path, newest=False)
    except SubmissionFault:
        source = without_magics(source)
        parse_python(source, path)
    return source
