"""Whether a sentence says that something is so: asserted, denied, or unsure.

Heuristics over the words around a mention, for the English that groups write. They lean to `unsure`: what is asserted
or denied by mistake ends as a false accusation, what is unsure costs nothing.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from itertools import pairwise
from typing import Literal

from grader.exam.claims.language import english

Polarity = Literal["asserted", "denied", "unsure"]

#: Words on either side of a mention that are looked at.
_WINDOW = 60

_DECIDED = (["decided"], ["deciding"], ["opted"], ["opting"], ["chose"], ["choosing"])
_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)?|[,;:()?—–]|(?<=\s)-(?=\s)")


class Words:
    """A sentence as words, for asking about several mentions in it."""

    def __init__(self, text: str) -> None:
        matches = list(_TOKEN.finditer(text))
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
        low, high = self._clause(first, last)
        before, after = self._words[low:first], self._words[last:high]
        if self._hypothetical(low, first, before, after):
            return "denied" if self._given_up(before, high) else "unsure"
        signs = [*self._denied_before(before), *_denied_behind(after)]
        if not signs and self._given_up(before, high):
            return "denied"
        if not signs:
            return "unsure" if self._denied_next(high) or self._announced(low) else "asserted"
        return "denied" if signs == ["denied"] else "unsure" if signs != ["harmless"] else "asserted"

    def _clause(self, first: int, last: int) -> tuple[int, int]:
        """The words around a mention up to where another thought begins."""
        low, high = first, last
        while low > 0 and first - low < _WINDOW and not self._boundary(low):
            low -= 1
        while high < len(self._words) and high - last < _WINDOW and not self._boundary(high):
            high += 1
        return low, high

    def _boundary(self, at: int) -> bool:
        """Whether a new clause begins with the word at a position."""
        word, before = self._words[at], self._word(at - 1)
        following = self._word(at + 1)
        if word in english.CONTRASTS or word in ";:—–-)":
            return True
        if word == "instead":
            return following != "of"
        if word in english.REASONS:
            return True
        if word == "which" or before == "which":
            return word == "which"
        if before in (",", "(", "and", "or"):
            if word in english.PRONOUNS or word in ("only", "mainly", "mostly", "rather", "using", "relying"):
                return True
            if word in english.SUBJECTS and before != "or":
                # ", the API": an item of a list; "and the API was": a clause. Only what has its own verb is one.
                return self._has_verb_soon(at)
            own_verb = word in english.PAST or (word.endswith("ed") and word in english.USES)
            # "We would have implemented X and added Y": both are wishes.
            wish = english.MODALS.intersection(self._words[max(0, at - 12) : at])
            return before == "and" and own_verb and not wish
        if at == 0 or word not in english.PRONOUNS or before in english.STOPS | english.NEGATIONS | {"had"}:
            return False
        # As an object, "it" begins nothing.
        return word not in ("it", "you", "everyone") or following in english.VERBS_TO_BE

    def _has_verb_soon(self, at: int) -> bool:
        return any(self._word(at + step) in english.VERBS_TO_BE for step in range(1, 5))

    def _word(self, at: int) -> str:
        return self._words[at] if 0 <= at < len(self._words) else ""

    def _hypothetical(self, low: int, first: int, before: list[str], after: list[str]) -> bool:
        opener, near = self._word(0), self._words[max(0, low - _WINDOW) : first + _WINDOW]
        # "Using X, we could compare …", "we could compare … (using X)".
        if self._word(low).endswith("ing") and (
            english.MODALS.intersection(after)
            or any(word in english.PRONOUNS and next_ in english.MODALS for word, next_ in pairwise(near))
        ):
            return True
        if opener in english.OPENERS and (
            opener != "without" or english.MODALS.intersection(self._words[:_WINDOW])
        ):
            return True
        around = [*self._words[max(0, first - _WINDOW) : first], *after]
        if any(pair in english.PAIRS for pair in pairwise(before)):
            return True
        if "future" in around or any(pair in english.LATER for pair in pairwise(around)):
            return True
        if any(word in english.PLANS for word in before):
            return True
        if any(word in english.MODALS and not _was_not_able(before, at) for at, word in enumerate(before)):
            return True
        if "if" in self._words[max(0, first - _WINDOW) : first] and low > 0:
            return True
        for at, word in enumerate(after[:6]):
            if word in (",", "and", "or") or word in english.FILLERS or at < 2:
                if word in english.PLANS_BEHIND and not _was_not_able(after, at):
                    return True
                continue
            return word in english.PLANS_BEHIND and not _was_not_able(after, at)
        return False

    def _denied_before(self, before: list[str]) -> list[str]:
        """A sign for each negation before the mention in its clause: denied, unsure or harmless."""
        signs: list[str] = []
        for at, word in enumerate(before):
            if len(signs) > 1:
                break  # Two negations leave it open, whatever more there are.
            if word in english.SKIPS:
                between = [each for each in before[at + 1 :] if each not in english.FILLERS and each != "of"]
                signs.append("denied" if len(between) <= 3 else "unsure")
                continue
            if word == "against" and before[at - 1 : at] in _DECIDED:
                signs.append("denied")
                continue
            if not _is_negation(word):
                continue
            behind = before[at + 1 :]
            if behind and behind[0] in english.NOT_ONLY:
                continue
            if word != "nor" or "neither" not in before:
                signs.append(_sign(word, behind))
        return signs

    def _denied_next(self, high: int) -> bool:
        """Whether the clause behind denies by a pronoun what this one names: "As for X, we did not do it"."""
        clause = self._words[high : high + 10]
        for at, word in enumerate(clause):
            if _is_negation(word) and word not in ("no", "without"):
                behind = [
                    each
                    for each in clause[at + 1 :]
                    if each not in english.FILLERS or each in english.ANAPHORS
                ]
                if not behind or (
                    behind[0] in english.USES and (len(behind) == 1 or behind[1] in english.ANAPHORS | {","})
                ):
                    return True
                return behind[0] in english.ANAPHORS
        return False

    def _given_up(self, before: list[str], high: int) -> bool:
        """Whether an attempt at the mention came to nothing: "We tried X, however we never got it to work"."""
        attempts = [at for at, word in enumerate(before) if word in english.ATTEMPTS]
        if not attempts or any(word in english.STOPS - {"with", "to"} for word in before[attempts[-1] :]):
            return False
        clause = self._words[high : high + 12]
        for at, word in enumerate(clause):
            if _is_negation(word):
                behind = clause[at + 1 :]
                ends = [step for step, each in enumerate(behind[:7]) if each in english.SUCCESS]
                following = behind[ends[-1] + 1 : ends[-1] + 2] if ends else ["for"]
                return bool(ends) and (
                    not following or following[0] in (english.STOPS | {",", "properly", "fully"}) - {"for"}
                )
        return False

    def _announced(self, low: int) -> bool:
        """Whether what stands before a colon denies what follows it: "Not used: X, Y"."""
        if self._word(low) != ":" and self._word(low - 1) != ":":
            return False
        return any(_is_negation(word) for word in self._words[max(0, low - 12) : low])


def _is_negation(word: str) -> bool:
    return word in english.NEGATIONS or word.endswith("n't")


def _was_not_able(words: list[str], at: int) -> bool:
    """Whether the word at a position begins "could not": what was tried and denied, no wish."""
    return words[at] == "could" and at + 1 < len(words) and _is_negation(words[at + 1])


def _sign(negation: str, behind: list[str]) -> str:
    """What a negation says of a mention, given the words between the two."""
    if any(word in english.SOFTENERS for word in behind[:3]):
        return "unsure"
    if any(word in english.HARMLESS for word in behind):
        return "harmless"
    if negation in ("no", "without", "none", "neither", "nor"):
        if ("," in behind or "and" in behind) and "or" not in behind:
            return "unsure"
        if any(word in english.USES - english.FILLERS for word in behind[1:]) and negation == "no":
            # "No group used X" is about groups.
            return "unsure"
        meant = [
            word for word in behind if word not in english.FILLERS | english.USES and word not in ("of", ",")
        ]
        if any(word in english.STOPS for word in behind if word != "to"):
            return "unsure"
        return "denied" if len(meant) <= 3 or "or" in behind or negation == "neither" else "unsure"
    if all(word in english.MEANS for word in behind):
        return "denied"
    for at, word in enumerate(behind):
        if word in english.USES and (word not in english.FILLERS or at + 1 == len(behind)):
            rest = behind[at + 1 :]
            if any(each in english.STOPS and each not in english.MEANS for each in rest):
                return "unsure"
            if english.MEANS.intersection(rest) and not english.MADE_WITH.issuperset(rest):
                # "We did not log images using X": the images are denied, not X.
                return "unsure"
            infinitive = [each for each in rest if each == "to"]
            return "unsure" if infinitive and "time" not in rest else "denied"
        if word not in english.FILLERS:
            return "unsure" if at + 1 < len(behind) or word in english.STOPS else "denied"
    return "denied"


def _denied_behind(after: list[str]) -> list[str]:
    """A sign where the mention is what a negation behind it is about: "X was not used", "X is missing"."""
    for at, word in enumerate(after[:8]):
        if word in english.GONE:
            # "X caught unused code" is about the code.
            return ["denied"] if at == 0 or after[at - 1] in english.BE else []
        if word == "," and not {"and", "or"}.intersection(after[at:8]):
            return []
        if _is_negation(word):
            if word in ("no", "without", "nor", "nothing"):
                return []
            behind = [each for each in after[at + 1 :] if each not in english.FILLERS]
            if behind and behind[0] in english.NOT_ONLY:
                return []
            if any(each in english.SOFTENERS for each in behind[:2]):
                return ["unsure"]
            if not behind:
                return ["denied"] if at + 1 == len(after) else ["unsure"]
            return (
                ["denied"]
                if behind[0] in english.USES and behind[0] not in ("have", "has", "had", "get")
                else ["harmless"]
            )
        if word in english.STOPS:
            return []
    return []
