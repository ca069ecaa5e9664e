"""Git blob ids of what the course ships: an untouched template file earns nobody credit."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from grader.errors import CourseError
from grader.parsing.plain_data import parse_toml


class Fingerprints(BaseModel):
    """Blob ids by what they are of."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    template: tuple[str, ...] = ()
    sample_figures: tuple[str, ...] = ()


def load_fingerprints(checks: Path) -> Fingerprints:
    """Read `fingerprints.toml` of a course's checks; nothing where there is none. Raises CourseError where it does not read."""
    path = checks / "fingerprints.toml"
    if not path.is_file():
        return Fingerprints()
    try:
        return Fingerprints.model_validate(parse_toml(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, ValidationError) as problem:
        raise CourseError(f"{path} does not read: {problem}.") from problem
