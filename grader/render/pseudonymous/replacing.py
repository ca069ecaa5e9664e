"""Replace names in text by pseudonyms: as they are written, by their parts, in other spellings, and glued together."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterable, Sequence
from urllib.parse import quote

from grader.exam.claims.study_numbers import number_pattern
from grader.exam.report_data import NO_REPORT_DATA, ReportData
from grader.render.pseudonymous.people_of import LABEL, NOBODY, WORDS, Identity

#: From how many letters on a name is looked for inside of words, and a short one only where it is written as a name.
_INSIDE, _SHORT = 6, 3
_SPELLINGS = (
    {
        "ø": "o",
        "å": "a",
        "æ": "ae",
        "ö": "o",
        "ä": "a",
        "ü": "u",
        "ß": "ss",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
    },
    {
        "ø": "oe",
        "å": "aa",
        "æ": "ae",
        "ö": "oe",
        "ä": "ae",
        "ü": "ue",
        "ß": "ss",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
    },
)
_EMAIL = re.compile(r"(?<![\w.+-])([\w.+-]{1,64})@((?:[\w-]{1,63}\.){1,8}[A-Za-z]{2,24})(?![\w-])")
#: What names somebody whoever it is: the names of accounts in paths and addresses.
_ANYBODY = (
    (
        re.compile(
            r"((?:/home/|/Users/|[\\/]Users[\\/]))(?!student\b|runner\b|user\b)[^/\\\s:\"'`<>|]{1,64}"
        ),
        r"\1user",
    ),
    (re.compile(r"((?:wandb\.ai|linkedin\.com/in|hub\.docker\.com/[ru]|ghcr\.io)/)[\w.-]{1,100}"), r"\1user"),
    (re.compile(r"(?<![\w.-])[\w-]{1,100}(\.github\.io)"), r"user\1"),
)


class Pseudonyms:
    """The pseudonyms of a submission's people: `student-1`, `student-2`, … in their order; the same for the same submission."""

    def __init__(
        self,
        people: Sequence[Identity],
        source: str = "",
        name: str = "submission",
        about: ReportData = NO_REPORT_DATA,
    ) -> None:
        """`source` is replaced by `name` wherever it stands; `about` tells of study numbers, and of names that are nobody's."""
        self._name = name
        self._form = about.study_number
        self._nobody = NOBODY | about.nobody
        self._number: dict[str, int] = {}
        words: list[str] = []
        parts: list[str] = []
        for number, person in enumerate(people, start=1):
            for text in person.names:
                words += self._note(_whole_names(text), number)
                parts += self._note(_parts(text), number)
            for text in person.words:
                words += self._note(self._of_word(text), number)
        #: By what has to be in a text for it to match, without case: whole names before parts, long ones first.
        self._patterns = [
            *((text.casefold(), _word(text)) for text in _longest_first(words)),
            *((text.casefold(), _part(text)) for text in _longest_first(parts)),
        ]
        self._compiled: dict[tuple[str, ...], re.Pattern[str]] = {}
        pattern = _of_source(source)
        self._source = re.compile(pattern, re.IGNORECASE) if pattern else None

    def text(self, text: str) -> str:
        """Return a text without names."""
        if self._source is not None:
            text = self._source.sub(self._name, text)
        if "@" in text:
            text = _EMAIL.sub(self._email, text)
        plain = text.casefold()
        # Most texts hold no name: what cannot match is not tried at each of their letters.
        there = tuple(pattern for needed, pattern in self._patterns if needed in plain)
        if there:
            if there not in self._compiled:
                self._compiled[there] = re.compile("|".join(there))
            text = self._compiled[there].sub(lambda found: self._label(found[0]), text)
        if self._form is not None:
            text = number_pattern(self._form).sub(self._stranger, text)
        for pattern, instead in _ANYBODY:
            text = pattern.sub(instead, text)
        return text

    def person(self, name: str) -> str:
        """Return the pseudonym of somebody who is named as such."""
        for text in (name, *_parts(name)):
            if number := self._number.get(text.casefold()):
                return f"student-{number}"
        if LABEL.fullmatch(name):
            return name
        hidden = self.text(name)
        return hidden if hidden != name else "student"

    def _note(self, texts: Iterable[str], number: int) -> list[str]:
        found = []
        for text in texts:
            for form in _forms(text):
                self._number.setdefault(form.casefold(), number)
                found.append(form)
        return found

    def _label(self, text: str) -> str:
        number = self._number.get(text.casefold())
        if number is None:
            return "student"
        # The shape of a study number stays: how many there are is a claim of the report.
        if self._form and (digits := self._digits(text)):
            return f"{text[: -len(digits)]}{number:0{self._form.digits}}"
        return f"student-{number}"

    def _digits(self, text: str) -> str:
        """Return the digits of a study number; nothing for any other text."""
        found = number_pattern(self._form).fullmatch(text) if self._form else None
        return found[1] if found else ""

    def _of_word(self, text: str) -> Iterable[str]:
        """Yield an address, a study number or a user name in the forms in which it is written."""
        text = text.strip()
        if not text:
            return
        yield text
        local, at, _ = text.partition("@")
        if self._form and (digits := self._digits(local)):
            yield from (self._form.prefix + digits, digits)
        if at and len(local) > _SHORT and local.casefold() not in self._nobody:
            yield local
            yield local.partition("+")[2] or local

    def _stranger(self, found: re.Match[str]) -> str:
        """Return a study number of somebody unknown, if it has letters: without, it may be any number."""
        digits = found[1]
        if found[0] == digits or digits.startswith("0" * (len(digits) - 2)):
            return found[0]
        return found[0][: -len(digits)] + "0" * len(digits)

    def _email(self, found: re.Match[str]) -> str:
        if found[1] == "git":
            return found[0]
        return self._label(found[0]) if found[0].casefold() in self._number else "somebody"


