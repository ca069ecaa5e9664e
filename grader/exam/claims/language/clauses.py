"""Where clauses begin. Terms of kind "termination" begin one; the rules here are for what depends on words around it."""

from __future__ import annotations

from collections.abc import Sequence

from grader.exam.claims.language.lexicon import Lexicon

#: Words before a verb in which a modal makes it part of a wish.
_WISH = 12


def begins_clause(words: Sequence[str], at: int, lexicon: Lexicon) -> bool:
    """Whether a new clause begins with the word at a position."""
    _, terms = lexicon.find(words, at, len(words), "forward")
    if any(term.kind == "termination" for term in terms):
        return True
    before = words[at - 1] if at else ""
    if before == "which":
        return False
    if before in (",", "(", "and", "or"):
        return _begins_behind_joint(words, at, lexicon)
    return at > 0 and _begins_unmarked(words, at, lexicon)


def _begins_behind_joint(words: Sequence[str], at: int, lexicon: Lexicon) -> bool:
    """Of a word behind a comma, a parenthesis, "and" or "or"."""
    word, before, classes = words[at], words[at - 1], lexicon.classes
    if word in classes.pronouns or word in classes.limiters:
        return True
    if word in classes.subjects and before != "or":
        # ", the API": an item of a list; "and the API was": a clause. Only what has its own verb is one.
        return any(each in classes.auxiliaries for each in words[at + 1 : at + 5])
    own_verb = word in classes.past or (word.endswith("ed") and word in classes.uses)
    # "We would have implemented X and added Y": both are wishes.
    wish = lexicon.modals.intersection(words[max(0, at - _WISH) : at])
    return before == "and" and own_verb and not wish


def _begins_unmarked(words: Sequence[str], at: int, lexicon: Lexicon) -> bool:
    """Of a word with nothing between it and the clause before: only a pronoun begins another one there."""
    word, before, classes = words[at], words[at - 1], lexicon.classes
    # "Docker didn't it crashed": groups leave out marks, but not behind "not".
    negated = lexicon.negates(before) and not before.endswith("n't")
    if word not in classes.pronouns or before in classes.stops or before == "had" or negated:
        return False
    # As an object, "it" begins nothing.
    following = words[at + 1] if at + 1 < len(words) else ""
    return word not in ("it", "you", "everyone") or following in classes.auxiliaries
