"""A student's Markdown as HTML that can neither load, run, nor restructure anything."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from markupsafe import Markup

from grader.render.escaping import cut, visible

_TAGS = {
    "a", "blockquote", "br", "code", "em", "hr", "li", "ol", "p", "pre", "s", "span", "strong",
    "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
_LINK = re.compile(r"(?:https?://|mailto:)", re.IGNORECASE)
_IMG = re.compile(r"<img\b[^<>]{0,2000}>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""\b(src|alt)\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)

#: A short text can become much HTML (tables); an answer that does is shown as it was written.
_MAX_HTML = 200_000


def render_answer(source: str, *, limit: int) -> Markup:
    """Return HTML of an answer.

    Headings become bold paragraphs (the outline is the page's), images a labelled chip (nothing is loaded),
    links go to http, https and mailto only, raw HTML is shown as text. `limit` is in characters; what is
    cut says so.
    """
    text = visible(source, limit)
    cleaned = nh3.clean(
        _markdown().render(text),
        tags=_TAGS,
        attributes={"a": {"href"}, "ol": {"start"}},
        allowed_classes={"p": {"answer-heading"}, "span": {"image-chip", "image-label"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener nofollow noreferrer",
    )
    html = visible(cleaned)  # once more: a character reference can name what the source did not hold
    if len(html) > _MAX_HTML:
        return Markup("<pre><code>{}</code></pre>").format(text)
    return Markup(html)  # noqa: S704 - what nh3 cleaned


@cache
def _markdown() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable(["table", "strikethrough"])
    # Refusing a target here would refuse images with a relative path, too: links are sorted out below.
    parser.validateLink = lambda url: True  # type: ignore[method-assign]
    parser.inline.ruler.before("html_inline", "html_image", _html_image)
    parser.core.ruler.push("flatten_headings", _flatten_headings)
    parser.core.ruler.push("name_refused_links", _name_refused_links)
    parser.add_render_rule("image", _image)
    return parser


def _flatten_headings(state: Any) -> None:
    for token in state.tokens:
        if token.type == "heading_open":
            token.tag, token.attrs = "p", {"class": "answer-heading"}
        elif token.type == "heading_close":
            token.tag = "p"


def _name_refused_links(state: Any) -> None:
    """Turn a link to anything but the web or a mail address into its text and, in brackets, its target."""
    for block in state.tokens:
        open_links: list[str] = []
        for token in block.children or ():
            if token.type == "link_open":
                target = str(token.attrs.get("href", ""))
                open_links.append("" if _LINK.match(target) else target or "nowhere")
                if open_links[-1]:
                    token.type, token.content = "text", ""
            elif token.type == "link_close" and (target := open_links.pop()):
                token.type, token.content = "text", f" ({cut(target, 200)})"


def _html_image(state: StateInline, silent: bool) -> bool:
    """Treat `<img src=… alt=…>`, which many reports use for its width, as an image like any other."""
    match = _IMG.match(state.src, state.pos)
    if not match:
        return False
    if not silent:
        found = {name.lower(): double or single for name, double, single in _ATTRIBUTE.findall(match[0])}
        token = state.push("image", "img", 0)
        token.content, token.attrs = found.get("alt", ""), {"src": found.get("src", "")}
    state.pos = match.end()
    return True


def _image(self: Any, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:
    token = tokens[index]
    chip = Markup('<span class="image-chip"><span class="image-label">Image</span> {} <code>{}</code></span>')
    return str(
        chip.format(cut(token.content, 200) or "without a description", cut(str(token.attrs["src"]), 200))
    )
