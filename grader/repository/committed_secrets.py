"""Committed secrets: which files are searched, and how a secret is reported without its value."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Protocol

from grader.parsing.plain_data import DataError, parse_json
from grader.parsing.plain_shapes import table
from grader.repository.faults import Evidence, SubmissionFault, evidence
from grader.secrets.rules import MAX_PLACES, redacted, spans
from grader.secrets.shapes import digest
from grader.secrets.table import Rule

#: Maximum number of secrets named per file, and of places searched in all files together.
_NAMED = 50
#: Maximum number of values kept for redaction; no secret is shorter than this many characters.
_VALUES = 200
_SHORTEST = 8
_ALL_PLACES = 300_000
_BINARY_BYTES = 8192
_NOTEBOOK_BYTES = 20 * 1024 * 1024
_CELLS = 5_000

_BOMS = ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))

#: Files that are not the group's own: vendored, or lock files (hashes).
_NOT_READ = re.compile(
    r"(?:^|/)(?:\.git|\.venv|venv|env|site-packages|node_modules|__pycache__|\.dvc/cache)/"
    r"|(?:^|/)[^/]*(?:\.lock|-lock\.json|-lock\.ya?ml|\.sum|\.resolved|\.md5|\.sha\d+)$",
    re.IGNORECASE,
)
#: Secrets in tests and examples may be made up: they are redacted but are no findings.
_MADE_UP = re.compile(
    r"(?:^|/)(?:tests?|testing|fixtures?|testdata|examples?|samples?|mocks?)/"
    r"|(?:^|/)(?:test_[^/]*|[^/]*_test|conftest)\.py$"
    r"|\.(?:example|sample|template|dist|tmpl)(?:\.[a-z]{1,6})?$",
    re.IGNORECASE,
)
#: Compressed formats, in which no secret is readable. A file that only has such a suffix is searched.
_MEDIA = re.compile(
    r"\.(?:png|jpe?g|gif|webp|bmp|tiff?|ico|heic|mp[34]|mov|avi|wav|ogg|flac|zip|gz|tgz|bz2|xz|zst|7z|rar|woff2?|npz|parquet)$",
    re.IGNORECASE,
)


class _Source(Protocol):
    """What the search needs of a submission."""

    @property
    def all_files(self) -> tuple[str, ...]: ...
    def bytes(self, path: str) -> bytes: ...
    def is_template(self, path: str) -> bool: ...


@dataclass(frozen=True)
class Secret:
    """A secret in a file: its kind, its place, and eight digits that distinguish it from others; never its value."""

    rule: str
    path: str
    line: int | None
    digest: str
    remedy: str

    @property
    def message(self) -> str:
        """How to fix it, for people."""
        return f"{self.remedy[:1].upper()}{self.remedy[1:]}."

    @property
    def evidence(self) -> Evidence:
        """The place, with the kind instead of the line's text."""
        return evidence(self.path, self.line, f"{self.rule} (not shown)")


@dataclass(frozen=True)
class Search:
    """The result of a search: secrets, files that could not be searched, and `values`, which never leave this process."""

    found: tuple[Secret, ...]
    unread: tuple[str, ...]
    values: frozenset[str] = field(repr=False)


def find_secrets(source: _Source) -> Search:
    """Search a submission's files."""
    paths = [path for path in source.all_files if not _NOT_READ.search(path)]
    most = min(MAX_PLACES, max(50, _ALL_PLACES // max(len(paths), 1)))
    found: list[Secret] = []
    unread: list[str] = []
    values: set[str] = set()
    for path in paths:
        try:
            if source.is_template(path):
                continue
            pairs = _in_file(path, source.bytes(path), most)
        except SubmissionFault:
            unread.append(path)
            continue
        values.update(value for _, value in pairs if len(values) < _VALUES)
        if not _MADE_UP.search(path):
            found += dict.fromkeys(secret for secret, _ in pairs)
    return Search(tuple(found), tuple(unread), frozenset(values))


def without(data: Any, values: frozenset[str]) -> Any:
    """Return JSON data with `values`, and everything that looks like a secret, redacted in every text."""
    if isinstance(data, str):
        for value in values:
            data = data.replace(value, "[removed: a secret]")
        return redacted(data) if len(data) >= _SHORTEST else data
    if isinstance(data, dict):
        return {without(key, values): without(value, values) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [without(item, values) for item in data]
    return data


def _in_file(path: str, data: bytes, most: int) -> list[tuple[Secret, str]]:
    if path.endswith(".ipynb") and (cells := _cells(data)) is not None:
        return _in_cells(path, data, cells, most)
    encoding = next((name for bom, name in _BOMS if data.startswith(bom)), "latin-1")
    binary = encoding == "latin-1" and b"\0" in data[:_BINARY_BYTES]
    if binary and _MEDIA.search(path):
        return []
    text = data.decode(encoding, "replace")
    return [
        (_secret(rule, path, None if binary else text.count("\n", 0, start) + 1, secret), secret)
        for rule, start, secret in _found(text, binary, most)
    ]


def _found(text: str, binary: bool, most: int) -> Iterator[tuple[Rule, int, str]]:
    for rule, start, end in islice(spans(text, binary=binary, most=most), _NAMED):
        yield rule, start, text[start:end]


def _secret(rule: Rule, path: str, line: int | None, secret: str) -> Secret:
    # Part of a digest of a secret that a person chose would help to guess it.
    known = "" if rule.guessable else digest(secret)
    return Secret(rule.name, path, line, known, rule.remedy)


def _cells(data: bytes) -> list[str] | None:
    """Return the sources of a notebook's cells (outputs are skipped: programs print them); None if it is not a notebook."""
    if len(data) > _NOTEBOOK_BYTES:
        return None
    try:
        found = parse_json(data)
    except DataError:
        return None
    cells = table(found).get("cells")
    if not isinstance(cells, list):
        return None
    return [_source(cell.get("source")) for cell in cells[:_CELLS] if isinstance(cell, dict)]


def _source(source: object) -> str:
    if isinstance(source, str):
        return source
    return "".join(part for part in source if isinstance(part, str)) if isinstance(source, Iterable) else ""


def _in_cells(path: str, data: bytes, cells: list[str], most: int) -> list[tuple[Secret, str]]:
    raw = data.decode("utf-8", "replace")
    found = []
    for rule, _, secret in _found("\n".join(cells), False, most):
        # A line of a cell is a JSON string of the file; if it is not found there as written, only the file is named.
        at = raw.find(json.dumps(secret.split("\n")[0])[1:-1])
        found.append((_secret(rule, path, raw.count("\n", 0, at) + 1 if at != -1 else None, secret), secret))
    return found
