"""Cache keys that compare objects by identity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

Thing = TypeVar("Thing")


@dataclass(frozen=True, eq=False)
class Same(Generic[Thing]):
    """A key that equals another one only if both hold the same object: for values without a hash, or with a costly one."""

    thing: Thing

    def __eq__(self, other: Any) -> bool:
        return isinstance(other, Same) and other.thing is self.thing

    def __hash__(self) -> int:
        return id(self.thing)
