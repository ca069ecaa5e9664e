"""Find the claims of an exam report and compare them with the facts of the repository."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice

from grader.exam.claims import consistency, study_numbers
from grader.exam.claims import coverage_claims as coverage
from grader.exam.claims import feature_claims as features
from grader.exam.claims import version_claims as versions
from grader.exam.claims.command_lines import command_claims as shell
from grader.exam.claims.finder import Answer, Finder, Repository
from grader.exam.claims.places import link_claims as links
from grader.exam.claims.places import path_claims as paths
from grader.exam.claims.tests import count_claims as test_counts
from grader.exam.claims.tools import third_party
from grader.exam.claims.tools import tool_claims as tools
from grader.exam.claims.tools.dictionary import load_tools
from grader.results import Claim

__all__ = ["FINDERS", "MAX_CLAIMS", "Answer", "Repository", "find_claims", "load_tools"]

#: Maximum claims per answer.
MAX_CLAIMS = 40
_MOST_OF_A_KIND = 100

#: One finder per kind of claim that a single answer can make.
FINDERS: tuple[Finder, ...] = (
    study_numbers.find,
    test_counts.find,
    coverage.find,
    versions.find,
    links.find,
    paths.find,
    shell.find,
    features.find,
    tools.find,
    third_party.find,
)


def find_claims(answers: Sequence[Answer], repository: Repository) -> Mapping[int, tuple[Claim, ...]]:
    """Return the claims of each answer by its number, in text order, without duplicates, at most `MAX_CLAIMS` each.

    Never raise, whatever the text; linear in its length.
    """
    found: dict[int, list[Claim]] = {answer.number: [] for answer in answers}
    for answer in answers:
        for find in FINDERS:
            found[answer.number] += islice(find(answer, repository), _MOST_OF_A_KIND)
    for number, claim in consistency.compare(answers, repository):
        found[number].append(claim)
    return {answer.number: _ordered(found[answer.number], answer.text) for answer in answers}


def _ordered(claims: Sequence[Claim], text: str) -> tuple[Claim, ...]:
    plain = " ".join(text.split())
    unique: dict[tuple[str, str], Claim] = {}
    for claim in claims:
        unique.setdefault((claim.kind, repr(claim.claimed)), claim)
    places: dict[str, int] = {}
    for claim in unique.values():
        start = claim.text.removeprefix("… ")[:40]
        if start not in places:
            at = plain.find(start)
            places[start] = at if at >= 0 else len(plain)
    ordered = sorted(unique.values(), key=lambda claim: places[claim.text.removeprefix("… ")[:40]])
    return tuple(ordered[:MAX_CLAIMS])
