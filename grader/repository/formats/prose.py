"""The length of an answer: as the course's own tool counts it, and as a reader of the rendered page sees it."""

from __future__ import annotations

import html
import re
import unicodedata
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable
from functools import lru_cache

from grader.repository.formats.markdown import without_code

_TAG = re.compile(r"<(?!https?:|mailto:)[A-Za-z/!?][^<>]*>")
_HIDING = re.compile(r"\shidden\b|display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0", re.I)
_TAG_NAME = re.compile(r"</?([A-Za-z][A-Za-z0-9-]{0,30})")
_ALWAYS_HIDDEN = {"script", "style", "template", "title"}
_LINK_TARGET = re.compile(r"\]\([^()\n]{0,2000}\)")
_BRACKET = re.compile(r"[\[\]]")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z]{1,31});")
#: Escaped angle brackets are text; if unescaped they would look like a tag.
_ANGLES = {"&lt;": "\u2039", "&gt;": "\u203a"}
_URL = re.compile(r"(?:https?://|www\.)\S+", re.I)
#: `[name]: target "title"` is not rendered, so that words can be hidden in it.
_REFERENCE = re.compile(r"[ \t]{0,3}\[([^\]\n]{1,200})\]:")
_NAME_CHARACTERS = 200
_PICTURE = re.compile(r"[\w)\]/-]\.(?:png|jpe?g|gif|svg|webp)\b", re.I)
#: Invisible characters that Unicode classifies as letters or marks.
_BLANK_LETTERS = set("\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5")

#: Length of the word runs that are compared to find repeated text; ordinary prose hardly ever repeats one.
_RUN = 4
_REPEATED_SHARE = 0.5
_ENOUGH_WORDS = 20


def words(text: str) -> int:
    """Return the number of whitespace-separated tokens, as the course's own tool counts them."""
    return len(text.split())


def words_shown(text: str) -> int:
    """Return `words` without invisible text: comments, hidden elements, link definitions, blank characters."""
    return len(_shown(text).split())


def words_rendered(text: str) -> int:
    """Return the number of words of rendered prose: no images, tags, code, addresses, comments, blank characters."""
    return len(prose(text))


def says_something(text: str) -> bool:
    """Return whether any letter or digit is visible, in prose or code."""
    return any(character.isalnum() for character in _TAG.sub(" ", _shown(text)))


def prose(text: str) -> list[str]:
    """Return the words of prose on the rendered page, in order."""
    text = _without_code(_shown(text))
    text = _without_images(text)
    text = _LINK_TARGET.sub("]", text)
    text = _URL.sub(" ", _TAG.sub(" ", text))
    return [word for word in text.split() if any(character.isalnum() for character in word)]


def words_without_repeats(tokens: list[str]) -> int:
    """Return the number of `tokens` if repeated text counts once; all of them in ordinary prose."""
    if len(tokens) < _ENOUGH_WORDS:
        return len(tokens)
    folded = [token.casefold() for token in tokens]
    runs = list(zip(*(folded[start:] for start in range(_RUN)), strict=False))
    different = len(set(runs))
    return len(tokens) if different >= _REPEATED_SHARE * len(runs) else different


def references(lines: Iterable[str]) -> frozenset[str]:
    """Return the names that `[name]: address` defines, for images that are given by name."""
    found = (_REFERENCE.match(line[:300]) for line in lines if line.lstrip()[:1] == "[")
    return frozenset(_name(match[1]) for match in found if match)


def images(text: str, known: Collection[str] = ()) -> int:
    """Return the number of images on the page: `![…](…)`, also in code, `<img src=…>`, and `![…][name]`.

    Args:
        text: the answer.
        known: the names that have an address somewhere in the report, from `references`.
    """
    text = _without_comments(text)
    tags = sum("src" in tag.casefold() for tag in _TAG.findall(text) if tag[:4].casefold() == "<img")
    named = len(_named_images(_without_code(text), known)) if known and "![" in text else 0
    return len(_markdown_images(text)) + tags + named


def images_in_code(text: str) -> int:
    """Return the number of images inside code, of which a reader sees the source and not the picture."""
    text = _without_comments(text)
    return len(_markdown_images(text)) - len(_markdown_images(_without_code(text)))


def images_for_the_tool(text: str) -> int:
    """Return the number of images as the course's own tool counts them: `![…](…)` on one line, anywhere."""
    return len(_markdown_images(text))


def picture_links(text: str) -> int:
    """Return how many pictures are named but not shown: links to them, and bare paths."""
    text = _without_comments(text)
    return max(0, len(_PICTURE.findall(_without_images(_TAG.sub(" ", text)))))


