"""The students' own words in the body of a question: what is left without the template's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from grader.exam.report.edition import EditionQuestion, Wording

#: How far below a heading the template's prompt can reach, in lines.
_PROMPT_LINES = 60
#: What is compared of one line, in characters.
_LINE_CHARACTERS = 500
#: Share of its pairs of words that a line must have in common with the prompt to be the prompt's.
_ALIKE = 0.6
_ALIKE_UNQUOTED = 0.8

#: Share of the words of a quoted paragraph that the prompt has too, when a group put it in its own words.
_REWORDED = 0.4
_FEWEST_WORDS = 4
_PARAGRAPH_LINES = 12

_WORD = re.compile(r"[^\W_]+")
_QUOTE = re.compile(r"[ \t]{0,3}>[ \t]?")
_EXAMPLE = re.compile(r"[*_][^\s*_]")
_EDGE = re.compile(r"(?:\s|-{3,}(?!-))*")


@dataclass(frozen=True)
class Patterns:
    """The patterns of one template's fixed words."""

    mark: re.Pattern[str]
    placeholder: re.Pattern[str]
    length: str
    example: str
    leftovers: tuple[re.Pattern[str], ...]


def patterns(wording: Wording, leftovers: Iterable[str] = ()) -> Patterns:
    """Build the patterns for a template's words, and for text that a template shipped by mistake."""
    marks = (wording.answer, *wording.answer_also)
    name = f"(?:{'|'.join(re.escape(mark.rstrip(':').strip()) for mark in marks)})"
    filler = r"[ \t]{0,8}".join(
        r"\d{1,2}" if word == "{number}" else re.escape(word) for word in wording.placeholder.split()
    )
    return Patterns(
        mark=re.compile(
            rf"[ \t>]{{0,20}}(?:[*_]{{0,3}}{name}[*_]{{0,3}}[ \t]{{0,3}}:[*_]{{0,3}}[ \t]?"
            rf"|(?:#{{1,6}}[ \t]{{0,3}}|[*_]{{2,3}}|(?<=>[ \t])|(?<=>)){name}[*_]{{0,3}}[ \t]{{0,8}}$)",
            re.I,
        ),
        placeholder=re.compile(
            rf"[`*_]{{0,3}}[-–—]{{0,6}}[ \t]{{0,8}}\b{filler}\b[ \t]{{0,8}}[-–—]{{0,6}}[`*_]{{0,3}}", re.I
        ),
        length=wording.length.casefold(),
        example=wording.example.casefold(),
        leftovers=tuple(
            re.compile(r"\s+".join(re.escape(word) for word in text.split()))
            for text in leftovers
            if text.split()
        ),
    )


def own_text(body: Sequence[str], question: EditionQuestion, shapes: Patterns) -> str:
    """Return the answer in `body`: without prompt, answer mark, placeholder and the dashes that fence a placeholder.

    The prompt ends at the answer mark; text on the mark's line and quoted lines right below it are the
    answer. Without a mark, the quoted lines above that resemble the prompt are dropped and everything else is
    kept. Where nothing stands below the mark, what was written between prompt and mark is the answer.
    """
    end = _mark_line(body, question, shapes)
    if end is None:
        text = "\n".join(_without_prompt(body, question, shapes))
    else:
        text = _cleaned("\n".join(_below_mark(body, end, shapes)), shapes)
        if not text:
            text = "\n".join(_without_prompt(body[:end], question, shapes))
    return _cleaned(text, shapes)


def bigrams(text: str) -> set[tuple[str, str]]:
    """Return the pairs of neighbouring words, for comparing wordings."""
    found = _WORD.findall(text.casefold())
    return set(pairwise(found))


def _mark_line(body: Sequence[str], question: EditionQuestion, shapes: Patterns) -> int | None:
    skip = -1
    for index, line in enumerate(body[:_PROMPT_LINES]):
        if shapes.mark.match(line[:_LINE_CHARACTERS]):
            return index
        if index <= skip or _QUOTE.match(line) or _from_template(line, question, shapes, quoted=False):
            continue
        paragraph = _paragraph(body, index)
        if skip >= 0 or not _reworded(paragraph, question):
            return None
        # A prompt in the group's own words, outside the quote: at most one paragraph.
        skip = index + len(paragraph) - 1
    return None


