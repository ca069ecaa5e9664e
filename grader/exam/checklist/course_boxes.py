"""The boxes of the project checklist, as a course pack describes them in TOML."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from grader.course.course_data import CourseData, build, read_toml, tables
from grader.errors import CourseError


class ChecklistBox(CourseData):
    """A checklist item. `label` is the line as printed, without its module; `also` are older wordings.

    `decidable`: `repo` (files and history settle it), `partly` (the decisive fact may lie elsewhere) or `no`
    (only people know). `pictures` are questions that ask for a picture of it.
    """

    id: str
    label: str
    also: tuple[str, ...] = ()
    section: str = ""
    modules: tuple[str, ...] = ()
    questions: tuple[int, ...] = ()
    decidable: Literal["repo", "partly", "no"] = "repo"
    pictures: tuple[int, ...] = ()


def load_checklist(reports: Path) -> list[ChecklistBox]:
    """Return the boxes of `reports/checklist.toml` in their order; none where the course has no checklist.

    Raises:
        CourseError: no TOML, a box that lacks something, or an id used twice.
    """
    path = reports / "checklist.toml"
    if not path.exists():
        return []
    boxes = [build(ChecklistBox, path, box) for box in tables(path, read_toml(path), "box")]
    ids = [box.id for box in boxes]
    for name in ids:
        if ids.count(name) > 1:
            raise CourseError(f"{path}: two boxes have the id {name!r}.", "Give each box its own id.")
    return boxes
