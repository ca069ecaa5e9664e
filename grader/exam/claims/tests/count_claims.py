"""Test counts: compare the counts and subjects that an answer names with the test functions, cases and files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from posixpath import basename, dirname

from grader.exam.claims.finder import Answer, Repository
from grader.exam.claims.language.quote import quote
from grader.exam.claims.language.sentences import sentences
from grader.exam.claims.tests.numbers import Count, counts
from grader.exam.claims.tests.places_of_tests import files_at
from grader.exam.claims.tests.subjects import (
    SUBJECTS,
    files_about,
    functions_about,
    mention,
    named_subjects,
    paths_about,
)
from grader.inventory import TestFile
from grader.results import Claim, ClaimKind, ClaimVerdict, EvidenceRecord

_MOST = 30
_KIND: ClaimKind = "n_tests"
_VAGUE_UNIT = re.compile(r"suite|class|module", re.I)
_CLASS = re.compile(r"\bTest[A-Z]\w{1,60}")
_FILES = re.compile(r"file|script|module", re.I)


@dataclass(frozen=True)
class _CountReading:
    """One way to count the tests of some files."""

    number: int
    words: str

    def __str__(self) -> str:
        if self.number != 1:
            return f"{self.number} {self.words}"
        return f"1 {self.words.replace('functions', 'function').replace('files', 'file').replace('cases', 'case')}"


def find(answer: Answer, repository: Repository) -> Iterable[Claim]:
    """Yield each number of tests that the answer states; if it states none, the subjects that it says are tested."""
    main = "tests" in answer.asks
    if not main and not answer.asks & {"coverage", "api_tests"}:
        return
    stated = list(dict.fromkeys(counts(answer.text, main=main)))
    for count in stated:
        claim = _judged(count, repository)
        if main or claim.verdict is ClaimVerdict.supported:
            yield claim
    if main and not stated:
        yield from _subjects(answer.text, repository)


def _judged(count: Count, repository: Repository) -> Claim:
    if repository.inventory is None or "tests" in repository.inventory.cut:
        return _claim(
            count, None, ClaimVerdict.undetermined, "The tests of the repository could not be read."
        )
    tests = _with_tests(repository)
    everything = _readings(tests, repository, count.unit)
    placed = files_at(count.places, tests) if count.places else ()
    about = placed or (files_about(count.about, tests) if count.about else ())
    by_name = functions_about(count.about, tests) if count.about else []
    if count.places:
        readings = _readings(about, None, count.unit)
        shown = _shown(readings) if about else ""
    elif count.about and not count.total:
        readings = [
            *_readings(about, None, count.unit),
            _CountReading(len(by_name), "test functions named after it"),
        ]
        shown = _shown(readings) if about else ""
    else:
        # `unit tests` may exclude the tests of another folder; `tests` does not.
        readings = [*everything, *(_subsets(tests) if count.some else ())]
        shown = _shown(everything)
    places = tuple(
        EvidenceRecord(path=each.path, text=f"{len(each.functions)} test functions")
        for each in (about or tests)[:8]
    )
    fits = [reading for reading in readings if _fits(count, reading.number)]
    if fits and count.number:
        why = f"Found here: {fits[0]}."
        return _claim(count, shown or str(fits[0].number), ClaimVerdict.supported, why, places)
    verdict, why = _unlike(count, tests, everything, about, by_name, shown)
    return _claim(count, shown or None, verdict, why, places)


def _unlike(
    count: Count,
    tests: Sequence[TestFile],
    everything: Sequence[_CountReading],
    about: Sequence[TestFile],
    by_name: Sequence[tuple[str, str]],
    shown: str,
) -> tuple[ClaimVerdict, str]:
    """Return the verdict on a number that no way of counting gives."""
    if not count.pytest or _VAGUE_UNIT.search(count.unit) or _CLASS.search(count.text):
        return ClaimVerdict.undetermined, "The sentence counts something else than pytest's tests."
    if count.hedged:
        return (
            ClaimVerdict.undetermined,
            f"Found here: {_shown(everything)}; the answer leaves some tests out of its count.",
        )
    if count.rough:
        return (
            ClaimVerdict.undetermined,
            f"Found here: {_shown(everything)}; the sentence gives a rough number.",
        )
    if count.total:
        far = all(abs(count.number - each.number) > 0.1 * each.number for each in everything)
        # Without a number of cases, more tests may run than there are functions.
        if far and any("cases" in each.words for each in everything):
            return ClaimVerdict.contradicted, f"Found here: {_shown(everything)}."
        return ClaimVerdict.undetermined, f"Found here: {_shown(everything)}: near, but not the same."
    if count.places:
        if about and all(each.cases is not None for each in about) and not _FILES.search(count.unit):
            names = " and ".join(each.path for each in about[:3])
            return ClaimVerdict.contradicted, f"{names}: {shown}."
        return ClaimVerdict.undetermined, "The tests of what is named there cannot be counted."
    # Functions of other files with the subject in their names may be meant too.
    if len(about) == 1 and about[0].cases is not None and not _FILES.search(count.unit):
        elsewhere = [path for path, _ in by_name if path != about[0].path]
        if not elsewhere and len(named_subjects(count.about)) <= 1:
            return (
                ClaimVerdict.contradicted,
                f"{about[0].path}, the only file of tests about it, has {shown}.",
            )
    return ClaimVerdict.undetermined, "It cannot be told which tests are meant."


def _shown(readings: Iterable[_CountReading]) -> str:
    return ", ".join(dict.fromkeys(str(each) for each in readings if each.number))[:300]


def _fits(count: Count, number: int) -> bool:
    if count.at_least:
        return number >= count.number
    if count.rough:
        return abs(number - count.number) <= max(1, 0.2 * number)
    return number == count.number


def _with_tests(repository: Repository) -> tuple[TestFile, ...]:
    return (
        tuple(each for each in repository.inventory.tests if each.functions) if repository.inventory else ()
    )


def _readings(tests: Sequence[TestFile], repository: Repository | None, unit: str) -> list[_CountReading]:
    """Return every way to count `tests`, with the measurements if all are meant; for a count of files, files come first."""
    functions = sum(len(each.functions) for each in tests)
    skipped = sum(len(each.skipped) for each in tests)
    found = [_CountReading(functions, "test functions"), _CountReading(len(tests), "files with tests")]
    if all(each.cases is not None for each in tests):
        found.append(_CountReading(sum(each.cases or 0 for each in tests), "cases"))
    if skipped:
        found.append(_CountReading(functions - skipped, "test functions that are not skipped"))
    if repository is not None:
        for name, words in (
            ("n_tests_collected", "cases that pytest collects"),
            ("n_tests_passed", "cases that pass here"),
            ("n_test_functions", "test functions that pytest finds"),
            ("n_test_files", "files where pytest finds tests"),
        ):
            values = [each.value for each in repository.measurements.get(name, ())]
            found += [_CountReading(int(value), words) for value in values if isinstance(value, int | float)]
    if _FILES.search(unit):
        found.sort(key=lambda reading: "files" not in reading.words)
    return found


def _subsets(tests: Sequence[TestFile]) -> Iterator[_CountReading]:
    """Yield the tests of one folder, and those of all but one folder or file: `unit tests` may exclude the load tests."""
    total = sum(len(each.functions) for each in tests)
    folders: dict[str, int] = {}
    for each in tests:
        folders[dirname(each.path)] = folders.get(dirname(each.path), 0) + len(each.functions)
    for groups in (folders, {each.path: len(each.functions) for each in tests}):
        if len(groups) > 1:
            for group, size in groups.items():
                yield _CountReading(total - size, f"test functions without {group}")
                if "." not in basename(group):
                    yield _CountReading(size, f"test functions in {group}")


def _subjects(text: str, repository: Repository) -> Iterator[Claim]:
    """Yield one claim for all subjects that an answer without a number says are tested."""
    tests = _with_tests(repository)
    named: dict[str, str] = {}
    for sentence in islice(sentences(text), _MOST):
        if "test" not in sentence.text.casefold():
            continue
        for name in SUBJECTS:
            match = mention(name, sentence.text)
            if match and sentence.polarity(*match.span()) == "asserted":
                named.setdefault(name, quote(sentence.text, match.start()))
    if not named or repository.inventory is None:
        return
    found = {name: paths_about(name, tests) for name in named}
    missing = [name for name, paths in found.items() if not paths]
    places = dict.fromkeys(path for paths in found.values() for path in paths[:3])
    yield Claim(
        text=next(iter(named.values())),
        kind=_KIND,
        claimed=[*named],
        found=[name for name, paths in found.items() if paths],
        verdict=ClaimVerdict.undetermined if missing else ClaimVerdict.supported,
        why=f"No test could be told to be about: {', '.join(missing)}."
        if missing
        else "There are tests about each of these.",
        evidence=tuple(EvidenceRecord(path=path) for path in places),
    )


def _claim(
    count: Count,
    found: str | None,
    verdict: ClaimVerdict,
    why: str,
    evidence: tuple[EvidenceRecord, ...] = (),
) -> Claim:
    return Claim(
        text=count.text,
        kind=_KIND,
        claimed=count.number,
        found=found,
        verdict=verdict,
        why=why,
        evidence=evidence,
    )