def _of_source(source: str) -> str:
    """Return a pattern for an address, also without its scheme and host, or for a whole path; a relative one is words."""
    if os.path.isabs(source):
        return re.escape(source) if len(source) > 1 else ""
    bare = re.sub(r"^[A-Za-z][A-Za-z0-9+.-]*://", "", source)
    if bare != source or re.match(r"[\w.-]+@", source):
        bare = re.sub(r"^(?:[^/@\s]*@)?[^/:\s]+(?::\d+)?[/:]", "", bare)
    bare = bare.strip("/").removesuffix(".git")
    texts = {source.removesuffix("/").removesuffix(".git"), bare} if "/" in bare else set()
    return "|".join(_alone(text) for text in _longest_first(texts))


def _alone(text: str) -> str:
    return rf"(?<![\w-]){re.escape(text)}(?:\.git)?(?![\w-])" if text[0].isalnum() else re.escape(text)


def _whole_names(name: str) -> Iterable[str]:
    parts = _parts(name)
    yield name.strip()
    if len(parts) < 2:
        return
    first, last = parts[0], parts[-1]
    for some in (parts, [first, last], [last, first]):
        for between in ("", " ", "-", "_", ".", "+", "%20", ", "):
            yield between.join(some)
    for short in (
        first[0] + last,
        first + last[0],
        f"{first[0]}.{last}",
        f"{first[0]}_{last}",
        last + first[0],
    ):
        if len(short) > _SHORT:
            yield short


def _parts(name: str) -> list[str]:
    return [part for part in re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)*", name) if len(part) > 1]


def _forms(text: str) -> Iterable[str]:
    """Yield the spellings of a text: with and without accents, composed or not, as addresses and JSON write them."""
    spelled = {text, unicodedata.normalize("NFC", text)}
    for table in _SPELLINGS:
        capitals = {key.upper(): value.capitalize() for key, value in table.items() if len(key.upper()) == 1}
        table_of_both: dict[str, str | int | None] = {**table, **capitals}
        plain = unicodedata.normalize("NFC", text).translate(str.maketrans(table_of_both))
        spelled.add(
            "".join(one for one in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(one))
        )
    for form in sorted(spelled):
        yield form
        if not form.isascii():
            yield unicodedata.normalize("NFD", form)
            yield quote(form)
            yield form.encode("ascii", "backslashreplace").decode().replace("\\x", "\\u00")


def _longest_first(texts: Iterable[str]) -> list[str]:
    return sorted(set(texts), key=lambda text: (-len(text), text))


def _word(text: str) -> str:
    """Return a pattern for a word of its own, in any case: a whole name, an address, a user name."""
    inner = f"(?i:{re.escape(text)})"
    if len(re.sub(r"[\W\d_]", "", text)) > 2 * _SHORT:
        return inner
    return rf"(?<![^\W_]){inner}(?![^\W_])"


def _part(text: str) -> str:
    """Return a pattern for a part of a name: a word of its own, with other words by `_`, `-` or digits, or inside of a word."""
    escaped = re.escape(text)
    capital, upper = re.escape(text[:1].upper() + text[1:].lower()), re.escape(text.upper())
    # `adaModel`, `modelAda`, `AdaModel`: where a capital begins and ends it.
    alone, camel = r"(?<![^\W\d_]){}(?![^\W\d_])", r"(?<![A-Z]){}(?![a-z])"
    if text.casefold() in WORDS or len(text) < _SHORT:
        return f"{alone.format(capital)}|{alone.format(upper)}"
    if len(text) >= _INSIDE:
        return f"(?i:{escaped})"
    begins = rf"(?<![^\W\d_]){re.escape(text.lower())}(?=[A-Z])"
    return f"{alone.format(f'(?i:{escaped})')}|{camel.format(capital)}|{begins}"
