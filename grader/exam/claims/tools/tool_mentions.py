"""Judge how plainly a sentence says that a tool is, or is not, used in this project."""

from __future__ import annotations

import re

from grader.exam.claims.language.sentences import Sentence

_LONGEST_USE = 600
_MOST_WORDS_OF_A_DENIAL = 12
_NEAR = 60

_WHO = r"we|i|our (?:project|group|team|api|app|application|model|code|training|pipeline|backend|experiments)"
_DOES = (
    r"use[sd]?|utili[sz]e[sd]?|implemented|integrated|set up|relied on|rely on|employed|chose|applied|built"
)
_USED = re.compile(rf"\b(?:{_WHO})\b[^.;]{{0,60}}?\b(?:{_DOES})\b", re.I)
_WAS_USED = re.compile(
    r"\W{0,3}(?:(?:library|framework|package)\W)?(?:is|was|are|were|has been) (?:also |then |mainly )?used\b",
    re.I,
)


def _any_of(words: str, *more: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(words.split())})\b" + "".join(f"|{each}" for each in more), re.I)


#: Words of a sentence that is not about the present repository.
_ELSEWHERE = _any_of(
    """
    tried try attempt\\w* initial\\w* first originally earlier previous\\w* exercis\\w* lecture\\w* learn\\w* experimented
    explor\\w+ problem\\w* issue\\w* error\\w* fail\\w* struggl\\w* remov\\w* replac\\w* repo repository repositories
    local locally inspired similar based known popular alternativ\\w* instead like such via extra optional\\w* manual\\w*
    """,
    "https?://",
)
#: Words that qualify a denial, so that a trace does not contradict it.
_QUALIFIED = _any_of(
    """
    for end when while because since due directly fully extensively much really yet unfortunately anymore ended to
    properly explicitly only except other than besides more additional actively ourselves manual\\w* practice production
    as on in although though however but
    """
)
_INTEGRATION = _any_of(
    """
    ci workflows? pipelines? github runner runners automat\\w+ integration pushes commits pushed jobs? dependencies
    """,
    r"pull[- ]requests?|\bPRs?\b|(?:every|each|on) (?:push|commit)",
)
_ATTEMPT = _any_of(
    """
    manag\\w+ work worked working able unable succe\\w+ could couldn['’]t possible never time finish\\w* merge\\w* fail\\w*
    """
)


def says_plainly(sentence: Sentence, start: int, end: int) -> bool:
    """Return whether the sentence says, without qualification, that this project uses what is named at `start:end`."""
    text = sentence.text
    if len(text) > _LONGEST_USE or _ELSEWHERE.search(text):
        return False
    ahead = _USED.search(text, 0, start)
    return bool(_WAS_USED.match(text, end) or (ahead and start - ahead.end() <= _NEAR))


def denies_plainly(sentence: Sentence) -> bool:
    """Return whether a denial is short and unqualified."""
    return len(sentence.text.split()) <= _MOST_WORDS_OF_A_DENIAL and not _QUALIFIED.search(sentence.text)


def tells_of_an_attempt(sentence: Sentence) -> bool:
    """Return whether a denial says that something was tried and not completed."""
    return bool(_ATTEMPT.search(sentence.text))


def speaks_of_integration(sentence: Sentence) -> bool:
    """Return whether a sentence is about continuous integration."""
    return bool(_INTEGRATION.search(sentence.text))
