"""The blocks of a Markdown text as rendered: the only reader of fences and comments in the grader.

CommonMark with tables, by markdown-it-py. Only blocks are parsed; the content of a paragraph is left to the caller.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock
    from markdown_it.token import Token

    Rule = Callable[[StateBlock, int, int, bool], bool]

#: Maximum number of lines that are parsed; the lines after them are `unread`.
MAX_LINES = 5_000
#: Maximum nesting of quotes and lists, a list counting twice; deeper ones are read as paragraphs, to bound the time.
_MAX_NESTING = 20

Kind = Literal["paragraph", "heading", "fence", "code", "html", "comment", "table", "rule", "unread"]

_KINDS: dict[str, Kind] = {
    "paragraph_open": "paragraph",
    "heading_open": "heading",
    "fence": "fence",
    "code_block": "code",
    "html_block": "html",
    "table_open": "table",
    "hr": "rule",
}


@dataclass(frozen=True)
class Block:
    """A leaf block: lines from `first` up to and without `end`, counted from 0.

    text: the content of a fence, without the marks of quotes and lists around it. info: the text after the opening mark of
    a fence. closed: whether a fence or comment has its closing mark.
    """

    kind: Kind
    first: int
    end: int
    text: str = ""
    info: str = ""
    closed: bool = True


def read_blocks(lines: Sequence[str]) -> list[Block]:
    """Return the blocks of a text in order; every non-blank line belongs to one. Never raises; linear in the length.

    An unclosed comment is a paragraph: it hides nothing.

    Args:
        lines: the text, split at its line feeds.
    """
    read = _without_open_comments(lines[:MAX_LINES])
    found: list[Block] = []
    at = 0
    for token in _tokens("\n".join(read)):
        kind = _KINDS.get(token.type)
        if kind is None or token.map is None:
            continue
        block = _block(kind, token)
        found += _paragraphs(read, at, block.first)
        found.append(block)
        at = max(at, block.end)
    found += _paragraphs(read, at, len(read))
    if len(lines) > MAX_LINES:
        found.append(Block("unread", MAX_LINES, len(lines)))
    return found


def without_code(lines: Sequence[str]) -> list[str]:
    """Return `lines` with fenced code and unread lines replaced by blank lines."""
    kept = list(lines)
    if len(lines) <= MAX_LINES and not any("```" in line or "~~~" in line for line in lines):
        return kept  # which is most answers, and far cheaper
    for block in read_blocks(lines):
        if block.kind in ("fence", "unread"):
            kept[block.first : block.end] = [""] * (block.end - block.first)
    return kept


def _block(kind: Kind, token: Token) -> Block:
    first, end = token.map or (0, 0)
    if kind == "fence":
        inside = token.content.count("\n")
        return Block(kind, first, end, token.content, token.info.strip(), closed=end - first - 1 > inside)
    if kind == "html" and token.content.lstrip().startswith("<!--"):
        return Block("comment", first, end, token.content, closed="-->" in token.content)
    return Block(kind, first, end)


def _paragraphs(lines: Sequence[str], start: int, end: int) -> list[Block]:
    """Return the non-blank lines between two blocks as paragraphs: lists without text, and blocks nested too deeply."""
    return [Block("paragraph", line, line + 1) for line in range(start, end) if lines[line].strip()]


def _without_open_comments(lines: Sequence[str]) -> list[str]:
    last = next((index for index in range(len(lines) - 1, -1, -1) if "-->" in lines[index]), -1)
    return [
        line.replace("<!--", "<\\!--") if index > last and "<!--" in line else line
        for index, line in enumerate(lines)
    ]


def _tokens(text: str) -> list[Token]:
    text = text if text.endswith("\n") else f"{text}\n"
    found: list[Token] = []
    parser = _parser()
    environment: dict[str, Any] = {}
    parser.block.parse(text, parser, environment, found)
    return found


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import blockquote, list_block

    # The parser's own limit skips the rest of the text; this limit turns deeper blocks into paragraphs.
    parser = MarkdownIt("commonmark", {"maxNesting": 5 * _MAX_NESTING}).enable("table")
    ends = ["paragraph", "reference", "blockquote"]
    parser.block.ruler.at("blockquote", _shallow(blockquote), {"alt": [*ends, "list"]})
    parser.block.ruler.at("list", _shallow(list_block), {"alt": ends})
    # Link definitions are recognised by their line, in any block.
    parser.block.ruler.disable("reference")
    return parser


def _shallow(rule: Rule) -> Rule:
    def bounded(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        return state.level < _MAX_NESTING and rule(state, start, end, silent)

    return bounded
