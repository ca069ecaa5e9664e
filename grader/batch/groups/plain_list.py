"""A plain list: a source a line. What follows a `#`, at the start or after a blank, is a comment."""

from __future__ import annotations

import re

from grader.batch.groups.group_rows import RawRow, clean

_COMMENT = re.compile(r"(?:^|\s)#.*")


def read_plain_list(text: str) -> list[RawRow]:
    """Return a row for each line that names a source."""
    lines = (
        (number, clean(_COMMENT.sub("", line))) for number, line in enumerate(text.splitlines(), start=1)
    )
    return [RawRow(place=f"line {number}", source=source) for number, source in lines if source]
