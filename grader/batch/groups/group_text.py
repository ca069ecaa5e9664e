"""The text of a group list, whatever program wrote it: bounded, in UTF-8, UTF-16 with a mark, or Windows' own."""

from __future__ import annotations

import codecs
from pathlib import Path

from grader.errors import UsageError, path_error

#: A list of a thousand groups has a hundred thousand bytes.
MAX_LIST_BYTES = 4 * 1024 * 1024


def read_text(path: Path) -> str:
    """Return the text of a list.

    Raises:
        UsageError: it cannot be read, or is none.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_LIST_BYTES + 1)
    except (OSError, ValueError) as problem:
        raise path_error(path, problem) from problem
    if len(data) > MAX_LIST_BYTES:
        raise UsageError(f"{path} is larger than {MAX_LIST_BYTES // 1024**2} MiB, so it is no group list.")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        text = data.decode("utf-16", "replace")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("cp1252", "replace")
    if "\0" in text:
        raise UsageError(f"{path} is no text, so it is no group list.", "Export it as CSV in UTF-8.")
    return text
