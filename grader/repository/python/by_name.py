"""A tuple of named things with access by name."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any, Generic, Protocol, TypeVar


class _Named(Protocol):
    @property
    def name(self) -> str: ...


T = TypeVar("T", bound=_Named)


class ByName(tuple[T, ...], Generic[T]):
    """A tuple of named things; `"train" in functions` and `functions["train"]` look up names (the last one wins)."""

    def __new__(cls, items: Iterable[T] = ()) -> ByName[T]:
        """Create the tuple in the order of `items`."""
        return super().__new__(cls, tuple(items))

    @cached_property
    def _index(self) -> dict[str, T]:
        return {item.name: item for item in self}

    def __contains__(self, key: object) -> bool:
        return key in self._index if isinstance(key, str) else super().__contains__(key)

    def __getitem__(self, key: Any) -> Any:
        return self._index[key] if isinstance(key, str) else super().__getitem__(key)

    def get(self, name: str) -> T | None:
        """Return the last item of that name, or None."""
        return self._index.get(name)

    @property
    def names(self) -> tuple[str, ...]:
        """The names, in order."""
        return tuple(item.name for item in self)
