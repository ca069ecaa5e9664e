"""Find shell commands in an answer: in fences, in code spans, on lines of their own, and inside a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from grader.exam.claims.language.quote import quote
from grader.exam.claims.language.sentences import Sentence, sentences
from grader.repository.formats.command_words import plain_words
from grader.repository.formats.markdown import without_code
from grader.repository.formats.shell import shell_commands

_MOST = 40
_LONGEST = 3_000
_CODE = re.compile(r"(`{1,3})([^`\n]{3,600})\1")
_PROMPT = re.compile(r"^[ \t]*(?:\$|>>?|PS[^>\n]{0,60}>|%|\([\w.-]{1,30}\)[ \t]*\$)[ \t]+", re.M)
#: The marks of a fence quoted in a longer one: three backticks are not shell.
_INNER_MARK = re.compile(r"^[ \t]*(?:`{3,}|~{3,}).*$", re.M)
_LINE_MARKS = re.compile(r"^[\s>*•-]*(?:\d{1,2}[.)]\s+)?(?:<br\s?/?>\s*)?[`$]*\s*")
#: How a line must begin to be a command without code markup.
_COMMAND_LINE = re.compile(
    r"(?:uv (?:run|sync|pip)|uvx|python3?(?:\.\d+)? (?:-m )?[\w./\\-]+(?:\.py\b|\s-)|docker[ -](?:build|run|compose)"
    r"|pip3? install|wandb sweep"
    r"|conda (?:env )?create|dvc (?:pull|push|repro)|uvicorn [\w.]+:|streamlit run|gcloud \w+|bash [\w./-]+\.sh"
    r"|sbatch \S|pre-commit install)\b"
)
#: Inside a sentence, read only a program and its file; the words after it may be prose again.
_IN_PROSE = re.compile(
    r"\b(?:uv run )?(?:python3?\s[\w./\\-]{1,200}\.py|docker build[\w .:/=-]{0,80}?\s-f\s?[\w./-]{1,200}"
    r"|pip3? install -r\s[\w./-]{1,200}\.txt|conda env create -f\s[\w./-]{1,200}\.ya?ml|wandb sweep\s[\w./-]{1,200}\.ya?ml)\b"
)


@dataclass(frozen=True)
class Typed:
    """A command: its words without wrapper commands, as written, and where it was found.

    folder: where the commands before it in the same fence changed to (`cd app`), as written.
    whole: whether all of its words are known to belong to it.
    """

    words: tuple[str, ...]
    written: str
    text: str
    folder: str = ""
    whole: bool = True


def typed(text: str) -> list[Typed]:
    """Return the commands of an answer in order, each once, at most forty."""
    found: dict[tuple[str, ...], Typed] = {}
    for command in islice(_all(text), 4 * _MOST):
        found.setdefault(command.words, command)
    return list(found.values())[:_MOST]


def _all(text: str) -> Iterator[Typed]:
    for sentence in sentences(text):
        if sentence.code:
            yield from _script(sentence.text[:_LONGEST], "")
        else:
            yield from _spans(sentence)
    lines = [_LINE_MARKS.sub("", line).rstrip("` \t") for line in _outside_fences(text)]
    for line in lines:
        if _COMMAND_LINE.match(line) and len(line) < 400:
            yield from _script(line, line)


def _outside_fences(text: str) -> Iterator[str]:
    for line in without_code(text[: 50 * _LONGEST].split("\n")):
        yield line[:600].split("<br>")[0] if line.count("<br>") > 1 else line[:600]


def _script(script: str, context: str) -> Iterator[Typed]:
    folder, cloned = "", False
    for _, words in shell_commands(_PROMPT.sub("", _INNER_MARK.sub("", script))):
        cloned = cloned or words[:2] == ("git", "clone")
        if words[0] == "cd" and len(words) == 2:
            # `cd` into the clone leads to the root, whatever its name.
            folder = "" if cloned and not folder else f"{folder}/{words[1]}".strip("/")
            cloned = False
        elif plain := plain_words(words):
            written = " ".join(words)
            yield Typed(plain, written[:300], quote(context or written), folder)


def _spans(sentence: Sentence) -> Iterator[Typed]:
    for match in list(_CODE.finditer(sentence.text))[:_MOST]:
        if " " in match[2].strip() and sentence.polarity(*match.span(2)) == "asserted":
            for command in _script(match[2], sentence.text):
                yield Typed(command.words, command.written, quote(sentence.text, match.start()))
    for match in islice(_IN_PROSE.finditer(_CODE.sub("", sentence.text)), _MOST):
        for command in _script(match[0], sentence.text):
            yield Typed(command.words, command.written, command.text, whole=False)
