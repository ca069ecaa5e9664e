"""Python as tokens that stay when a copy is disguised: no comments, layout, docstrings or imports; names by their role alone."""

from __future__ import annotations

import builtins
import io
import keyword
import string
import tokenize
from collections.abc import Container, Iterable, Iterator
from typing import NamedTuple
from zlib import crc32

_BUILTINS = frozenset(dir(builtins))
_SKIPPED = frozenset((tokenize.COMMENT, tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENCODING))
#: Formatted strings are tokens of their parts from Python 3.12 on, templates from 3.14 on.
_BEGINS = frozenset(getattr(tokenize, name, -1) for name in ("FSTRING_START", "TSTRING_START"))
_ENDS = frozenset(getattr(tokenize, name, -1) for name in ("FSTRING_END", "TSTRING_END"))
_CLOSING = frozenset((")", "]", "}"))
_OWN_NAME, _NUMBER, _STRING, _ODD = "a0", "a1", "a2", "a3"


class Word(NamedTuple):
    """A token: its kind as `tokenize` numbers it, its text, and the line on which it begins."""

    kind: int
    text: str
    line: int


def read_words(text: str) -> tuple[list[Word], str]:
    """Return the tokens of Python code that say what it does, and why they end before it does; empty if they do not."""
    found: list[Word] = []
    line: list[Word] = []
    try:
        for word in _words(text):
            if word.kind == tokenize.NEWLINE:
                found += _kept(line)
                line = []
            else:
                _add(line, word)
    except (SyntaxError, tokenize.TokenError) as problem:
        return found + _kept(line), f"it is no valid Python: {str(problem.args[0])[:100]}"
    return found + _kept(line), ""


def own_names(words: Iterable[Word]) -> set[str]:
    """Return the names that code defines: of functions, classes, and attributes of `self`."""
    found: set[str] = set()
    before = ["", "", ""]
    for word in words:
        if word.kind == tokenize.NAME and (
            before[-1] in ("def", "class") or (before[-1] == "." and before[-2] in ("self", "cls"))
        ):
            found.add(word.text)
        before = [*before[1:], word.text]
    return found


def coded(words: Iterable[Word], own: Container[str]) -> str:
    """Return tokens as a text of two characters each. Names that a copy can change are all one; those of libraries stay."""
    found = []
    before = ""
    for word in words:
        found.append(_code(word, before, own))
        before = word.text
    return "".join(found)


def _words(text: str) -> Iterator[Word]:
    depth = 0
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type in _BEGINS:
            depth += 1
            if depth == 1:
                yield Word(tokenize.STRING, "", token.start[0])
        elif token.type in _ENDS:
            depth -= 1
        elif (
            not depth
            and token.type not in _SKIPPED
            and (token.string.strip() or token.type == tokenize.NEWLINE)
        ):
            yield Word(token.type, token.string, token.start[0])


def _add(line: list[Word], word: Word) -> None:
    if word.kind == tokenize.STRING and line and line[-1].kind == tokenize.STRING:
        return  # A string in several pieces is one.
    if word.text in _CLOSING and line and line[-1].text == ",":
        line.pop()
    if word.text != ";":
        line.append(word)


def _kept(line: list[Word]) -> list[Word]:
    """Return a logical line, if it does something: an import or a docstring does not."""
    if not line or line[0].text in ("import", "from") or all(word.kind == tokenize.STRING for word in line):
        return []
    return line


def _code(word: Word, before: str, own: Container[str]) -> str:
    if word.kind == tokenize.NUMBER:
        return _NUMBER
    if word.kind == tokenize.STRING:
        return _STRING
    if word.kind != tokenize.NAME:
        return _SIGNS.get(word.text, _ODD)
    if word.text in _SIGNS:
        return _SIGNS[word.text]
    if word.text not in own and (before == "." or word.text in _BUILTINS):
        return _FOREIGN[crc32(word.text.encode("utf-8", "replace")) % len(_FOREIGN)]
    return _OWN_NAME


# A letter, then a digit: so no fingerprint that begins within a token is like one that begins with it.
_CODES = [letter + digit for letter in string.ascii_lowercase[1:] for digit in string.digits]
_ALL_SIGNS = [*sorted(keyword.kwlist), *sorted(sign for sign in tokenize.EXACT_TOKEN_TYPES if sign != "!")]
_SIGNS = dict(zip(_ALL_SIGNS, _CODES, strict=False))
_FOREIGN = _CODES[len(_ALL_SIGNS) :]
#: Tokens of data: what is made of them alone is a table or a list of settings.
DATA = frozenset(
    (
        _NUMBER,
        _STRING,
        *(_SIGNS[sign] for sign in "[](){},:-"),
        *(_SIGNS[name] for name in ("True", "False", "None")),
    )
)
