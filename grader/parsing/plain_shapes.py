"""The shapes of data that strangers wrote: whatever stands where a table or a list is expected, the answer is one."""

from __future__ import annotations

from typing import Any


def table(data: Any, *keys: str) -> dict[Any, Any]:
    """Return the table under `keys`; empty if there is none or if it is not a table."""
    for key in keys:
        data = data.get(key) if isinstance(data, dict) else None
    return data if isinstance(data, dict) else {}


def listed(data: Any, *keys: str) -> list[Any]:
    """Return the list under `keys`; empty if there is none or if it is not a list."""
    if keys:
        data = table(data, *keys[:-1]).get(keys[-1])
    return data if isinstance(data, list) else []


def records(data: Any, *keys: str) -> list[dict[Any, Any]]:
    """Return the tables in the list under `keys`."""
    return [item for item in listed(data, *keys) if isinstance(item, dict)]
