"""What the clauses around that of a target say of it: wishes, attempts that are called off, "we did not do it"."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from grader.exam.claims.language.context import WINDOW, Clause
from grader.exam.claims.language.lexicon import Lexicon

#: Words of the next clause, and of what stands before a colon, that are looked at.
_NEXT, _CALLED_OFF, _ANNOUNCED = 10, 12, 12

#: Words behind a negation in which success may be denied: "never really got it to work".
_SUCCESS = 7


def is_wish(clause: Clause) -> bool:
    """Whether a clause around makes it a wish: "Using X, we could …", "Without X we would …"."""
    modals, pronouns = clause.lexicon.modals, clause.lexicon.classes.pronouns
    if clause.words[0] == "without" and modals.intersection(clause.words[:WINDOW]):
        return True
    if not clause.words[clause.low].endswith("ing"):
        return False
    near = clause.words[max(0, clause.low - WINDOW) : clause.first + WINDOW]
    return bool(modals.intersection(clause.behind)) or any(
        word in pronouns and following in modals for word, following in pairwise(near)
    )


def is_given_up(clause: Clause) -> bool:
    """Whether an attempt at the target came to nothing: "We tried X, however we never got it to work"."""
    classes = clause.lexicon.classes
    attempts = [at for at, word in enumerate(clause.before) if word in classes.attempts]
    if not attempts or (classes.stops - {"with", "to"}).intersection(clause.before[attempts[-1] :]):
        return False
    following = clause.words[clause.high : clause.high + _CALLED_OFF]
    behind = _behind_negation(following, clause.lexicon)
    return behind is not None and _denies_success(behind, clause.lexicon)


def _behind_negation(words: Sequence[str], lexicon: Lexicon) -> Sequence[str] | None:
    """The words behind the first negation, or None if there is none."""
    at = next((at for at, word in enumerate(words) if lexicon.negates(word)), None)
    return None if at is None else words[at + 1 :]


def _denies_success(behind: Sequence[str], lexicon: Lexicon) -> bool:
    """Whether the words behind a negation end in success: "got it to work", but not "managed two weeks"."""
    classes = lexicon.classes
    ends = [at for at, word in enumerate(behind[:_SUCCESS]) if word in classes.success]
    if not ends:
        return False
    following = behind[ends[-1] + 1 : ends[-1] + 2]
    ending = (classes.stops - {"for"}) | {",", "properly", "fully"}
    return not following or following[0] in ending


def is_denied_next(clause: Clause) -> bool:
    """Whether the next clause denies by a pronoun what this one names: "As for X, we did not do it"."""
    following = clause.words[clause.high : clause.high + _NEXT]
    lexicon, classes = clause.lexicon, clause.lexicon.classes
    for at, word in enumerate(following):
        if lexicon.negates(word) and word not in ("no", "without"):
            behind = [
                each
                for each in following[at + 1 :]
                if each not in classes.fillers or each in classes.anaphors
            ]
            return not behind or _stands_for_it(behind, lexicon)
    return False


def _stands_for_it(behind: Sequence[str], lexicon: Lexicon) -> bool:
    """Whether the object of a denied verb is a pronoun, or there is none: "did not use it", "did not use"."""
    classes = lexicon.classes
    if behind[0] in classes.uses and (len(behind) == 1 or behind[1] == "," or behind[1] in classes.anaphors):
        return True
    return behind[0] in classes.anaphors


def is_announced(clause: Clause) -> bool:
    """Whether what stands before a colon denies what follows it: "Not used: X, Y"."""
    low, words = clause.low, clause.words
    if words[low] != ":" and (low == 0 or words[low - 1] != ":"):
        return False
    return any(clause.lexicon.negates(word) for word in words[max(0, low - _ANNOUNCED) : low])
