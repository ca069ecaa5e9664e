"""Find words used as the name of a folder: "the X folder", "folder X", "a directory called X", "X is the folder".

Most folder names are ordinary words too: "filled out", a "model", the "data". That such a folder exists proves nothing;
the sentence must say so. Names with a slash, a suffix or code marks are found elsewhere.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

#: A bare word counts as a folder only if the sentence calls it one.
FOLDER = re.compile(r"\b(?:sub-?)?(?:folders?|director(?:y|ies)|dirs?)\b", re.I)
_PIECE = re.compile(r"\.?\w[\w.-]*\w|\w|[^\w\s]")
_NAME = re.compile(r"\.?[A-Za-z][\w-]{1,40}")
_MARKS = frozenset("`*_\"'“”‘’")
_JOINTS = frozenset({",", "and", "or", "&", "/"})
_SAYS_A_LIST = frozenset({"and", "or", "&", "/"})
_ARTICLES = frozenset({"a", "an", "the", "our", "its", "all", "how", "my", "their"})
_DETERMINERS = _ARTICLES | {
    "this",
    "that",
    "these",
    "those",
    "both",
    "another",
    "one",
    "two",
    "three",
    "four",
    "each",
    "every",
}
_PREPOSITIONS = frozenset({"in", "into", "inside", "from", "under", "within", "at", "to", "of"})
#: "carved out folders", "moved the folder out of": verb particles, unless something introduces a name.
_PARTICLES = frozenset(
    {
        *(
            "out",
            "in",
            "on",
            "up",
            "down",
            "off",
            "over",
            "back",
            "away",
            "through",
            "around",
            "about",
            "under",
        ),
        *("into", "to", "of", "for", "with", "at", "by", "from", "as"),
    }
)
#: Adjectives that say which folder, not its name.
_ADJECTIVES = frozenset(
    {
        *("main", "root", "base", "top", "same", "new", "old", "other", "own", "local", "common", "single"),
        *("separate", "current", "working", "parent", "home", "whole", "final", "first", "second", "last"),
        *("entire", "different", "dedicated"),
    }
)
_CALLED = frozenset({"called", "named", "titled"})
_BE = frozenset({"is", "are", "was", "were"})
#: Words not followed by a name: "in this folder data is kept".
_POINTING = frozenset(
    {"this", "that", "these", "those", "each", "every", "which", "what", "same", "any", "no"}
)
_MOST_IN_A_LIST = 20


@dataclass(frozen=True)
class _Word:
    text: str
    start: int
    marked: bool

    @property
    def low(self) -> str:
        return self.text.casefold()


def folder_words(text: str) -> frozenset[int]:
    """Return the offsets of the words that `text` uses as folder names; linear in its length."""
    words = _words(text)
    found: set[int] = set()
    for at, word in enumerate(words):
        if FOLDER.fullmatch(word.text):
            plural = word.low.endswith("s")
            names = [*_before(words, at, plural), *_behind(words, at, plural)]
            if not plural:
                names += _subject(words, at)
            found.update(each.start for each in names if each.low not in _ADJECTIVES or each.marked)
    return frozenset(found)


def _words(text: str) -> list[_Word]:
    """Return the words and stops of a text, without the marks around words."""
    found: list[_Word] = []
    mark = ""
    for match in _PIECE.finditer(text):
        piece = match[0]
        if piece in _MARKS:
            mark = piece
            continue
        core = piece.strip("_") or piece
        at = match.start() + piece.find(core)
        marked = core != piece or (mark != "" and text[max(0, at - 1) : at] == mark)
        found.append(_Word(core.rstrip(".-") or core, at, marked))
    return found


def _at(words: list[_Word], at: int) -> str:
    return words[at].low if 0 <= at < len(words) else ""


def _is_name(words: list[_Word], at: int) -> bool:
    if not 0 <= at < len(words) or not _NAME.fullmatch(words[at].text):
        return False
    return words[at].low not in _DETERMINERS | _JOINTS and not FOLDER.fullmatch(words[at].text)


def _before(words: list[_Word], at: int, plural: bool) -> list[_Word]:
    """Return the names in "the X folder", "X, Y and Z folders", "the X and the Y directories"."""
    names: list[int] = []
    joints: set[str] = set()
    here = at - 1
    each_has_article = _at(words, here - 1) in _DETERMINERS
    while _is_name(words, here) and len(names) < _MOST_IN_A_LIST:
        has_article = _at(words, here - 1) in _DETERMINERS
        if names and each_has_article and not has_article:
            break
        names.append(here)
        if has_article and not (plural and each_has_article):
            break
        here -= 2 if has_article else 1
        before = here
        while _at(words, here) in _JOINTS and before - here < 2:
            joints.add(words[here].low)
            here -= 1
        if here == before:
            break
    if len(names) > 1 and not joints & _SAYS_A_LIST:
        names = names[:1]
    if plural and len(names) == 1 and not each_has_article and not words[names[0]].marked:
        return []
    return [words[name] for name in names if _introduced(words, name)]


def _introduced(words: list[_Word], at: int) -> bool:
    """Return whether a word can be a name at this position: "out" in "the out folder", not in "carved out folders"."""
    if words[at].low not in _PARTICLES or words[at].marked:
        return True
    return _at(words, at - 1) in _ARTICLES | _PREPOSITIONS


def _behind(words: list[_Word], at: int, plural: bool) -> list[_Word]:
    """Return the names in "folder X", "a folder called X", "the folders X, Y and Z", "folders: X, Y", "a folder (X)"."""
    here = at + 1
    if plural or _at(words, here + 1) in _CALLED:
        here += _at(words, here) in _BE
    called = _at(words, here) in _CALLED
    opened = _at(words, here)
    if called or opened in (":", "("):
        here += 1
    elif plural and opened in ("like", "including", "namely"):
        here, called = here + 1, True
    elif plural and opened == "such" and _at(words, here + 1) == "as":
        here, called = here + 2, True
    elif _at(words, at - 1) in _POINTING:
        return []
    names: list[_Word] = []
    while _is_name(words, here) and len(names) < _MOST_IN_A_LIST:
        names.append(words[here])
        here += 1
        if not plural:
            break
        while _at(words, here) in _JOINTS and _is_joined(words, here):
            here += 1
        here += _at(words, here) in _DETERMINERS and _is_name(words, here + 1)
        if _at(words, here - 1) not in _JOINTS | _DETERMINERS:
            break
    if not names or (opened == "(" and _at(words, here) != ")"):
        return []
    doubtful = not called and opened not in (":", "(") and not names[0].marked
    if doubtful and len(names) == 1 and _at(words, here) in _ARTICLES:  # "The folder features a README."
        return []
    if not called and not names[0].marked and names[0].low in _PARTICLES:
        return []
    return names


def _is_joined(words: list[_Word], at: int) -> bool:
    """Return whether a conjunction leads to another name, after one more conjunction or an article."""
    return any(
        _is_name(words, at + step)
        and all(_at(words, at + each) in _JOINTS | _DETERMINERS for each in range(step))
        for step in (1, 2, 3)
    )


def _subject(words: list[_Word], at: int) -> list[_Word]:
    """Return the X of "X is the folder", "X is our main folder", "X: folder of"."""
    here = at - 1
    here -= _at(words, here) in _ADJECTIVES
    here -= _at(words, here) in _ARTICLES
    if _at(words, here) not in ("is", "was", ":"):
        return []
    if not _is_name(words, here - 1) or words[here - 1].low in _PARTICLES:
        return []
    return [words[here - 1]]
