"""The interface to run uv, and the outcome of a command."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True)
class Ran:
    """The outcome of a command; `output` is bounded."""

    code: int
    output: str


class Runner(Protocol):
    """A place where uv runs: this machine, or a container."""

    #: A folder on this machine, and its path inside the place where commands run.
    folder: Path
    inside: str
    #: The interpreter that environments are made for.
    python: str

    def uv(self, *arguments: str) -> Ran:
        """Run uv. Raise EnvironmentFault after the environment's timeout, or if the container is gone."""
        ...

    def interpreter(self, *arguments: str) -> Ran:
        """Run the interpreter."""
        ...
