"""The tools that a course's reports name (`reports/tools.toml`), and their mentions in sentences."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from grader.errors import CourseError
from grader.exam.claims.tools.identity import Same
from grader.parsing.plain_data import DataError, parse_toml

Words = tuple[str, ...]

_WORD = re.compile(r"[^\W_]+|&")
_CODE = re.compile(r"`[^`]{1,1000}`")
#: Places where a name is not a mention: addresses, link targets, and paths.
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>]+|\]\([^()\s]{1,1000}\)")
_CHUNK = re.compile(r"[\w.\\/-]+")
_FILE = re.compile(
    r"\.(?:py|ya?ml|toml|md|lock|json|txt|dockerfile|cfg|ini|csv|png|jpe?g|svg|gif|sh|ipynb|dvc|pth?|ckpt|onnx|html)$",
    re.I,
)
#: Separators allowed between the words of one name.
_BETWEEN = re.compile(r"[\s*`_-]{0,3}|[./]")
_QUOTES = "`*'\"“‘_"


class Tool(BaseModel):
    """A tool or an activity; `reports/tools.toml` documents each key."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    aliases: Words = ()
    exact: Words = ()
    quoted: Words = ()
    answers: dict[int, Words] = {}
    only_in: tuple[int, ...] = ()
    imports: Words = ()
    names: Words = ()
    dependencies: Words | None = None
    commands: tuple[Words, ...] = ()
    words: Words = ()
    hooks: Words = ()
    actions: Words = ()
    settings: Words = ()
    keys: Words = ()
    files: Words = ()
    frameworks: Words = ()
    tools: Words = ()
    facts: Words = ()
    checks: Words = ()
    course: bool = False
    by_hand: bool = False
    local: bool = False
    several: bool = False
    ci: bool = False

    @property
    def declared_as(self) -> Words:
        """Normalised names of the packages that provide it: one of which it is only a part shows nothing by being declared."""
        if self.dependencies is not None:
            return self.dependencies
        return tuple(
            dict.fromkeys(name.lower().replace("_", "-") for name in self.imports if "." not in name)
        )

    def spellings(self) -> Iterable[str]:
        """Return every spelling that reports use."""
        yield from (*self.aliases, *self.exact, *self.quoted)
        for words in self.answers.values():
            yield from words


@dataclass(frozen=True)
class Mention:
    """A tool named at `start:end` of a sentence."""

    tool: Tool
    start: int
    end: int


@dataclass(frozen=True)
class _Alias:
    tool: Tool
    spelling: str
    words: Words
    exact: bool = False
    quoted: bool = False
    question: int | None = None


def load_tools(reports: Path) -> Mapping[str, Any]:
    """Return the course's validated `tools.toml` as parsed TOML; empty if there is none.

    Raises:
        CourseError: invalid TOML, or an invalid tool.
    """
    path = reports / "tools.toml"
    if not path.exists():
        return {}
    try:
        data = parse_toml(path.read_text(encoding="utf-8"))
        Dictionary(data)
    except ValidationError as problem:
        first = problem.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise CourseError(f"{path}: {first.get('input')!r}: {where}: {first['msg']}.") from problem
    except (OSError, UnicodeDecodeError, DataError) as problem:
        raise CourseError(
            f"{path} cannot be read: {problem}.", "It must be a TOML file in UTF-8."
        ) from problem
    return data


