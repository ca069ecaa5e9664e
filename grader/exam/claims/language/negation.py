"""What a negation in the clause of a target says of the target: "not use X", "no X", "X was not used"."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Literal

from grader.exam.claims.language.context import Clause, Hit, scan
from grader.exam.claims.language.lexicon import Denies, Direction, Lexicon

#: "harmless": the negation speaks of something else, and the target is so.
Sign = Literal["denied", "unsure", "harmless"]

#: What a term says of the target of a clause, given the words from the term to the target or, of a term behind the
#: target, to the end of the clause without fillers.
_Rule = Callable[[Clause, Hit, Sequence[str]], Sign | None]

#: Words with a meaning of their own that may stand between a negation and what it surely denies.
_SURE = 3

#: Words behind a target in which a negation of it may stand.
_REACH = 8


def denials(clause: Clause) -> Iterator[Sign]:
    """A sign for each negation that says something of the target."""
    yield from _before(clause)
    yield from _behind(clause)


def _before(clause: Clause) -> Iterator[Sign]:
    for hit in clause.hits_before:
        if hit.term.denies is None or _repeats(clause, hit):
            continue
        between = clause.words[hit.end : clause.first]
        sign = _judge(clause, hit, between, _RULES_BEFORE[hit.term.denies], "forward")
        if sign:
            yield sign


def _behind(clause: Clause) -> Iterator[Sign]:
    """Only the first negation behind a target can be about it."""
    reach = clause.last + _reach(clause.behind, clause.lexicon)
    for hit in clause.hits_behind:
        if hit.term.denies is not None and hit.end <= reach:
            fillers = clause.lexicon.classes.fillers
            rest = [word for word in clause.words[hit.end : clause.high] if word not in fillers]
            sign = _judge(clause, hit, rest, _RULES_BEHIND[hit.term.denies], "backward")
            if sign:
                yield sign
            return


def _judge(clause: Clause, hit: Hit, rest: Sequence[str], rule: _Rule, direction: Direction) -> Sign | None:
    """What a term says, after what stands behind it and changes it."""
    if hit.term.kind == "negation" and hit.term.denies != "other":
        kinds = _qualifiers(rest, clause.lexicon, direction)
        if "pseudo" in kinds:
            return None
        if "softener" in kinds:
            return "unsure"
        if "harmless" in kinds:
            return "harmless"
    return rule(clause, hit, rest)


def _qualifiers(rest: Sequence[str], lexicon: Lexicon, direction: Direction) -> set[str]:
    """Kinds of the terms that qualify a negation, given the words behind it."""
    return {
        hit.term.kind
        for hit in scan(rest, 0, len(rest), direction, lexicon)
        if not isinstance(scope := hit.term.scope_in(direction), int) or hit.start < scope
    }


def _repeats(clause: Clause, hit: Hit) -> bool:
    """Whether it is the "nor" of a "neither", which has said it all."""
    return clause.words[hit.start] == "nor" and "neither" in clause.before


def _reach(behind: Sequence[str], lexicon: Lexicon) -> int:
    """How many words behind a target can hold what is said of it."""
    for at, word in enumerate(behind[:_REACH]):
        ends_here = word == "," and not {"and", "or"}.intersection(behind[at:_REACH])
        if ends_here or word in lexicon.classes.stops:
            return at
    return _REACH


# ---- before a target: rules of what follows a term


def _verb(clause: Clause, hit: Hit, between: Sequence[str]) -> Sign:
    """Judge "We did not (manage to) use X"."""
    classes = clause.lexicon.classes
    if classes.means.issuperset(between):
        return "denied"
    for at, word in enumerate(between):
        is_last = at + 1 == len(between)
        if word in classes.uses and (word not in classes.fillers or is_last):
            return _object(clause.lexicon, between[at + 1 :])
        if word not in classes.fillers:
            return "denied" if is_last and word not in classes.stops else "unsure"
    return "denied"


def _object(lexicon: Lexicon, between: Sequence[str]) -> Sign:
    """Judge a target behind a verb that is denied, given the words between the two."""
    classes = lexicon.classes
    if any(word in classes.stops and word not in classes.means for word in between):
        return "unsure"
    made_with = classes.fillers | classes.uses | classes.means | classes.made
    if classes.means.intersection(between) and not made_with.issuperset(between):
        # "We did not log images using X": the images are denied, not X.
        return "unsure"
    return "unsure" if "to" in between and "time" not in between else "denied"


def _noun(clause: Clause, hit: Hit, between: Sequence[str]) -> Sign:
    """Judge "There is no X", "without A or X", "neither A nor X"."""
    classes, word = clause.lexicon.classes, clause.words[hit.start]
    if ("," in between or "and" in between) and "or" not in between:
        return "unsure"
    if word == "no" and any(each in classes.uses - classes.fillers for each in between[1:]):
        # "No group used X" is about groups.
        return "unsure"
    if any(each in classes.stops for each in between if each != "to"):
        return "unsure"
    meant = [each for each in between if each not in classes.uses and each != ","]
    return "denied" if "or" in between or word == "neither" else _few(clause.lexicon, meant)


def _object_of_absence(clause: Clause, hit: Hit, between: Sequence[str]) -> Sign:
    """Judge "We skipped X"."""
    return _few(clause.lexicon, between)


def _few(lexicon: Lexicon, between: Sequence[str]) -> Sign:
    """Judge it denied, unless there are too many words between to be sure."""
    meant = [word for word in between if word not in lexicon.classes.fillers and word != "of"]
    return "denied" if len(meant) <= _SURE else "unsure"


# ---- behind a target


def _of_subject(clause: Clause, hit: Hit, rest: Sequence[str]) -> Sign:
    """Judge "X was not used"."""
    if not rest:
        return "denied" if hit.end == clause.high else "unsure"
    return "denied" if rest[0] in clause.lexicon.classes.uses else "harmless"


def _subject_of_absence(clause: Clause, hit: Hit, rest: Sequence[str]) -> Sign | None:
    """Judge "X is missing"; but "X caught unused code" is about the code."""
    is_said_of_it = hit.start == clause.last or clause.words[hit.start - 1] in clause.lexicon.classes.be
    return "denied" if is_said_of_it else None


# ---- on either side


def _all(clause: Clause, hit: Hit, rest: Sequence[str]) -> Sign:
    """Judge "We decided against X"."""
    return "denied"


def _other(clause: Clause, hit: Hit, rest: Sequence[str]) -> None:
    """Judge "X needs no Y": it denies Y."""
    return


_RULES_BEFORE: Mapping[Denies, _Rule] = {
    "verb": _verb,
    "noun": _noun,
    "object": _object_of_absence,
    "all": _all,
}
_RULES_BEHIND: Mapping[Denies, _Rule] = {
    "verb": _of_subject,
    "noun": _of_subject,
    "subject": _subject_of_absence,
    "all": _all,
    "other": _other,
}
