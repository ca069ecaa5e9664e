"""A tuple of named things that can also be asked by name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Generic, Protocol, SupportsIndex, TypeVar


class _Named(Protocol):
    @property
    def name(self) -> str: ...


T = TypeVar("T", bound=_Named)


class ByName(tuple[T, ...], Generic[T]):
    """Iterates as a tuple; `"train" in functions` and `functions["train"]` go by name (the last one wins)."""

    def __new__(cls, items: Iterable[T] = ()) -> ByName[T]:
        """Keep the order of `items`."""
        return super().__new__(cls, tuple(items))

    def __contains__(self, key: object) -> bool:
        return any(item.name == key for item in self) if isinstance(key, str) else super().__contains__(key)

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, SupportsIndex | slice):
            return super().__getitem__(key)
        for item in reversed(self):
            if item.name == key:
                return item
        raise KeyError(key)

    def get(self, name: str) -> T | None:
        """The last one of that name, or None."""
        return next((item for item in reversed(self) if item.name == name), None)

    @property
    def names(self) -> tuple[str, ...]:
        """The names, in order."""
        return tuple(item.name for item in self)
