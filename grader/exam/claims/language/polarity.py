"""Whether a sentence says that something is so: asserted, denied, or unsure.

Heuristics over the words around a target, for the English that groups write, by ConText (see `context.py`). They lean
to `unsure`: what is asserted or denied by mistake ends as a false accusation, what is unsure costs nothing.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import cached_property
from itertools import islice
from typing import Literal

from grader.exam.claims.language.clauses import begins_clause
from grader.exam.claims.language.context import Clause, find_clause
from grader.exam.claims.language.lexicon import Lexicon, english
from grader.exam.claims.language.negation import Sign, denials
from grader.exam.claims.language.neighbours import is_announced, is_denied_next, is_given_up, is_wish

Polarity = Literal["asserted", "denied", "unsure"]

#: Kinds of terms that say that a target is not so, but might be, or was.
_UNREAL = frozenset({"modal", "hypothetical", "plan", "attempt", "past", "alternative"})

_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)?|[,;:()?—–]|(?<=\s)-(?=\s)")


class Words:
    """A sentence as words, for asking about several targets in it."""

    def __init__(self, text: str, lexicon: Lexicon | None = None) -> None:
        matches = list(_TOKEN.finditer(text))
        self._lexicon = lexicon or english()
        self._starts = [match.start() for match in matches]
        self._ends = [match.end() for match in matches]
        self._words = [match[0].casefold().replace("’", "'") for match in matches]
        self._question = text.rstrip().endswith("?")

    def polarity(self, start: int, end: int) -> Polarity:
        """Of what stands between two offsets of the text."""
        if self._question or not self._words:
            return "unsure"
        first = min(bisect_right(self._ends, start), len(self._words) - 1)
        last = max(bisect_left(self._starts, end), first + 1)
        clause = find_clause(self._words, self._begins, first, last, self._lexicon)
        if _is_unreal(clause):
            return "denied" if is_given_up(clause) else "unsure"
        # Two negations leave it open, whatever more there are.
        signs = list(islice(denials(clause), 2))
        return _by_signs(signs) if signs else _without_negation(clause)

    @cached_property
    def _begins(self) -> list[bool]:
        """For each word, whether a clause begins with it."""
        return [begins_clause(self._words, at, self._lexicon) for at in range(len(self._words))]


def _is_unreal(clause: Clause) -> bool:
    hits = (*clause.hits_before, *clause.hits_behind)
    return any(hit.term.kind in _UNREAL for hit in hits) or is_wish(clause)


def _without_negation(clause: Clause) -> Polarity:
    """Of a clause that denies nothing: the clauses around it decide."""
    if is_given_up(clause):
        return "denied"
    return "unsure" if is_denied_next(clause) or is_announced(clause) else "asserted"


def _by_signs(signs: Sequence[Sign]) -> Polarity:
    if len(signs) > 1 or signs[0] == "unsure":
        return "unsure"
    return "denied" if signs[0] == "denied" else "asserted"
