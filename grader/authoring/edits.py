"""Changes to the files of an exercise, as `proof.toml` writes them for mutants and oracles."""

from __future__ import annotations

import shutil
from pathlib import Path

from pydantic import BaseModel, ConfigDict


class Edit(BaseModel):
    """One change to one file: replace a text that is there exactly once, or all of it, or remove the file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str
    find: str | None = None
    replace: str | None = None
    content: str | None = None
    delete: bool = False


class Variant(BaseModel):
    """The solution with changes: the one in the fields here, those in `edits`, or another history (`recipe`)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    path: str | None = None
    find: str | None = None
    replace: str | None = None
    content: str | None = None
    delete: bool = False
    edits: tuple[Edit, ...] = ()
    recipe: str | None = None

    def changes(self) -> tuple[Edit, ...]:
        """Return every edit, the one in the variant's own fields first."""
        if self.path is None:
            return self.edits
        own = Edit(
            path=self.path, find=self.find, replace=self.replace, content=self.content, delete=self.delete
        )
        return (own, *self.edits)


def apply_edit(edit: Edit, folder: Path) -> None:
    """Make one change to the files of a folder. Raises ValueError or OSError where it does not fit."""
    path = folder / edit.path
    if edit.delete:
        path.unlink()
        return
    if edit.content is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(edit.content, encoding="utf-8")
        return
    if edit.find is None or edit.replace is None:
        raise ValueError("an edit has `find` and `replace`, or `content`, or `delete`")
    text = path.read_text(encoding="utf-8")
    if text.count(edit.find) != 1:
        raise ValueError(f"{edit.path} holds {edit.find!r} {text.count(edit.find)} times, not once")
    path.write_text(text.replace(edit.find, edit.replace), encoding="utf-8")


def make_variant(variant: Variant, base: Path, folder: Path) -> None:
    """Copy a folder and change the copy; a base that is not there is an empty one (a recipe has its files).

    Raises:
        ValueError: a change does not fit.
        OSError: a file to change is not there.
    """
    if base.is_dir():
        shutil.copytree(base, folder)
    else:
        folder.mkdir(parents=True)
    for edit in variant.changes():
        apply_edit(edit, folder)
