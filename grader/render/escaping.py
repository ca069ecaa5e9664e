"""A submission's text, made harmless: one function per output format.

Every string that a student wrote (file names, messages, answers, branch and author names) goes through
exactly one of these before it is printed or written. `visible` is the ground of all: what would be
invisible, would move the cursor or would turn the reading direction is shown as what it is.
"""

from __future__ import annotations

import re

_EMOJI = "\u00a9\u00ae\u203c-\u3299\U0001f000-\U0001faff"
_SUSPECT = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u2800\u3164\ufdd0-\ufdef\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\ud800-\udfff"
    "\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
    + "".join(chr(plane * 0x10000 + 0xFFFE) + chr(plane * 0x10000 + 0xFFFF) for plane in range(1, 17))
    + "]"
)
# What emoji are made of is no trick: a joiner between two pictures, a presentation selector after one.
_EMOJI_JOIN = re.compile(f"(?<=[{_EMOJI}0-9#*])\ufe0f|(?<=[{_EMOJI}\ufe0f])\u200d(?=[{_EMOJI}])")
_NEWLINE = re.compile(r"\r\n?")
_BLANKS = re.compile(r"\s+")

CUT = "… (cut)"


def cut(text: str, limit: int) -> str:
    """Cut `text` to at most `limit` characters; the result says where something is missing."""
    return text if len(text) <= limit else text[: max(limit - len(CUT), 0)].rstrip() + CUT


def visible(text: str, limit: int | None = None) -> str:
    """Replace control, bidirectional and other invisible characters by a visible name.

    Newlines and tabs stay; CR and CRLF become newlines. `limit` is in characters, before the replacement.
    """
    if limit is not None:
        text = cut(text, limit)
    text = _NEWLINE.sub("\n", text)
    if not _SUSPECT.search(text):
        return text
    kept = {match.start() for match in _EMOJI_JOIN.finditer(text)}
    return _SUSPECT.sub(lambda match: match[0] if match.start() in kept else _name(match[0]), text)


def one_line(text: str, limit: int | None = None) -> str:
    """Return `visible` text on a single line: every run of blanks is one space."""
    return _BLANKS.sub(" ", visible(text, limit)).strip()


def _name(character: str) -> str:
    code = ord(character)
    if 0xD800 <= code <= 0xDFFF:
        return "\ufffd"
    return f"‹U+{code:04X}›"


_COMMANDS = (
    "add-mask|add-matcher|add-path|debug|echo|endgroup|error|group|internal-set-repo-path|notice|remove-matcher|"
    "save-state|set-env|set-output|stop-commands|warning"
)
_RUNNER_COMMAND = re.compile(rf"::(?=(?:{_COMMANDS})\b)|##(?=(?:vso)?\[)", re.IGNORECASE)


def terminal(text: str, limit: int | None = None) -> str:
    """Neutralise text for a terminal or a CI log: no escape sequence, and nothing that a CI runner reads as a command.

    The result is plain text: print it without markup (`rich.text.Text`, or `rich.markup.escape` first).
    """
    return _RUNNER_COMMAND.sub(
        lambda match: f"{match[0][0]} {match[0][1]}", visible(text, limit).expandtabs(4)
    )


def xml(text: str, limit: int | None = None) -> str:
    """Neutralise text for XML 1.0: only characters that a document may hold. The writer escapes markup."""
    return visible(text, limit)


_MARKDOWN = re.compile(r"[^\w\s,;%?/'\"]|_", re.ASCII)
_LINK_STARTS = re.compile(r"(?<=@)|(?<=#)(?=\d)|(?<=:)(?=//)|(?<=\bwww)(?=\.)", re.IGNORECASE)


def markdown(text: str, limit: int | None = None) -> str:
    """Neutralise text for GitHub's Markdown, also in a table cell: one line without markup, HTML, mention, link or formula.

    Punctuation becomes character references, which Markdown never takes for structure. Mentions and bare
    addresses are found after that step, so a zero-width space parts those.
    """
    parted = _LINK_STARTS.sub("\0", one_line(text, limit))
    return _MARKDOWN.sub(
        lambda match: (
            "&#8203;" if match[0] == "\0" else f"&#{ord(match[0])};" if match[0].isascii() else match[0]
        ),
        parted,
    )


_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "＝", "＋", "－", "＠")
# A spreadsheet with another separator than ours splits a cell, whatever quotes stand around it; some drop blanks and
# quotes at the beginning of what they then have.
_FORMULA_INSIDE = re.compile(r"""((?:^|[,;|\t\n"])[\s"]*)(?=[=+\-@＝＋－＠])""")


def csv_cell(text: str, limit: int | None = None) -> str:
    """Neutralise text for a CSV cell: one line of which no spreadsheet takes a part for a formula. The writer quotes separators.

    An apostrophe stands before what would be one, at the beginning and wherever another separator would begin a cell.
    """
    line = _BLANKS.sub(" ", _FORMULA_INSIDE.sub(r"\1'", visible(text, limit))).strip()
    begins = text.startswith(_FORMULA) or line.startswith(_FORMULA)
    return f"'{line}" if begins and not line.startswith("'") else line


def command_data(text: str, limit: int | None = None) -> str:
    """Neutralise text for the message of a GitHub workflow command: everything after the second `::`."""
    return visible(text, limit).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def command_property(text: str, limit: int | None = None) -> str:
    """Neutralise text for a property (`file=`, `title=`) of a GitHub workflow command."""
    return command_data(one_line(text, limit)).replace(":", "%3A").replace(",", "%2C")
