"""Names of files that are other forms of each other: `evaluation.py` and `evaluate.py`, `loader.py` and `loading.py`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile

#: A common beginning is a root from so many letters on, if it is so much of the shorter word; what follows is an ending.
_ROOT, _SHARE, _ENDING = 4, 0.65, 7


def name_words(name: str) -> tuple[str, ...]:
    """Return the words of a file name, its suffix first; nothing without a suffix."""
    stem, dot, suffix = name.casefold().rpartition(".")
    words = [word for word in re.split(r"[^a-z0-9]+", stem) if word]
    return ("yaml" if suffix == "yml" else suffix, *words) if dot and words else ()


def is_akin(words: Sequence[str], other: Sequence[str]) -> bool:
    """Return whether two names have the same suffix and, word by word, the same roots; one may have a word more at an end."""
    if not words or not other or words[0] != other[0]:
        return False
    shorter, longer = sorted((words[1:], other[1:]), key=len)
    if len(longer) - len(shorter) > 1:
        return False
    if len(longer) == len(shorter):
        return all(_same_root(one, two) for one, two in zip(shorter, longer, strict=True))
    long_enough = len(shorter) > 1 or len(shorter[0]) > _ROOT
    return long_enough and shorter in (longer[1:], longer[:-1])


def _same_root(word: str, other: str) -> bool:
    if word == other:
        return True
    root = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(word, other, strict=False)))
    endings = word[root:] + other[root:]
    enough = root >= _ROOT and root >= _SHARE * min(len(word), len(other))
    return enough and endings.isalpha() and max(len(word), len(other)) - root <= _ENDING
