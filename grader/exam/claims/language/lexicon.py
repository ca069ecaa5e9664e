"""The terms of `context.toml` and the classes of words of `classes.toml`, validated and indexed.

How to add a term: put its words into the row of `context.toml` that says the same, or write a row of your own. So
that "We refrained from X" and "X was scrapped" deny X:

    [[term]]
    kind = "absence"
    direction = "forward"
    scope = 6
    denies = "object"
    words = ["refrained from", "refraining from"]

    [[term]]
    kind = "absence"
    direction = "backward"
    denies = "all"
    words = ["scrapped"]

Then add a sentence for it to `tests/unit/exam/claims/language/test_sentences.py`, and one that must stay as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import product
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from grader.parsing.plain_data import parse_toml

Kind = Literal[
    "negation",  # not so: "not X"
    "absence",  # not so, said by a word that needs no "not": "skipped X"
    "pseudo",  # behind a negation: it denies nothing after all: "not only X"
    "softener",  # behind a negation: it denies a part: "not fully X"
    "harmless",  # behind a negation: it denies something bad, X is so: "no problems with X"
    "modal",  # not so, but might be: "would use X"
    "hypothetical",  # "if we had X"
    "plan",  # "planned to use X"
    "attempt",  # "tried X"
    "past",  # "moved away from X"
    "alternative",  # "instead of X"
    "termination",  # begins another clause, where scopes end
]
Direction = Literal["forward", "backward"]
Scope = Literal["clause", "sentence", "opening", "near"] | Annotated[int, Field(ge=1, strict=True)]
Denies = Literal["verb", "noun", "object", "all", "subject", "other"]

#: What a negation can deny on either side of it; each is a rule in `negation.py`.
_DENIES: Mapping[Direction, frozenset[Denies]] = {
    "forward": frozenset({"verb", "noun", "object", "all"}),
    "backward": frozenset({"verb", "noun", "subject", "all", "other"}),
}


class Term(BaseModel):
    """A row of `context.toml`: terms that turn what a sentence says of the targets in their scope.

    kind: what they say. words: words or phrases, in lower case.
    direction: forward, if the target follows the term; backward, if it stands before it.
    scope: how far. "clause": as far as the clause goes. "sentence": forward, also from the clauses before. "opening":
        the whole sentence, if the term opens it. "near": at most six words, of which only the two at the target may
        have a meaning of their own. A number: at most so many words (1 is next to it). Of what qualifies a negation
        (pseudo, softener, harmless), it is counted from the negation.
    scope_backward: how far in that direction, if not as far as in the other.
    denies: of a negation or absence, the rule for what it denies. "verb": "not use X", "X was not used". "noun": "no X".
        "object": a few words behind. "all": whatever is in scope. "subject": "X is missing". "other": something else.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Kind
    direction: Direction | Literal["both"]
    scope: Scope = "clause"
    scope_backward: Scope | None = None
    denies: Denies | None = None
    words: tuple[str, ...] = Field(min_length=1)

    @property
    def directions(self) -> tuple[Direction, ...]:
        """Each direction in which it works."""
        return ("forward", "backward") if self.direction == "both" else (self.direction,)

    def scope_in(self, direction: Direction) -> Scope:
        """How far it reaches in a direction."""
        return (self.scope_backward if direction == "backward" else None) or self.scope

    @model_validator(mode="after")
    def _can_match(self) -> Self:
        for words in self.words:
            if words != " ".join(words.casefold().split()):
                raise ValueError(f'"{words}" must be in lower case, with single blanks')
        return self

    @model_validator(mode="after")
    def _has_a_rule(self) -> Self:
        if (self.kind in ("negation", "absence")) != (self.denies is not None):
            raise ValueError('"denies" belongs to terms of kind "negation" and "absence", and only to those')
        for direction in self.directions:
            if self.denies and self.denies not in _DENIES[direction]:
                raise ValueError(f'no {direction} term denies "{self.denies}"')
        if "backward" in self.directions and self.scope_in("backward") in ("sentence", "opening"):
            raise ValueError('only forward terms have the scope "sentence" or "opening"')
        return self


class Classes(BaseModel):
    """Classes of words for the rules that no table can express; `classes.toml` says what each is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    subjects: frozenset[str]
    pronouns: frozenset[str]
    limiters: frozenset[str]
    past: frozenset[str]
    auxiliaries: frozenset[str]
    fillers: frozenset[str]
    uses: frozenset[str]
    stops: frozenset[str]
    means: frozenset[str]
    made: frozenset[str]
    be: frozenset[str]
    anaphors: frozenset[str]
    attempts: frozenset[str]
    success: frozenset[str]


class Lexicon:
    """All terms and classes, with the terms indexed by direction and words.

    Raises:
        ValidationError: from pydantic, if a row is no term.
    """

    def __init__(self, rows: Iterable[Mapping[str, Any]], classes: Mapping[str, Any]) -> None:
        terms = [Term.model_validate(row) for row in rows]
        self.classes = Classes.model_validate(classes)
        self.modals = frozenset(word for term in terms if term.kind == "modal" for word in term.words)
        self._negations = frozenset(word for term in terms if term.kind == "negation" for word in term.words)
        self._rows: dict[Direction, dict[str, list[Term]]] = {"forward": {}, "backward": {}}
        #: For each word that begins a term: how many words the longest such term has.
        self._lengths: dict[Direction, dict[str, int]] = {"forward": {}, "backward": {}}
        for term in terms:
            for direction, words in product(term.directions, term.words):
                self._rows[direction].setdefault(words, []).append(term)
                lengths, begin = self._lengths[direction], words.partition(" ")[0]
                lengths[begin] = max(words.count(" ") + 1, lengths.get(begin, 0))

    def find(
        self, words: Sequence[str], at: int, end: int, direction: Direction
    ) -> tuple[int, Sequence[Term]]:
        """Where the longest term that begins at a position ends (it ends at `end` at the latest), and its rows."""
        word, rows = words[at], self._rows[direction]
        length = self._lengths[direction].get(word)
        if length is None:
            return at + 1, rows.get("n't", ()) if word.endswith("n't") else ()
        for last in range(min(end, at + length), at, -1):
            found = rows.get(" ".join(words[at:last]))
            if found:
                return last, found
        return at + 1, ()

    def negates(self, word: str) -> bool:
        """Whether a word is a negation, in either direction."""
        return word in self._negations or word.endswith("n't")


@cache
def english() -> Lexicon:
    """The lexicon that the engine brings, loaded once."""
    return Lexicon(*read_english())


def read_english() -> tuple[list[Mapping[str, Any]], Mapping[str, Any]]:
    """The rows of `context.toml` and the classes of `classes.toml`, as data to extend."""
    return _parse("context.toml")["term"], _parse("classes.toml")


def _parse(name: str) -> dict[str, Any]:
    return parse_toml(Path(__file__).with_name(name).read_text(encoding="utf-8"))
