"""Fingerprints of code, chosen by winnowing: what two texts share in 47 tokens has one of them in common, wherever it stands.

`scanoss-winnowing` chooses: of 64 neighbouring grams of 30 characters the least hash. It tells the line on which it noticed, not
the place; that is found by its own hash, CRC-32C, which is the same on every machine and in every run.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Container
from dataclasses import dataclass, field
from importlib import import_module

from grader.errors import UsageError
from grader.similarity.code_tokens import DATA

#: Characters of a token and of a gram, and tokens that a gram covers.
TOKEN, GRAM = 2, 30
GRAM_TOKENS = GRAM // TOKEN
#: A gram with fewer kinds of tokens is one call after the other, and says nothing.
_KINDS = 5
#: Places of one fingerprint in a file that are kept.
_PLACES = 8
_LINE = re.compile(r"^\d+=([0-9a-f,]+)$", re.MULTILINE)


@dataclass(frozen=True)
class Prints:
    """What identifies a file's code.

    Attributes:
        places: of each fingerprint, the tokens at which it begins.
        mask: 1 for each token that is not the group's own work: handed out by the course, or a mere list.
    """

    places: dict[int, array[int]] = field(default_factory=dict)
    mask: bytearray = field(default_factory=bytearray)


def needs_library() -> None:
    """Find out whether the fingerprints can be made. Raises UsageError."""
    try:
        import_module("crc32c")
        import_module("scanoss_winnowing.winnowing")
    except ImportError as problem:
        raise UsageError(
            "Comparing groups needs the library `scanoss-winnowing`.",
            "Install it: pip install 'exercise-grader[similar]'.",
        ) from problem


def gram_hashes(code: str) -> array[int]:
    """Return the hash of the gram at each character, as fingerprints have it."""
    from crc32c import crc32c

    view = memoryview(code.encode("ascii"))
    grams = (crc32c(view[at : at + GRAM]) for at in range(len(view) - GRAM + 1))
    return array("I", [crc32c(gram.to_bytes(4, "little")) for gram in grams])


def fingerprint(code: str, handed_out: Container[int]) -> Prints:
    """Return the fingerprints of code, without those that the course handed out."""
    hashes = gram_hashes(code)
    mask = bytearray(len(code) // TOKEN)
    plain = [code[at : at + TOKEN] for at in range(0, len(code), TOKEN)]
    for at in range(0, len(hashes), TOKEN):
        token = at // TOKEN
        kinds = set(plain[token : token + GRAM_TOKENS])
        if hashes[at] in handed_out or len(kinds) < _KINDS or kinds <= DATA:
            mask[token : token + GRAM_TOKENS] = b"\1" * GRAM_TOKENS
    chosen = _chosen(code)
    places: dict[int, array[int]] = {}
    for at, found in enumerate(hashes):
        if found in chosen and found not in handed_out:
            token = (at + 1) // TOKEN
            kept = places.setdefault(found, array("I"))
            if len(kept) < _PLACES and not all(mask[token : token + GRAM_TOKENS - 1]):
                kept.append(token)
    return Prints({found: kept for found, kept in places.items() if kept}, mask)


def _chosen(code: str) -> set[int]:
    from scanoss_winnowing.winnowing import Winnowing

    text = Winnowing(all_extensions=True, quiet=True).wfp_for_contents("code", False, code.encode("ascii"))
    return {int(one, 16) for line in _LINE.findall(text) for one in line.split(",")}
