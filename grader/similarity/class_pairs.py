"""All groups of a class held against each other, and against those of earlier years: which pairs share code, the most first."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from grader.settings import SimilarityLimits
from grader.similarity.common_code import common_prints, masks_of
from grader.similarity.group_code import GroupCode
from grader.similarity.passages import KnownGroup, Passage, shared_passages


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Two groups, by their numbers, and what they share: `share` is of the smaller one's own code, from 0 to 1."""

    first: int
    second: int
    passages: tuple[Passage, ...]
    tokens: int
    share: float


@dataclass(frozen=True, kw_only=True)
class Compared:
    """Pairs, those that share most first.

    Attributes:
        tokens: of each group, those that count.
        not_looked_at: how many pairs have fingerprints in common, too few to be looked at closely.
    """

    pairs: tuple[Pair, ...]
    tokens: tuple[int, ...]
    not_looked_at: int


def compare_all(
    groups: Sequence[GroupCode], earlier: int = 0, limits: SimilarityLimits | None = None
) -> Compared:
    """Compare all groups with each other; the last `earlier` are of earlier years, and not compared among themselves.

    The work grows with the fingerprints that groups share, not with the number of pairs.
    """
    limits = limits or SimilarityLimits()
    common = common_prints(groups, limits)
    known = [_known(group, common) for group in groups]
    shared = _shared_prints(known, len(groups) - earlier)
    chosen = sorted(shared, key=lambda pair: (-shared[pair] / _size(known, pair, limits), pair))
    pairs = []
    for first, second in chosen[: limits.candidates]:
        passages = shared_passages(known[first], known[second], limits)
        if passages:
            tokens = sum(passage.tokens for passage in passages)
            pairs.append(
                Pair(
                    first=first,
                    second=second,
                    passages=tuple(passages),
                    tokens=tokens,
                    share=min(1.0, tokens / _size(known, (first, second), limits)),
                )
            )
    pairs.sort(key=lambda pair: (-pair.share, -pair.tokens, pair.first, pair.second))
    return Compared(
        pairs=tuple(pairs),
        tokens=tuple(group.tokens for group in known),
        not_looked_at=max(0, len(chosen) - limits.candidates),
    )


def _known(group: GroupCode, common: frozenset[int]) -> KnownGroup:
    masks = masks_of(group, common)
    places: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for number, file in enumerate(group.files):
        for found, tokens in file.prints.places.items():
            if found not in common:
                places[found] += [(number, token) for token in tokens]
    return KnownGroup(
        files=group.files, places=dict(places), masks=masks, tokens=sum(mask.count(0) for mask in masks)
    )


def _shared_prints(known: Sequence[KnownGroup], this_year: int) -> Counter[tuple[int, int]]:
    """Return how many fingerprints each pair shares, of which one at least is of this year."""
    having: dict[int, list[int]] = defaultdict(list)
    for number, group in enumerate(known):
        for found in group.places:
            having[found].append(number)
    shared: Counter[tuple[int, int]] = Counter()
    for groups in having.values():
        shared.update(pair for pair in combinations(groups, 2) if pair[0] < this_year)
    return shared


def _size(known: Sequence[KnownGroup], pair: tuple[int, int], limits: SimilarityLimits) -> int:
    """Return the tokens of the smaller one of a pair; a very small one counts as larger than it is."""
    return max(min(known[pair[0]].tokens, known[pair[1]].tokens), limits.least_tokens)
