"""Code coverage: compare the percentage that an answer states with the measured one."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from grader.exam.claims.finder import Answer, Repository
from grader.exam.claims.language.quote import quote
from grader.exam.claims.language.sentences import Sentence, sentences
from grader.results import Claim, ClaimVerdict, EvidenceRecord

_LONGEST_LINE = 400
_MOST = 3
_MOST_NUMBERS = 60
_WINDOW = 160

#: Tolerances in percentage points: a claim within the first of any measured variant is supported; one further than the
#: second from all of them is contradicted. A range states its own tolerance, so values not close to it are outside.
_CLOSE, _FAR = 3.0, 5.0

#: Share of skipped tests up to which coverage is comparable: skipped tests may run elsewhere.
_FEW_SKIPPED = 0.1

_NUMBER = r"([0-9]{1,3}(?:[.,][0-9]{1,2})?)"
_SIGN = r"\s?\\?\s?(?:%|percent\b|per cent\b|pct\b)"
_RANGE = re.compile(rf"(?<![\w.,]){_NUMBER}(?:\s?\\?%)?\s?(?:-|–|—|to)\s?{_NUMBER}{_SIGN}", re.I)
_BETWEEN = re.compile(rf"\bbetween\s{_NUMBER}(?:\s?\\?%)?\sand\s{_NUMBER}{_SIGN}", re.I)
_PERCENT = re.compile(rf"(?<![\w.,]){_NUMBER}[\]*_`]{{0,3}}{_SIGN}", re.I)
_TOTAL_LINE = re.compile(rf"^[\s|`*>]*TOTAL[\s|`*:]+(?:[0-9]{{1,7}}[\s|`*]+){{2,4}}{_NUMBER}[*`]*\s?\\?%")

_COVERAGE = re.compile(r"\bcover(?:age|ed|s|ing)?\b", re.I)
_WHOLE = re.compile(
    r"\b(?:total|overall|whole|entire|in all|altogether|code ?base|project|all (?:of )?(?:our|the)"
    r"|(?:of|our) (?:source )?code)\b",
    re.I,
)
_HUNDRED = re.compile(r"\b(?:our|the)\b.{0,40}\bcoverage\b.{0,30}\b(?:is|was|reached)\b.{0,20}\b100", re.I)
_ONE_FILE = re.compile(
    r"\w\.py\b|\b(?:files?|modules?|scripts?|class(?:es)?|functions?|lowest|highest)\b|\w_\w", re.I
)
#: Words of a goal or of the past: not a claim about the present.
_GOAL = re.compile(
    r"\b(?:goal|target|aim\w*|threshold|require\w*|minimum|fail[-_ ]under|ideally|standard|needs?|must|have to|beginning|start\w*"
    r"|initial\w*|before|earlier|previous\w*|at first|used to|last time|increas\w+ by|rose by|improv\w+ by|drop\w* by)\b",
    re.I,
)
_SUBSET = re.compile(
    r"\b(?:exclud\w*|except|without|only|not includ\w*|omit\w*|ignor\w*|apart from|critical|core|important|half)\b",
    re.I,
)
#: Tests of one thing: what they reach by themselves is not what all of them reach.
_SOME_TESTS = re.compile(
    r"\b(?!(?:unit|our|the|these|those|all|with|and|of|pytest|automated|current)\b)\w+ tests?\s+"
    r"(?:reach|achiev|cover|ha[sv]e?|get|give|attain|obtain|sit|are at|is at)\w*\b",
    re.I,
)
_AT_LEAST = re.compile(r"(?:>|≥|\b(?:above|over|more than|at least|exceed\w*|greater than))\s*\**$", re.I)
_AT_MOST = re.compile(r"(?:<|≤|\b(?:below|under|less than|at most|up to))\s*\**$", re.I)
_FROM = re.compile(r"\bfrom\s+(?:about |around |roughly )?$", re.I)

_VARIANTS = (
    ("coverage_percent", "of the modules that the tests import"),
    ("coverage_all_percent", "of every source file"),
    ("coverage_with_tests_percent", "with the tests themselves"),
)


@dataclass(frozen=True)
class _Stated:
    """A stated percentage: inclusive bounds, and whether it is certainly about the whole code."""

    low: float
    high: float
    text: str
    whole: bool
    partly: bool = False

    @property
    def words(self) -> float | str:
        if self.low == self.high:
            return self.low
        if self.high >= 100:
            return f"at least {self.low:g} %"
        return f"at most {self.high:g} %" if self.low <= 0 else f"{self.low:g}–{self.high:g} %"

    @property
    def is_range(self) -> bool:
        return 0 < self.low < self.high < 100

    def distance(self, measured: float) -> float:
        return max(self.low - measured, measured - self.high, 0.0)


def find(answer: Answer, repository: Repository) -> Iterable[Claim]:
    """Yield the stated coverage of the whole code; that of a single file, a goal or a hypothetical one is not a claim."""
    asked = "coverage" in answer.asks
    stated = list(_tables(answer.text)) or list(_prose(answer.text, asked))
    stated = [each for each in stated if each.whole][:_MOST] or stated[:1]
    seen = set()
    for each in stated:
        if (each.low, each.high) not in seen:
            seen.add((each.low, each.high))
            claim = _judged(each, repository)
            if asked or claim.verdict is not ClaimVerdict.contradicted:
                yield claim


def _tables(text: str) -> Iterator[_Stated]:
    """Read the total line of a coverage report pasted from a terminal."""
    for line in text.split("\n"):
        if "TOTAL" in line[:_LONGEST_LINE] and (found := _TOTAL_LINE.match(line[:_LONGEST_LINE])):
            value = _value(found[1])
            if value <= 100:
                yield _Stated(value, value, quote(line), whole=True)


def _prose(text: str, asked: bool) -> Iterator[_Stated]:
    left = _MOST_NUMBERS
    for sentence in sentences(text):
        if sentence.code or left <= 0:
            continue
        named = _COVERAGE.search(sentence.text) is not None
        if named or asked:
            spans = _percentages(sentence.text, left)
            left -= len(spans)
            yield from _stated(sentence, spans, named)


def _percentages(text: str, most: int) -> list[re.Match[str]]:
    """Return ranges and single percentages in order, without overlaps; at most `most`."""
    found = [*islice(_RANGE.finditer(text), most), *islice(_BETWEEN.finditer(text), most)]
    inside = {at for each in found for at in range(each.start(), each.end())}
    found += [each for each in islice(_PERCENT.finditer(text), most) if each.start() not in inside]
    return sorted(found, key=lambda each: each.start())[:most]


def _stated(sentence: Sentence, percentages: Collection[re.Match[str]], named: bool) -> Iterator[_Stated]:
    text = sentence.text
    whole = named and _WHOLE.search(text) is not None
    several = len(percentages) > 1
    for found in percentages:
        values = [_value(group) for group in found.groups()]
        before, near = text[max(0, found.start() - _WINDOW) : found.start()], _near(text, found)
        if len(values) == 2 and (_FROM.search(before) or values[0] >= values[1]):
            values = values[1:]
        low, high = values[0], values[-1]
        if high > 100 or (low >= 100 and not _HUNDRED.search(f"{before}{found[0]}")):
            continue
        if _ONE_FILE.search(near) or _GOAL.search(near) or sentence.polarity(*found.span()) != "asserted":
            continue
        if _AT_LEAST.search(before):
            high = 100.0
        elif _AT_MOST.search(before):
            low = 0.0
        # Of several percentages in one sentence each has a subject of its own.
        partly = bool(
            _SUBSET.search(near) or _SOME_TESTS.search(near) or (several and not _WHOLE.search(near))
        )
        yield _Stated(low, high, quote(text, found.start()), whole, partly=partly)


def _near(text: str, found: re.Match[str]) -> str:
    """Return the clause around a number: up to the next comma, bracket or full stop on either side."""
    before = re.split(r"[,;:()]\s", text[max(0, found.start() - _WINDOW) : found.start()])[-1]
    after = re.split(r"[,;:()](?:\s|$)", text[found.end() : found.end() + _WINDOW])[0]
    return f"{before} {after}"


def _value(digits: str) -> float:
    return float(digits.replace(",", "."))


def _judged(stated: _Stated, repository: Repository) -> Claim:
    measured = {name: _measured(repository, name) for name, _ in _VARIANTS}
    variants = {name: value for name, value in measured.items() if value is not None}
    shown = ", ".join(f"{variants[name]:g} % {words}" for name, words in _VARIANTS if name in variants)
    verdict, why = _verdict(stated, list(variants.values()), shown, repository)
    places = [
        EvidenceRecord(path=each.path, line=each.line, text=each.text)
        for check in repository.checks.values()
        if any(each.name in variants for each in check.measurements)
        for each in check.evidence
    ]
    return Claim(
        text=stated.text,
        kind="coverage_percent",
        claimed=stated.words,
        found=shown or None,
        verdict=verdict,
        why=why,
        evidence=tuple(places[:5]),
    )


def _verdict(
    stated: _Stated, variants: list[float], shown: str, repository: Repository
) -> tuple[ClaimVerdict, str]:
    if not variants:
        reason = next(
            (check.message for name, check in repository.checks.items() if "cover" in name and check.message),
            "",
        )
        return ClaimVerdict.undetermined, f"The coverage could not be measured here. {reason}".strip()[:400]
    if any(stated.distance(value) <= _CLOSE for value in variants):
        return ClaimVerdict.supported, f"Measured here: {shown}."
    nearest = min(stated.distance(value) for value in variants)
    if nearest <= _FAR and not stated.is_range:
        return ClaimVerdict.undetermined, f"Measured here: {shown}. That is near, but not the same."
    if stated.partly:
        return ClaimVerdict.undetermined, f"Measured here: {shown}. The sentence is about a part of the code."
    if repository.inventory and "coverage.omit" in repository.inventory.settings:
        why = f"Measured here: {shown}. The coverage settings of the repository leave code out, so their figure is another."
        return ClaimVerdict.undetermined, why
    failed, skipped = _measured(repository, "n_tests_failed"), _measured(repository, "n_tests_skipped") or 0
    collected = _measured(repository, "n_tests_collected") or 0
    if failed is None or failed or skipped > _FEW_SKIPPED * collected:
        lacking = (
            "not all tests ran here"
            if failed is None
            else f"{failed:g} tests failed and {skipped:g} were skipped here"
        )
        return ClaimVerdict.undetermined, f"Measured here: {shown}; {lacking}, so it may be more elsewhere."
    return ClaimVerdict.contradicted, f"No test failed here, {skipped:g} were skipped; measured were {shown}."


def _measured(repository: Repository, name: str) -> float | None:
    for measurement in repository.measurements.get(name, ()):
        if isinstance(measurement.value, int | float) and not isinstance(measurement.value, bool):
            return float(measurement.value)
    return None
