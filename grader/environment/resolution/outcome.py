"""What a resolution comes to."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Resolution:
    """What to install: `pins` by name; what is missing and why; what gets another version than asked for."""

    pins: dict[str, str] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    changed: dict[str, str] = field(default_factory=dict)
    #: Other remarks on what is installed.
    notes: dict[str, str] = field(default_factory=dict)
    #: True if PyTorch's index of CPU builds is used.
    cpu_index: bool = False
    #: The day as of which versions were chosen, as `2025-01-20`; empty if they are those of today.
    day: str = ""
