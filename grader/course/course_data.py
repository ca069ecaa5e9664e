"""Data of a course pack: TOML that was validated."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from grader.errors import CourseError
from grader.parsing.plain_data import DataError, parse_toml


class CourseData(BaseModel):
    """Frozen data of a course pack. An unknown key is an error, most likely a typing mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid")


Data = TypeVar("Data", bound=CourseData)


def read_toml(path: Path) -> dict[str, Any]:
    """Return the data of a TOML file of the pack. Raises CourseError where it cannot be read."""
    try:
        return parse_toml(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, DataError) as problem:
        raise CourseError(
            f"{path} cannot be read: {problem}.", "It must be a TOML file in UTF-8."
        ) from problem


def tables(path: Path, data: dict[str, Any], key: str) -> list[dict[str, Any]]:
    """Return the tables under `key`. Raises CourseError where it is no list of tables."""
    tables = data.get(key, [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise CourseError(f"{path}: `{key}` is no list of tables.", f"Write each as `[[{key}]]`.")
    return tables


def build(model: type[Data], path: Path, data: dict[str, Any]) -> Data:
    """Return the data as a model. Raises CourseError that names what is wrong."""
    try:
        return model.model_validate(data)
    except ValidationError as problem:
        first = problem.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        name = f" ({data['id']})" if isinstance(data.get("id"), str) else ""
        raise CourseError(
            f"{path}{name}: {where}: {first['msg']}.", "Compare it with a file that loads."
        ) from problem
