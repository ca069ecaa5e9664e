"""Where uv runs, and what became of a command."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True)
class Ran:
    """How a command ended; `output` is bounded."""

    code: int
    output: str


class Runner(Protocol):
    """Where uv runs: this machine, or a container."""

    #: A folder of this machine, and what commands call it.
    folder: Path
    inside: str
    #: The interpreter that environments are made for.
    python: str

    def uv(self, *arguments: str) -> Ran:
        """Run uv. Raises EnvironmentFault when the time for the environment is up, or the place is gone."""
        ...

    def interpreter(self, *arguments: str) -> Ran:
        """Run the interpreter."""
        ...
