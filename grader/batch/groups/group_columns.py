"""How a course names the columns of its group lists: data of the course pack (`reports/groups.toml`)."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from grader.course.course_data import CourseData, build, read_toml
from grader.repository.history.people import letters

Role = Literal["number", "member", "repository"]

#: Names that lists of any course have, in plain letters; the first words of members' columns, which are numbered.
_NUMBERS = ("group", "groupnumber", "groupnb", "groupno", "groupid", "groupname", "number", "gruppe", "team")
_REPOSITORIES = (
    "repository",
    "repo",
    "repourl",
    "repositoryurl",
    "githubrepo",
    "github",
    "gitlab",
    "link",
    "url",
    "source",
)
_MEMBERS = ("student", "member", "email", "mail", "username", "studentnumber", "studynumber", "name")


class GroupColumns(CourseData):
    """Names of the columns by what they hold, the order of cells where there is no header, and marks of "nothing handed in"."""

    number: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    repository: tuple[str, ...] = ()
    order: tuple[Role, ...] = ()
    nothing: tuple[str, ...] = ()

    def role(self, heading: str) -> Role | None:
        """Return what a column holds by its heading; None where that says nothing."""
        plain = letters(heading)
        if plain in {*map(letters, self.number), *_NUMBERS}:
            return "number"
        if plain in {*map(letters, self.repository), *_REPOSITORIES}:
            return "repository"
        if plain in set(map(letters, self.members)) or plain.rstrip("s0123456789") in {
            word.rstrip("s") for word in _MEMBERS
        }:
            return "member"
        return None

    def is_nothing(self, cell: str) -> bool:
        """Return whether a cell says that nothing was handed in."""
        return letters(cell) in {"", *map(letters, self.nothing)}


def load_columns(reports: Path) -> GroupColumns:
    """Return the columns of a course pack, those that any list may have where it says nothing.

    Raises:
        CourseError: `groups.toml` does not load.
    """
    path = reports / "groups.toml"
    return build(GroupColumns, path, read_toml(path)) if path.is_file() else GroupColumns()