def _markdown_images(text: str) -> list[tuple[int, int]]:
    """Return the spans of `![…](…)`, in one pass over each line."""
    spans = []
    offset = 0
    for line in text.split("\n"):
        if "![" in line and "](" in line:
            closing = _closing_brackets(line)
            position = line.find("![")
            while position != -1:
                close = closing.get(position + 1, -1)
                following = position + 2
                if close != -1 and line[close + 1 : close + 2] == "(":
                    end = line.find(")", close + 2)
                    if end == -1:
                        break
                    if end > close + 2:
                        spans.append((offset + position, offset + end + 1))
                        following = end
                position = line.find("![", following)
        offset += len(line) + 1
    return spans


def _named_images(text: str, known: Collection[str]) -> list[str]:
    """Return the names of images like `![text][name]`, `![name][]` and `![name]` whose name has an address."""
    found = []
    for line in text.split("\n"):
        closing = _closing_brackets(line) if "![" in line else {}
        for opening, close in closing.items():
            if opening == 0 or line[opening - 1] != "!" or line[close + 1 : close + 2] == "(":
                continue
            end = closing.get(close + 1, close + 1)
            name = _name(line[close + 2 : end][:_NAME_CHARACTERS]) if end > close + 1 else ""
            name = name or _name(line[opening + 1 : close][:_NAME_CHARACTERS])
            if name in known:
                found.append(name)
    return found


def _name(text: str) -> str:
    return " ".join(text.casefold().split())


def _closing_brackets(line: str) -> dict[int, int]:
    """Return the position of the bracket that closes each opening one."""
    opened: list[int] = []
    closing = {}
    for match in _BRACKET.finditer(line):
        if match[0] == "[":
            opened.append(match.start())
        elif opened:
            closing[opened.pop()] = match.start()
    return closing


def _without_images(text: str) -> str:
    parts = []
    start = 0
    for begin, end in _markdown_images(text):
        parts.append(text[start:begin])
        start = end
    return " ".join([*parts, text[start:]])


def _shown(text: str) -> str:
    text = _without_hidden_elements(_without_comments(text))
    text = "\n".join(line for line in text.split("\n") if not _REFERENCE.match(line[:300]))
    text = _ENTITY.sub(lambda match: _ANGLES.get(match[0]) or html.unescape(match[0]), text)
    return text.translate({ord(character): None for character in set(text) if not _visible(character)})


def _visible(character: str) -> bool:
    if character < "\x7f":
        return character.isprintable() or character.isspace()
    if character in _BLANK_LETTERS or "\ufe00" <= character <= "\ufe0f":
        return False
    return unicodedata.category(character) not in ("Cf", "Cc", "Co", "Cn", "Cs")


def _without_comments(text: str) -> str:
    parts = []
    start = 0
    while (begin := text.find("<!--", start)) != -1:
        parts.append(text[start:begin])
        end = text.find("-->", begin + 4)
        if end == -1:
            return " ".join(parts)
        start = end + 3
    return " ".join([*parts, text[start:]]) if parts else text


def _without_hidden_elements(text: str) -> str:
    """Return `text` without hidden elements; `<title>` and similar elements only if they are closed."""
    parts = []
    start = 0
    hiding: str | None = None
    tags = [(match, _TAG_NAME.match(match[0])) for match in _TAG.finditer(text)]
    closed = {name[1].casefold() for match, name in tags if name and match[0].startswith("</")}
    for match, name in tags:
        tag, element = match[0], name[1].casefold() if name else ""
        if hiding is None:
            hides = (element in _ALWAYS_HIDDEN and element in closed) or _HIDING.search(tag)
            if hides and not tag.startswith("</"):
                hiding = element
                parts.append(text[start : match.start()])
        elif tag.startswith("</") and element == hiding:
            hiding, start = None, match.end()
    if hiding is None:
        parts.append(text[start:])
    return " ".join(parts)


@lru_cache(maxsize=4)
def _without_code(text: str) -> str:
    """Return `text` without fenced blocks and without code spans (which end with their paragraph)."""
    kept = [line if line.strip() else "" for line in without_code(text.split("\n"))]
    return "\n\n".join(_without_spans(paragraph) for paragraph in "\n".join(kept).split("\n\n"))


def _without_spans(paragraph: str) -> str:
    runs = [(match.start(), match.end()) for match in re.finditer(r"`+", paragraph)]
    by_length: dict[int, list[int]] = defaultdict(list)
    for begin, end in runs:
        by_length[end - begin].append(begin)
    parts = []
    start = 0
    for begin, end in runs:
        if begin < start:
            continue
        same = by_length[end - begin]
        following = bisect_right(same, begin)
        if following < len(same):
            parts.append(paragraph[start:begin])
            start = same[following] + (end - begin)
    return " ".join([*parts, paragraph[start:]])