class Dictionary:
    """All tools of a course, by name and by their spellings.

    Raises:
        ValidationError: from pydantic, if a table is not a valid tool.
    """

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.tools = {tool.name: tool for tool in map(Tool.model_validate, data.get("tool", ()))}
        self._aliases: dict[str, list[_Alias]] = {}
        for tool in self.tools.values():
            for alias in _aliases(tool):
                for first in (
                    {alias.words[0], f"{alias.words[0]}s"} if len(alias.words) == 1 else {alias.words[0]}
                ):
                    self._aliases.setdefault(first, []).append(alias)
        for listed in self._aliases.values():
            listed.sort(key=lambda alias: (len(alias.words), alias.question or 0), reverse=True)

    def mentions(self, text: str, question: int) -> list[Mention]:
        """Return the tools that a sentence names, in order; if two spellings overlap, the longer one.

        Args:
            text: the sentence.
            question: the number of the question in the current edition: some words mean a tool only there.
        """
        found: list[Mention] = []
        words = list(_WORD.finditer(text))
        hidden, code = _hidden(text), [match.span() for match in _CODE.finditer(text)]
        at_hidden = at_code = reach = 0
        for number, word in enumerate(words):
            while at_hidden < len(hidden) and hidden[at_hidden][1] <= word.start():
                at_hidden += 1
            while at_code < len(code) and code[at_code][1] <= word.start():
                at_code += 1
            if at_hidden < len(hidden) and hidden[at_hidden][0] <= word.start():
                continue
            in_code = at_code < len(code) and code[at_code][0] <= word.start()
            for alias in self._aliases.get(_plain(word[0]), ()):
                end = _end(text, words, number, alias)
                if (
                    end is None
                    or end <= reach
                    or not _fits(alias, text, word.start(), end, in_code, question)
                ):
                    continue
                found.append(Mention(alias.tool, word.start(), end))
                reach = end
                break
        return found


def find_dictionary(data: Mapping[str, Any]) -> Dictionary:
    """Return the dictionary of a course, cached for all answers of a report."""
    return _dictionary(Same(data))


@lru_cache(maxsize=2)
def _dictionary(key: Same[Mapping[str, Any]]) -> Dictionary:
    return Dictionary(key.thing)


def _aliases(tool: Tool) -> Iterable[_Alias]:
    listed = [_Alias(tool, text, _split(text)) for text in tool.aliases]
    listed += [_Alias(tool, text, _split(text), exact=True) for text in tool.exact]
    listed += [_Alias(tool, text, _split(text), quoted=True) for text in tool.quoted]
    for question, texts in tool.answers.items():
        listed += [_Alias(tool, text, _split(text), question=question) for text in texts]
    return [alias for alias in listed if alias.words]


def _split(text: str) -> Words:
    return tuple(_plain(word) for word in _WORD.findall(text))


def _plain(word: str) -> str:
    return "and" if word == "&" else word.casefold()


def _hidden(text: str) -> list[tuple[int, int]]:
    """Return the spans of a text that name files and addresses, in order, without overlaps."""
    spans = [match.span() for match in _ADDRESS.finditer(text)]
    spans += [match.span() for match in _CHUNK.finditer(text) if _is_path(match[0])]
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _is_path(chunk: str) -> bool:
    chunk = chunk.rstrip(".")
    if _FILE.search(chunk[-12:]):
        return True
    slashes = chunk.count("/") + chunk.count("\\")
    return slashes >= 2 or (slashes == 1 and chunk[:1] in "/\\.") or (slashes == 1 and chunk[-1:] in "/\\")


def _end(text: str, words: list[re.Match[str]], first: int, alias: _Alias) -> int | None:
    """Return where an alias that begins with a word ends, or None if other words follow."""
    last = first + len(alias.words) - 1
    if last >= len(words):
        return None
    for step, wanted in enumerate(alias.words):
        word = _plain(words[first + step][0])
        if word != wanted and not (first + step == last and word == f"{wanted}s"):
            return None
        if step and not _BETWEEN.fullmatch(text, words[first + step - 1].end(), words[first + step].start()):
            return None
    return words[last].end()


def _fits(alias: _Alias, text: str, start: int, end: int, in_code: bool, question: int) -> bool:
    if alias.question not in (None, question) or (alias.tool.only_in and question not in alias.tool.only_in):
        return False
    # Part of an identifier: `my_uv_thing`.
    if text[max(0, start - 1) : start] == "_" and text[max(0, start - 2) : start - 1].isalnum():
        return False
    if text[end : end + 5] in ("-like", "-styl", "-insp"):
        return False
    if alias.quoted and text[max(0, start - 1) : start] in (".", "-", "/"):
        return False
    if alias.quoted:
        return in_code or text[max(0, start - 1) : start] in tuple(_QUOTES)
    if alias.exact:
        written = " ".join(text[start:end].split())
        return written in (alias.spelling, f"{alias.spelling}s") or _loose(written) == _loose(alias.spelling)
    return True


def _loose(text: str) -> str:
    return "".join(_WORD.findall(text))
