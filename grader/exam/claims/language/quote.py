"""Quote the sentence that makes a claim."""

from __future__ import annotations

_LONGEST = 300


def quote(text: str, at: int = 0) -> str:
    """Return `text` on one line, cut to 300 characters around position `at`."""
    begin = 0 if at < _LONGEST - 60 else at - _LONGEST // 2
    part = " ".join(text[begin : begin + 2 * _LONGEST].split())
    if begin:
        part = f"… {part}"
    return part if len(part) <= _LONGEST else f"{part[: _LONGEST - 2]} …"
