"""A tuple of named things that can also be asked by name."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any, Generic, Protocol, TypeVar


class _Named(Protocol):
    @property
    def name(self) -> str: ...


T = TypeVar("T", bound=_Named)


class ByName(tuple[T, ...], Generic[T]):
    """Iterates as a tuple; `"train" in functions` and `functions["train"]` go by name (the last one wins)."""

    def __new__(cls, items: Iterable[T] = ()) -> ByName[T]:
        """Keep the order of `items`."""
        return super().__new__(cls, tuple(items))

    @cached_property
    def _index(self) -> dict[str, T]:
        return {item.name: item for item in self}

    def __contains__(self, key: object) -> bool:
        return key in self._index if isinstance(key, str) else super().__contains__(key)

    def __getitem__(self, key: Any) -> Any:
        return self._index[key] if isinstance(key, str) else super().__getitem__(key)

    def get(self, name: str) -> T | None:
        """Return the last one of that name, or None."""
        return self._index.get(name)

    @property
    def names(self) -> tuple[str, ...]:
        """The names, in order."""
        return tuple(item.name for item in self)
