"""Group lists: who hands in which repository, from a table, TOML, a plain list, or a folder of clones and zip files."""

from __future__ import annotations

from pathlib import Path

from grader.batch.groups.group_columns import GroupColumns, load_columns
from grader.batch.groups.group_csv import looks_like_a_table, read_table
from grader.batch.groups.group_folder import read_folder
from grader.batch.groups.group_rows import GroupRow, checked
from grader.batch.groups.group_text import read_text
from grader.batch.groups.group_toml import read_group_toml
from grader.batch.groups.plain_list import read_plain_list

__all__ = ["GroupColumns", "GroupRow", "load_columns", "read_groups"]


def read_groups(
    path: Path, *, columns: GroupColumns | None = None, allow_local: bool = False
) -> tuple[GroupRow, ...]:
    """Return the groups of a list, in its order; a row that is wrong has a `problem`, and the others are there all the same.

    Args:
        path: a table (CSV, with commas, semicolons or tabs), a TOML file, a list with a source a line, or a folder.
        columns: how the course names its columns.
        allow_local: whether rows may name folders and zip files on this machine; what lies in a folder that is named may.

    Raises:
        UsageError: the list cannot be read, or there is no group in it.
    """
    columns = columns or GroupColumns()
    if path.is_dir():
        return checked(read_folder(path), path, allow_local=True)
    text = read_text(path)
    if path.suffix.lower() == ".toml":
        rows = read_group_toml(text, path)
    elif path.suffix.lower() in {".csv", ".tsv"} or looks_like_a_table(text, columns):
        rows = read_table(text, path, columns)
    else:
        rows = read_plain_list(text)
    return checked(rows, path, allow_local=allow_local, columns=columns)
