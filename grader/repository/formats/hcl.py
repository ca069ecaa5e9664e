"""HCL as far as data goes: blocks, attributes, strings, lists and maps. An expression is `UNKNOWN`; nothing is evaluated."""

from __future__ import annotations

import re
from typing import Any

MAX_TEXT = 200_000
MAX_DEPTH = 10
_TOKEN = re.compile(
    r"""(?P<skip>[ \t\r]+|(?:\#|//)[^\n]*)|(?P<comment>/\*)|(?P<text>"(?:[^"\\\n]|\\.){0,500}+")|(?P<name>[A-Za-z_][\w-]*)"""
    r"|(?P<mark>[{}\[\]=:,\n])|(?P<other>.)",
    re.DOTALL,
)
_HEREDOC = re.compile(r"<<-?[ \t]{0,8}(\w{1,60})[ \t\r]*$")
#: What only an evaluation can tell.
UNKNOWN = object()
Tokens = list[tuple[str, str]]


def parse_hcl(text: str) -> dict[str, Any]:
    """Return the blocks with one label as JSON has them: `{type: {label: {attribute: value}}}`.

    A name that stands alone is the variable `${name}`, as in a string.
    """
    tokens = _tokens(_without_heredocs(text[:MAX_TEXT]))
    found: dict[str, Any] = {}
    at = 0
    while at < len(tokens):
        (kind, word), following = tokens[at], tokens[at + 1 : at + 3]
        at += 1
        if kind == "name" and [one[0] for one in following] == ["text", "mark"] and following[1][1] == "{":
            body, at = _map(tokens, at + 2, 0)
            found.setdefault(word, {}).setdefault(_text(following[0][1]), {}).update(body)
    return found


def _tokens(text: str) -> Tokens:
    found, at = [], 0
    while one := _TOKEN.match(text, at):
        at = one.end()
        if one.lastgroup == "comment":
            end = text.find("*/", at)
            at = len(text) if end < 0 else end + 2
        elif one.lastgroup != "skip":
            found.append((one.lastgroup or "", one[0]))
    return found


def _without_heredocs(text: str) -> str:
    """Return the text with an empty string in the place of each heredoc."""
    lines, until = [], ""
    for line in text.split("\n"):
        if until:
            until = "" if line.strip() == until else until
            continue
        opened = _HEREDOC.search(line[:1_000])
        until = opened[1] if opened else ""
        lines.append(f'{line[: opened.start()]}""' if opened else line)
    return "\n".join(lines)


def _value(tokens: Tokens, at: int, depth: int) -> tuple[Any, int]:
    """Return the value that begins at a token, and where it ends; more than one term is an expression, and unknown."""
    kind, word = tokens[at] if at < len(tokens) else ("", "")
    found: Any = _text(word) if kind == "text" else f"${{{word}}}" if kind == "name" else UNKNOWN
    if word in ("{", "[") and depth < MAX_DEPTH:
        found, at = (_map if word == "{" else _list)(tokens, at + 1, depth + 1)
    else:
        at += 1
    opened = 0
    while at < len(tokens) and (opened or tokens[at][1] not in ("\n", ",", "}", "]")):
        opened += (tokens[at][1] in ("(", "[", "{")) - (tokens[at][1] in (")", "]", "}"))
        found, at = UNKNOWN, at + 1
    return found, at


def _list(tokens: Tokens, at: int, depth: int) -> tuple[list[Any], int]:
    found = []
    while at < len(tokens) and tokens[at][1] != "]":
        if tokens[at][1] in ("\n", ",", "}"):
            at += 1
        else:
            one, at = _value(tokens, at, depth)
            found.append(one)
    return found, at + 1


def _map(tokens: Tokens, at: int, depth: int) -> tuple[dict[str, Any], int]:
    found: dict[str, Any] = {}
    while at < len(tokens) and tokens[at][1] != "}":
        kind, word = tokens[at]
        at += 1
        following = tokens[at][1] if at < len(tokens) else ""
        if kind in ("name", "text") and following in ("=", ":", "{"):
            # A block in a block has no sign.
            key = _text(word) if kind == "text" else word
            found[key], at = _value(tokens, at + (following != "{"), depth)
    return found, at + 1


def _text(word: str) -> str:
    return re.sub(r"\\(.)", r"\1", word[1:-1])
