"""What two groups share, from the fingerprints that both have: each is grown as far as both agree, then put together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from grader.settings import SimilarityLimits
from grader.similarity.group_code import CodeFile
from grader.similarity.winnowed import GRAM_TOKENS, TOKEN


@dataclass(frozen=True, kw_only=True)
class KnownGroup:
    """A group, ready to be compared.

    Attributes:
        places: of each fingerprint that counts, the files and tokens at which it begins.
        masks: 1 for each token of a file that does not count.
        tokens: how many count.
    """

    files: Sequence[CodeFile]
    places: dict[int, list[tuple[int, int]]]
    masks: Sequence[bytearray]
    tokens: int


@dataclass(frozen=True, kw_only=True)
class Run:
    """Equal tokens of two files: the files, where they begin, and how many."""

    first: int
    at_first: int
    second: int
    at_second: int
    length: int


@dataclass(frozen=True, kw_only=True)
class Passage:
    """Runs that follow each other in both files; `tokens` of them count."""

    runs: tuple[Run, ...]
    tokens: int


def shared_passages(first: KnownGroup, second: KnownGroup, limits: SimilarityLimits) -> list[Passage]:
    """Return what two groups share, the largest first. No token of either is in two of them."""
    runs = _apart(_runs(first, second, limits), first, second)
    by_files: dict[tuple[int, int], list[Run]] = defaultdict(list)
    for run in runs:
        by_files[run.first, run.second].append(run)
    found = []
    for pieces in by_files.values():
        for together in _together(sorted(pieces, key=lambda run: (run.at_first, run.at_second)), limits):
            tokens = sum(_counted(run, first, second) for run in together)
            if tokens >= limits.passage_tokens:
                found.append(Passage(runs=tuple(together), tokens=tokens))
    return sorted(found, key=lambda one: (-one.tokens, one.runs[0].first, one.runs[0].at_first))


def _runs(first: KnownGroup, second: KnownGroup, limits: SimilarityLimits) -> list[Run]:
    """Return the longest equal runs around all fingerprints that both have."""
    grown: dict[tuple[int, int, int], int] = {}
    found = []
    shared = first.places.keys() & second.places.keys()
    anchors = sorted(
        (file, at, other, there)
        for one in shared
        for file, at in first.places[one][: limits.anchors]
        for other, there in second.places[one][: limits.anchors]
    )
    for file, at, other, there in anchors:
        diagonal = (file, other, at - there)
        if grown.get(diagonal, -1) > at:
            continue
        run = _grown(first.files[file].code, at, second.files[other].code, there)
        if run is None:
            continue
        begin, length = run
        grown[diagonal] = begin + length
        found.append(
            Run(first=file, at_first=begin, second=other, at_second=begin - at + there, length=length)
        )
    return found


def _grown(code: str, at: int, other: str, there: int) -> tuple[int, int] | None:
    """Return where the equal tokens around two places begin in the first, and how many they are."""
    mine, theirs = at * TOKEN, there * TOKEN
    # A gram that begins within a token covers one token less.
    size = (GRAM_TOKENS - 1) * TOKEN
    if code[mine : mine + size] != other[theirs : theirs + size]:
        return None
    begin = 0
    while begin + TOKEN <= min(mine, theirs) and (
        code[mine - begin - TOKEN : mine - begin] == other[theirs - begin - TOKEN : theirs - begin]
    ):
        begin += TOKEN
    end = size
    while (
        mine + end < len(code)
        and theirs + end < len(other)
        and (code[mine + end : mine + end + TOKEN] == other[theirs + end : theirs + end + TOKEN])
    ):
        end += TOKEN
    return (mine - begin) // TOKEN, (begin + end) // TOKEN


def _apart(runs: Iterable[Run], first: KnownGroup, second: KnownGroup) -> Iterator[Run]:
    """Yield the runs, the longest first, each without what a longer one has of either side."""
    taken_first = [bytearray(len(mask)) for mask in first.masks]
    taken_second = [bytearray(len(mask)) for mask in second.masks]
    for run in sorted(
        runs, key=lambda one: (-one.length, one.first, one.at_first, one.second, one.at_second)
    ):
        mine, theirs = taken_first[run.first], taken_second[run.second]
        begin, end = _free(mine, run.at_first, theirs, run.at_second, run.length)
        if end - begin < GRAM_TOKENS - 1:
            continue
        kept = Run(
            first=run.first,
            at_first=run.at_first + begin,
            second=run.second,
            at_second=run.at_second + begin,
            length=end - begin,
        )
        mine[kept.at_first : kept.at_first + kept.length] = b"\1" * kept.length
        theirs[kept.at_second : kept.at_second + kept.length] = b"\1" * kept.length
        yield kept


def _free(mine: bytearray, at: int, theirs: bytearray, there: int, length: int) -> tuple[int, int]:
    """Return the longest part of a run that no other has: from, until."""
    if not any(mine[at : at + length]) and not any(theirs[there : there + length]):
        return 0, length
    best = (0, 0)
    begin = 0
    for index in range(length + 1):
        if index == length or mine[at + index] or theirs[there + index]:
            if index - begin > best[1] - best[0]:
                best = (begin, index)
            begin = index + 1
    return best


def _together(runs: Sequence[Run], limits: SimilarityLimits) -> Iterator[list[Run]]:
    """Yield runs that follow each other closely in both files, in one list."""
    current: list[Run] = []
    for run in runs:
        if current:
            last = current[-1]
            gap = run.at_first - last.at_first - last.length
            other = run.at_second - last.at_second - last.length
            if not (0 <= gap <= limits.gap_tokens and 0 <= other <= limits.gap_tokens):
                yield current
                current = []
        current.append(run)
    if current:
        yield current


def _counted(run: Run, first: KnownGroup, second: KnownGroup) -> int:
    """Return how many tokens of a run count on both sides."""
    mine = first.masks[run.first][run.at_first : run.at_first + run.length]
    theirs = second.masks[run.second][run.at_second : run.at_second + run.length]
    return sum(not (one or other) for one, other in zip(mine, theirs, strict=True))
