"""Standard output and error that carry every character, whatever the locale says."""

from __future__ import annotations

import codecs
import io
import sys
import unicodedata

_HANDLER = "grader.approximate"

#: What our own words and symbols become where there is no character for them.
_PLAIN = {
    "✓": "+",
    "✗": "x",
    "◐": "~",
    "○": "o",
    "…": "...",
    "·": "-",
    "–": "-",
    "—": "-",
    "→": "->",
    "‘": "'",
    "’": "'",
    "“": '"',
    "”": '"',
    "«": '"',
    "»": '"',
    "×": "x",
    "≥": ">=",
    "≤": "<=",
}


def carry_every_character() -> None:
    """Let standard output and error keep their encoding and write what is nearest where a character is not in it."""
    codecs.register_error(_HANDLER, _approximate)
    for stream in (sys.stdout, sys.stderr):
        # A test, or a program that embeds us, may have put something else there.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_HANDLER)


def _approximate(problem: UnicodeError) -> tuple[str | bytes, int]:
    if not isinstance(problem, UnicodeEncodeError):
        raise problem
    text = problem.object[problem.start : problem.end]
    return "".join(_nearest(character) for character in text), problem.end


def _nearest(character: str) -> str:
    """Return the nearest ASCII characters: every encoding of a terminal has them."""
    plain = _PLAIN.get(character)
    if plain is None:
        plain = unicodedata.normalize("NFKD", character).encode("ascii", "ignore").decode()
    return plain or "?"
