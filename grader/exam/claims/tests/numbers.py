"""Parse the numbers of tests that an answer states: totals, parts, counts of files, rough ones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from grader.exam.claims.language.quote import quote
from grader.exam.claims.language.sentences import Sentence, sentences
from grader.exam.claims.places.path_mentions import tokens
from grader.exam.claims.tests.places_of_tests import places_of
from grader.exam.claims.tests.subjects import named_subjects

_MOST = 30
_WINDOW = 200

_WORDS = {
    word: number
    for number, word in enumerate(
        (
            "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
            "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
        )
    )
}  # fmt: skip
_DIGITS = rf"(?P<n>[0-9]{{1,4}}|{'|'.join(_WORDS)})"
#: A number, up to four words, and what is counted.
_COUNT = re.compile(
    rf"(?<![\w.,/%:=-]){_DIGITS}(?![\w%:]|[.,][0-9])[*_`]{{0,3}}(?P<between>(?:[\s(*_`]{{1,5}}[A-Za-z./+&-]{{1,20}}[,*_`]{{0,3}}){{0,4}}?)"
    r"[\s*_`-]{1,5}(?P<unit>test(?:ing)?\s(?:\.?py(?:thon)?\s)?(?:files?|scripts?|modules?|functions?|cases?|suites?|classes|methods?)"
    r"|tests"
    r"|test(?![\w-]|\s(?:data|sets?|images?|samples?|users?|runs?|points?|accuracy|loss|split|examples?|batch\w*|folders?)\b))",
    re.I,
)
#: `5 for the data`, `3 relating to data`: a count that does not repeat the word `tests`.
_ELLIPSIS = re.compile(
    rf"(?<![\w.,/%:=-]){_DIGITS}\s(?:of (?:them|these|which|those)\s)?(?:(?:are|is|were)\s)?"
    r"(?:for|on|about|relat\w+ to|regarding|concerning|to test|test(?:s|ing)?|cover\w*|check\w*"
    r"|(?:in|from|inside)(?=\s[`\"'*_]{0,3}[\w./-]{1,100}(?:\.py\b|/)))\s",
    re.I,
)
_BARE = re.compile(r"[\s\-*_`~>]*(?:tests?:?\s*)?(?P<n>[0-9]{1,4})(?:\s*(?:unit\s)?tests?)?[\s.*_`~-]*", re.I)
_NOT_PYTEST = re.compile(
    r"\b(?:load|performance|stress|locust|manual|a/b|statistical|smoke|acceptance|speed)\b", re.I
)
_VAGUE_UNIT = re.compile(r"suite|class|module", re.I)
_FILES = re.compile(r"file|script|module", re.I)
_SORT = re.compile(r"\b(?:unit|integration|functional|end-to-end|api)\b", re.I)
#: Words between a number and `tests` if something else is counted: `two workflows with tests`, `three of the tests`.
_SOMETHING_ELSE = re.compile(
    r"\b(?:of|for|with|to|that|which|from|in|on|by|as|per|are|is|was|were|we|the|our|each|workflows?|files?|folders?|director\w+"
    r"|scripts?|jobs?|steps?|stages?|pipelines?|commands?|types?|kinds?|groups?|categor\w+|sets?|levels?|areas?|domains?|people"
    r"|members?|systems?|versions?|wrote|runs?|named|called|suites?|times|containing|running|including|covering|checking|using)\b",
    re.I,
)
_TOTAL = re.compile(r"\b(?:in total|total|altogether|overall|in all|all in all|summing up)\b", re.I)
_MADE = re.compile(
    r"\b(?:implement\w*|wrote|written|made|creat\w+|develop\w+|have|has|had|there (?:are|were)|contains?|consists?)\b",
    re.I,
)
_ABOUT = re.compile(r"^\s*(?:for|of|on|about|relat\w+|regarding|concerning|cover\w*|check\w*)\b", re.I)
_ROUGH = re.compile(
    r"(?:\b(?:about|around|approximately|roughly|circa|ca\.?|nearly|almost|some|close to)|~|≈)\s*$", re.I
)
_AT_LEAST = re.compile(r"(?:\b(?:at least|more than|over|above)|>|≥)\s*$", re.I)
#: Words after a number that announce more tests, or other numbers.
_MORE = re.compile(r"\b(?:some|others?|additional\w*|further|more|rest|remaining)\b", re.I)
_EACH = re.compile(r"^\W*(?:per|each|every)\b|^\W*(?:\w+\W+)?(?:for each|for every)\b", re.I)
_ANOTHER_NUMBER = re.compile(
    rf"\b(?:[0-9]{{1,4}}|{'|'.join(list(_WORDS)[2:])})\b(?!\s(?:\w+\s)?(?:files?|domains?|modules?|scripts?|categor\w+|areas?|folders?"
    r"|groups?|parts?|components?|classes|types?|workflows?|operating|systems?|platforms?|subjects?|topics?))",
    re.I,
)
_LEFT_OUT = re.compile(
    r"\b(?:not includ\w+|exclud\w+|apart from|besides|except|disabled|comment\w* out|skip\w*|delet\w+|remov\w+|deprecat\w+"
    r"|not count\w+)\b",
    re.I,
)


@dataclass(frozen=True)
class Count:
    """A number of tests as stated.

    about: the words for what is tested; empty if that is not stated. places: files or folders that it is said of.
    unit: `tests`, `test files`, … as written. total: whether it is about all tests. some: whether it is about one sort
    (`unit tests`). made: whether it is the first thing that its sentence says was made. several: whether other numbers or
    more tests follow. hedged: whether the answer excludes tests from its count.
    """

    number: int
    text: str
    about: str = ""
    places: tuple[str, ...] = ()
    unit: str = ""
    total: bool = False
    some: bool = False
    made: bool = False
    several: bool = False
    rough: bool = False
    at_least: bool = False
    pytest: bool = True
    hedged: bool = False


def counts(text: str, *, main: bool) -> list[Count]:
    """Return the numbers of tests that an answer states, in order.

    Args:
        text: the answer in Markdown.
        main: whether the question asks for the number: then an answer that is only a number counts, and a single one is a total.
    """
    if main and len(text) < 100 and (bare := _BARE.fullmatch(text)):
        return [Count(int(bare["n"]), quote(text), total=True)]
    stated = [count for sentence in sentences(text) if not sentence.code for count in _in_sentence(sentence)][
        :_MOST
    ]
    hedged = _LEFT_OUT.search(text) is not None
    everything = sum(each.number for each in stated)
    alone = (
        main
        and len(stated) == 1
        and not stated[0].several
        and not stated[0].places
        and (not stated[0].about or len(named_subjects(stated[0].about)) > 1)
    )
    return [
        replace(
            each,
            # `We wrote 5 tests`, and no numbers except those of its parts.
            total=main
            and (each.total or alone or (each.made and each is stated[0] and 2 * each.number >= everything)),
            hedged=hedged,
        )
        for each in stated
    ]


def _in_sentence(sentence: Sentence) -> Iterator[Count]:
    text = sentence.text
    found = _numbers(text)
    stops = [*(match.start("n") for match in found[1:]), len(text)][: len(found)]
    starts = [0, *(match.end() for match in found)]
    free = tokens(text) if found else []
    for match, start, stop in zip(found, starts, stops, strict=False):
        places = places_of(text, free, (match.start("n"), _counted(match)), (start, stop))
        free = [token for token in free if token not in places]
        if sentence.polarity(match.start("n"), match.end()) == "asserted":
            count = _count(text, match, start, stop, tuple(token.path for token in places))
            if count is not None:
                yield count


def _counted(match: re.Match[str]) -> int:
    """Return where a number and its noun end."""
    return match.end("unit") if "unit" in match.re.groupindex else match.end("n")


def _numbers(text: str) -> list[re.Match[str]]:
    """Return the places where tests are counted; `3 for the data` counts only beside another count."""
    found = list(islice(_COUNT.finditer(text), _MOST))
    short = list(islice(_ELLIPSIS.finditer(text), _MOST))
    if not found:
        return short if len(short) > 1 else []
    starts = {match.start("n") for match in found}
    found += [match for match in short if match.start("n") not in starts]
    return sorted(found, key=lambda match: match.start("n"))


def _count(text: str, match: re.Match[str], start: int, stop: int, places: tuple[str, ...]) -> Count | None:
    """Parse what a number between two others (`start`, `stop`) counts; it may be said of files."""
    groups = match.groupdict()
    unit, between = groups.get("unit") or "", groups.get("between") or ""
    word = match["n"].casefold()
    before = text[max(start, match.start("n") - _WINDOW) : match.start("n")]
    after = text[match.end() : min(stop, match.end() + _WINDOW)]
    if (word == "one" and unit and not places) or _SOMETHING_ELSE.search(between) or _EACH.search(after):
        # `one tests the API`, `one test checks …`: a verb, or `one` as an article.
        return None
    bracketed = before.rstrip().endswith("(")
    about = ""
    if bracketed:
        about = f"{before.rstrip()[:-1]} {between}"
    elif not unit or _ABOUT.match(after) or named_subjects(between):
        about = f"{between} {after.split('. ')[0]}"
    total = _TOTAL.search(before[-80:]) is not None or _TOTAL.match(after.strip()[:20]) is not None
    # `In total 5 tests for the API` is still a part; with two subjects it may be all.
    total = total and len(named_subjects(about)) != 1 and not _MORE.search(after) and not places
    several = _ANOTHER_NUMBER.search(after) is not None or _MORE.search(after) is not None
    return Count(
        int(word) if word.isdigit() else _WORDS[word],
        quote(text, match.start("n")),
        about="" if total or places else " ".join(about.split()),
        places=places,
        unit=unit,
        total=total,
        several=several,
        made=start == 0 and not about and not several and not places and _MADE.search(before) is not None,
        some=_SORT.search(between) is not None,
        rough=_ROUGH.search(before) is not None,
        at_least=_AT_LEAST.search(before) is not None,
        pytest=not _NOT_PYTEST.search(f"{between} {after[:60]}"),
    )
