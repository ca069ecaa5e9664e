"""ConText: the terms in whose scope a target stands.

The algorithm is that of H. Harkema, J. N. Dowling, T. Thornblade and W. W. Chapman, "ConText: An algorithm for
determining negation, experiencer, and temporal status from clinical reports" (Journal of Biomedical Informatics 42,
2009), which extends NegEx: W. W. Chapman et al., "A simple algorithm for identifying negated findings and diseases in
discharge summaries" (Journal of Biomedical Informatics 34, 2001). A term has a kind, a direction and a scope; it
applies to a target that stands in its direction and within its scope, which ends where another clause begins.

The terms are a table, `context.toml`. For another kind of wording, add a word or a row there; `lexicon.py` explains the
keys and has an example. What depends on more than a term and its distance has a rule: where clauses begin
(`clauses.py`), what a negation denies (`negation.py`), and what the clauses around say (`neighbours.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from grader.exam.claims.language.lexicon import Direction, Lexicon, Scope, Term

#: Words on either side of a target that are looked at, so that the time is linear.
WINDOW = 60

#: For the scope "near": words between a term and the target, and how many of them may mean something.
_NEAR, _FREE = 6, 2


@dataclass(frozen=True)
class Hit:
    """A term found at `words[start:end]`."""

    term: Term
    start: int
    end: int


@dataclass(frozen=True)
class Clause:
    """A target at `words[first:last]` of a sentence, and the clause around it: `words[low:high]`."""

    words: Sequence[str]
    lexicon: Lexicon
    low: int
    first: int
    last: int
    high: int

    @property
    def before(self) -> Sequence[str]:
        """The words of the clause before the target."""
        return self.words[self.low : self.first]

    @property
    def behind(self) -> Sequence[str]:
        """The words of the clause behind the target."""
        return self.words[self.last : self.high]

    @cached_property
    def hits_before(self) -> tuple[Hit, ...]:
        """Forward terms in whose scope the target stands, in order."""
        end, opening = self.lexicon.find(self.words, 0, len(self.words), "forward")
        found = scan(self.words, max(0, self.first - WINDOW), self.first, "forward", self.lexicon)
        return (
            *(Hit(term, 0, end) for term in opening if term.scope == "opening"),
            *(hit for hit in found if self._follows(hit)),
        )

    @cached_property
    def hits_behind(self) -> tuple[Hit, ...]:
        """Backward terms in whose scope the target stands, in order."""
        found = scan(self.words, self.last, self.high, "backward", self.lexicon)
        return tuple(
            hit
            for hit in found
            if self._within(hit.term.scope_in("backward"), self.words[self.last : hit.start])
        )

    def _follows(self, hit: Hit) -> bool:
        """Whether the target stands in the scope of a term before it."""
        scope = hit.term.scope_in("forward")
        if scope == "opening":
            return False  # Or so: it is found apart, however far away.
        between = self.words[hit.end : self.first][::-1]
        return scope == "sentence" or (hit.start >= self.low and self._within(scope, between))

    def _within(self, scope: Scope, between: Sequence[str]) -> bool:
        """Whether a term of the clause is near enough, given the words between, from the target on."""
        if isinstance(scope, int):
            return len(between) < scope
        if scope == "near":
            fillers = self.lexicon.classes.fillers
            meant = (
                word for word in between[_FREE:] if word not in fillers and word not in (",", "and", "or")
            )
            return len(between) < _NEAR and not any(meant)
        return True


def find_clause(
    words: Sequence[str], begins: Sequence[bool], first: int, last: int, lexicon: Lexicon
) -> Clause:
    """The clause around a target, given which words begin a clause."""
    low, high = first, last
    while low > 0 and first - low < WINDOW and not begins[low]:
        low -= 1
    while high < len(words) and high - last < WINDOW and not begins[high]:
        high += 1
    return Clause(words, lexicon, low, first, last, high)


def scan(words: Sequence[str], low: int, high: int, direction: Direction, lexicon: Lexicon) -> Iterator[Hit]:
    """Every term in `words[low:high]` that works in a direction; of two that begin alike, the longer one."""
    at = low
    while at < high:
        end, terms = lexicon.find(words, at, high, direction)
        yield from (Hit(term, at, end) for term in terms)
        at = end
