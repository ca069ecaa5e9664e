"""The link targets of an answer: Markdown links and images, HTML ones, and bare addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_MOST = 60
_LABEL = 300
_INLINE = re.compile(r"\]\(([^()\n]{1,1000}(?:\([^()\n]{0,200}\)[^()\n]{0,200})?)\)")
_REFERENCE = re.compile(r"^[ \t]{0,3}\[[^\]\n]{1,200}\]:[ \t]{0,9}(\S{1,1000})", re.M)
_HTML = re.compile(r"<(img|a)\b[^<>]{0,300}?\b(?:src|href)\s{0,3}=\s{0,3}[\"']?([^\"'<>\s]{1,1000})", re.I)
_ADDRESS = re.compile(r"https?://[^\s<>\"'`|\\^]{3,1000}", re.I)
_TITLE = re.compile(r"\s{1,9}[\"'(][^\n]{0,200}$")


@dataclass(frozen=True)
class Target:
    """A link: its target as written, whether it shows an image, and its position in the answer."""

    address: str
    image: bool
    start: int


def targets(text: str) -> list[Target]:
    """Return the links of an answer by position, each address once, at most sixty. Linear in the length."""
    found: dict[str, Target] = {}
    for target in sorted(_all(text), key=lambda each: each.start):
        if target.address not in found and len(found) < _MOST:
            found[target.address] = target
    return list(found.values())


def _all(text: str) -> Iterator[Target]:
    taken: list[tuple[int, int]] = []
    for match in _INLINE.finditer(text):
        label = _label(text, match.start())
        address = _TITLE.sub("", match[1].strip()).strip("<> ")
        taken.append(match.span(1))
        if address:
            yield Target(address, label.startswith("!"), match.start(1))
    for match in _REFERENCE.finditer(text):
        taken.append(match.span(1))
        yield Target(match[1].strip("<>"), False, match.start(1))
    for match in _HTML.finditer(text):
        taken.append(match.span(2))
        yield Target(match[2], match[1].casefold() == "img", match.start(2))
    inside = {at for begin, end in taken for at in range(begin, end)}
    for match in _ADDRESS.finditer(text):
        # `https://api-<region>.run.app` is a pattern, not an address.
        if match.start() not in inside and text[match.end() : match.end() + 1] != "<":
            yield Target(_trimmed(match[0]), False, match.start())


def _label(text: str, closing: int) -> str:
    """Return the `[…]` that ends at `closing`, with the `!` of an image before it."""
    depth = 0
    for at in range(closing, max(-1, closing - _LABEL), -1):
        if text[at] == "]":
            depth += 1
        elif text[at] == "[":
            depth -= 1
            if depth == 0:
                return text[max(0, at - 1) : closing] if text[at - 1 : at] == "!" else text[at:closing]
    return ""


def _trimmed(address: str) -> str:
    """Return an address without the punctuation of the sentence around it."""
    while address and (
        address[-1] in ".,;:!?*_]}" or (address[-1] == ")" and address.count("(") < address.count(")"))
    ):
        address = address[:-1]
    return address
