"""Expressions of GitHub's workflows, `${{ … }}`: what is wrong with one, in GitHub's words. They are parsed, never evaluated.

The grammar is that of actions/languageservices (expressions/src): names, calls, indices and operators. Which names and functions
a place knows comes from the schema: `github`, `always(0,0)`, `hashFiles(1,255)`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

MAX_LENGTH = 21_000
MAX_DEPTH = 50
_FUNCTIONS = (
    "case(3,MAX)",
    "contains(2,2)",
    "endsWith(2,2)",
    "format(1,255)",
    "fromJson(1,1)",
    "join(1,2)",
    "startsWith(2,2)",
    "toJson(1,1)",
)
_FUNCTION = re.compile(r"(\w+)\((\d+),(\d+|MAX)\)")
_LITERALS = {"true", "false", "null", "NaN", "Infinity"}
_BINARY = {"==", "!=", "&&", "||", "<", "<=", ">", ">="}
_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*+')|(?P<sign>&&|\|\||[=!<>]=|[!<>()\[\],*])"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_-]*+)(?![^\s()\[\],.!<>=&|])"
    r"|(?P<number>[-+]?(?:0x[0-9a-fA-F]++|0o[0-7]++|(?:\d++\.?\d*+|\.\d++)(?:[eE][-+]?\d++)?))(?![^\s()\[\],!<>=&|])"
    r"|(?P<dot>\.))"
)


class _Wrong(Exception):
    """What is wrong with an expression."""


def expressions(text: str) -> Iterator[str | None]:
    """Yield what stands in each `${{ … }}` of a text; None where one is not closed."""
    start = text.find("${{")
    while start >= 0:
        # Two braces end it, but not those inside its own texts.
        end = re.compile(r"(?:[^'}]|'[^']*+'|\}(?!\}))*+\}\}").match(text, start + 3)
        yield text[start + 3 : end.end() - 2] if end else None
        start = text.find("${{", end.end()) if end else -1


def wrong_expression(text: str, known: Collection[str]) -> str | None:
    """Return what is wrong with an expression where `known` names and functions may be used, or None."""
    if len(text) > MAX_LENGTH:
        return "The expression is too long"
    try:
        _Expression(text, known).read()
    except _Wrong as wrong:
        return str(wrong)
    return None


class _Expression:
    def __init__(self, text: str, known: Collection[str]) -> None:
        found = [_FUNCTION.fullmatch(one) for one in (*known, *_FUNCTIONS)]
        self.functions = {one[1].lower(): (int(one[2]), one[3]) for one in found if one}
        self.names = {one.lower() for one in known}
        self.tokens = list(_tokens(text))
        self.at = self.depth = 0

    def read(self) -> None:
        if not self.tokens:
            raise _Wrong("An expression was expected")
        self.operation()
        if self.at < len(self.tokens):
            raise self.unexpected()

    @property
    def next(self) -> str:
        return self.tokens[self.at][1] if self.at < len(self.tokens) else ""

    def unexpected(self) -> _Wrong:
        return _Wrong(
            f"Unexpected symbol: '{self.next[:80]}'" if self.next else "Unexpected end of expression"
        )

    def take(self, *wanted: str) -> bool:
        found = self.at < len(self.tokens) and self.tokens[self.at][0] != "text" and self.next in wanted
        self.at += found
        return found

    def need(self, wanted: str) -> None:
        if not self.take(wanted):
            raise self.unexpected()

    def operation(self) -> None:
        """Read values between operators: which of them binds tighter does not matter here."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise _Wrong("Exceeded max expression depth")
        self.value()
        while self.take(*_BINARY):
            self.value()
        self.depth -= 1

    def value(self) -> None:
        while self.take("!"):
            pass
        if self.at >= len(self.tokens):
            raise self.unexpected()
        kind, text = self.tokens[self.at]
        if kind in ("text", "number"):
            self.at += 1
            return
        if self.take("("):
            self.operation()
            self.need(")")
        elif kind == "name":
            self.at += 1
            if self.take("("):
                self.call(text)
            elif text in _LITERALS:
                return
            elif text.lower() not in self.names:
                raise _Wrong(f"Unrecognized named-value: '{text[:80]}'")
        else:
            raise self.unexpected()
        self.parts()

    def call(self, name: str) -> None:
        n_arguments = 0
        if not self.take(")"):
            n_arguments = 1
            self.operation()
            while self.take(","):
                n_arguments += 1
                self.operation()
            self.need(")")
        if name.lower() not in self.functions:
            raise _Wrong(f"Unrecognized function: '{name[:80]}'")
        least, most = self.functions[name.lower()]
        if n_arguments < least:
            raise _Wrong(f"Too few parameters supplied: '{name}'")
        if most != "MAX" and n_arguments > int(most):
            raise _Wrong(f"Too many parameters supplied: '{name}'")

    def parts(self) -> None:
        while True:
            if self.take("."):
                if not self.take("*"):
                    if self.at >= len(self.tokens) or self.tokens[self.at][0] != "name":
                        raise self.unexpected()
                    self.at += 1
            elif self.take("["):
                if not self.take("*"):
                    self.operation()
                self.need("]")
            else:
                return


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    at, end = 0, len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if not match or not match.lastgroup:
            word = re.compile(r"\s*(\S{1,80})").match(text, at)
            raise _Wrong(f"Unexpected symbol: '{word[1] if word else ''}'")
        yield match.lastgroup, match[match.lastgroup]
        at = match.end()
