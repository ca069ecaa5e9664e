"""What does not count: common knowledge, which many groups have, and what some group has untouched from the course."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from grader.settings import SimilarityLimits
from grader.similarity.group_code import CodeFile, GroupCode
from grader.similarity.winnowed import GRAM_TOKENS

#: Tokens between two fingerprints, at most, between which winnowing would have chosen another one.
_NEAR = 47


def common_prints(groups: Iterable[GroupCode], limits: SimilarityLimits) -> frozenset[int]:
    """Return the fingerprints that more than a share of all groups have, and at least so many; and those of course files."""
    having: Counter[int] = Counter()
    of_course: set[int] = set()
    count = 0
    for group in groups:
        count += 1
        of_course |= group.handed_out
        having.update({found for file in group.files for found in file.prints.places})
    least = max(limits.common_groups, int(limits.common_share * count) + 1)
    return frozenset(
        found for found, groups_with in having.items() if groups_with >= least or found in of_course
    )


def mask_of(file: CodeFile, common: frozenset[int]) -> bytearray:
    """Return 1 for each token that does not count: handed out, a mere list, or common, with what lies between two that are."""
    mask = bytearray(file.prints.mask)
    at = sorted((token, found in common) for found, tokens in file.prints.places.items() for token in tokens)
    last = -_NEAR
    for token, is_common in at:
        if not is_common:
            last = -_NEAR
            continue
        begin = last if token - last < _NEAR else token
        end = min(token + GRAM_TOKENS, len(mask))
        mask[begin:end] = b"\1" * (end - begin)
        last = token
    return mask


def masks_of(group: GroupCode, common: frozenset[int]) -> Sequence[bytearray]:
    """Return the mask of each file of a group."""
    return [mask_of(file, common) for file in group.files]