def _below_mark(body: Sequence[str], mark: int, shapes: Patterns) -> list[str]:
    line = body[mark]
    match = shapes.mark.match(line[:_LINE_CHARACTERS])
    lines = [line[match.end() :] if match else line]
    quoted = bool(_QUOTE.match(line))
    for following in body[mark + 1 :]:
        quote = _QUOTE.match(following) if quoted else None
        quoted = quote is not None
        lines.append(following[quote.end() :] if quote else following)
    return lines


def _without_prompt(body: Sequence[str], question: EditionQuestion, shapes: Patterns) -> list[str]:
    kept: list[str] = []
    prompt = example = False
    skip = -1
    for index, line in enumerate(body):
        quote = _QUOTE.match(line)
        if quote is None:
            if index < _PROMPT_LINES and not kept and _from_template(line, question, shapes, quoted=False):
                continue
            return kept + list(body[index:])
        text = line[quote.end() :]
        mark = shapes.mark.match(text[:_LINE_CHARACTERS])
        if mark:
            kept.append(text[mark.end() :])
            skip = len(body)
        elif skip == len(body):
            kept.append(text)
        elif _bare(text).startswith(shapes.example):
            example = True
        elif index <= skip:
            continue
        elif _from_template(text, question, shapes, quoted=True):
            prompt = prompt or bool(_bare(text))
        elif not kept and _EXAMPLE.match(text.lstrip()) and (example or "..." in text):
            # The rest of the paragraph is the example too, whichever of its lines the italics stand on.
            skip = index + len(_paragraph(body, index)) - 1
        elif not (kept or prompt) and _reworded(paragraph := _paragraph(body, index), question):
            prompt, skip = True, index + len(paragraph) - 1
        else:
            kept.append(text)
    return kept


def _paragraph(body: Sequence[str], start: int) -> list[str]:
    """Return the lines from `start` to the next blank one, or to where a quote begins or ends."""
    quoted = _QUOTE.match(body[start]) is not None
    lines = []
    for line in body[start : start + _PARAGRAPH_LINES]:
        text = line[:_LINE_CHARACTERS]
        if not text.strip("> \t") or (_QUOTE.match(text) is not None) is not quoted:
            break
        lines.append(text.lstrip("> \t"))
    return lines


def _reworded(paragraph: Sequence[str], question: EditionQuestion) -> bool:
    """Return whether a paragraph is a prompt in other words: bold, or it asks, or it shares many of its words."""
    text = " ".join(paragraph).strip()
    if text[:2] in ("**", "__") and text.rstrip(".:")[-2:] == text[:2]:
        return True
    words = set(_WORD.findall(text.casefold()))
    shared = words & set(_WORD.findall(question.prompt.casefold()))
    if len(words) < _FEWEST_WORDS:
        return False
    return len(shared) >= _REWORDED * len(words) and (
        text.rstrip("*_ ").endswith("?") or len(shared) >= 2 * _FEWEST_WORDS
    )


def _from_template(line: str, question: EditionQuestion, shapes: Patterns, *, quoted: bool) -> bool:
    """Return whether a line is the template's: blank, of the prompt, the recommended length, the word before an
    example.

    Outside a quote a line must be longer and more alike: students repeat a question's words in their answers.
    """
    text = _bare(line)
    if not text.strip("-=") or shapes.length in text[:40] or text == shapes.example:
        return True
    if quoted and " ".join(_WORD.findall(text)) in " ".join(_WORD.findall(question.prompt.casefold())):
        return True
    alike, fewest = (_ALIKE, 1) if quoted else (_ALIKE_UNQUOTED, 4)
    own = bigrams(text)
    return len(own) >= fewest and len(own & bigrams(question.prompt)) >= alike * len(own)


def _bare(line: str) -> str:
    return line[:_LINE_CHARACTERS].strip("> \t*_").casefold()


def _cleaned(text: str, shapes: Patterns) -> str:
    text = shapes.placeholder.sub("", text)
    for leftover in shapes.leftovers:
        text = leftover.sub("", text)
    text = _without_dashes(text)
    match = shapes.mark.match(text[:_LINE_CHARACTERS])
    return _without_dashes(text[match.end() :]) if match else text


def _without_dashes(text: str) -> str:
    before = _EDGE.match(text)
    text = text[before.end() :] if before else text
    after = _EDGE.match(text[::-1])
    return text[: len(text) - after.end()] if after else text
