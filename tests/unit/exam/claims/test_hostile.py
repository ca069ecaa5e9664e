"""No text makes a finder raise or take long, whatever the repository."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.exam import MAX_ANSWER_BYTES
from grader.exam.claims import coverage_claims as coverage
from grader.exam.claims import feature_claims as features
from grader.exam.claims import study_numbers
from grader.exam.claims import version_claims as versions
from grader.exam.claims.command_lines import command_claims as shell
from grader.exam.claims.finder import Finder, Repository
from grader.exam.claims.places import link_claims as links
from grader.exam.claims.places import path_claims as paths
from grader.exam.claims.tests import count_claims as test_counts
from tests.claim_sample import answer, repository
from tests.cpu import ends_within

FINDERS: tuple[Finder, ...] = (
    coverage.find,
    features.find,
    links.find,
    paths.find,
    shell.find,
    study_numbers.find,
    test_counts.find,
    versions.find,
)
KNOWN = repository(measured={"coverage_percent": 50.0, "n_tests_failed": 0, "n_tests_collected": 3})
PIECES = [
    "`", "```\n", "[", "](", ")", "![", "<", ">", "https://github.com/", "[::1", "%", "%2", "12%", "-", " to ", "coverage ", "total ",
    "five ", "tests ", "model ", "`train.py` ", "a/b/", "..\\", "~", "$(", "'", '"', "\\\n", "python x.py ", "key=", "removed ", "3.11 ",
    "Windows ", "python ", "commit 0fb85a5 ", "\n", "\x00", "é", "s123456 ", "docker build -f ", "make ", "| TOTAL 1 2 3% ", "not ", "²",
]  # fmt: skip


#: The question that a finder does most for.
_QUESTIONS: dict[Finder, int] = {
    coverage.find: 8,
    test_counts.find: 7,
    versions.find: 11,
    study_numbers.find: 2,
}


@given(
    text=st.one_of(st.text(max_size=300), st.lists(st.sampled_from(PIECES), max_size=60).map("".join)),
    number=st.sampled_from([2, 4, 5, 7, 8, 11, 12, 15, 24, 25, 31]),
    known=st.sampled_from([KNOWN, repository(), Repository(inventory=None)]),
)
def test_no_text_makes_a_finder_raise(text: str, number: int, known: Repository) -> None:
    for find in FINDERS:
        for claim in find(answer(number, text), known):
            assert len(claim.text) <= 300


@pytest.mark.parametrize("find", FINDERS, ids=lambda find: find.__module__.rpartition(".")[2])
@pytest.mark.parametrize(
    "piece",
    ["[", "](a", "![a](b.png) ", "`a b", "a/b.py ", "12% coverage ", "5 tests ", "five " * 9, "python x.py\n", "(" * 9, "3.11 python ",
     "Windows ", "make x; ", "https://github.com/a/b/blob/main/c ", "$(", "'", "**", "removed ", "0fb85a5 commit ", "TOTAL 1 ", "   "],
)  # fmt: skip
def test_time_is_linear_in_the_text(find: Finder, piece: str) -> None:
    """The longest answer that is kept is judged within ten times what the slowest piece takes."""
    text = (piece * (MAX_ANSWER_BYTES // len(piece) + 1))[:MAX_ANSWER_BYTES]
    ends_within(10, lambda: list(find(answer(_QUESTIONS.get(find, 5), text), KNOWN)))


def test_study_numbers_are_counted_and_never_shown() -> None:
    claim = next(
        iter(study_numbers.find(answer(2, "s123456, 234567 and *S345678*; s123456@dtu.dk; 1234567"), KNOWN))
    )
    assert (claim.claimed, claim.found, claim.verdict.value) == (3, 3, "supported")
    assert "123456" not in claim.model_dump_json()
    assert list(study_numbers.find(answer(2, "sXXXXXX"), KNOWN)) == []
