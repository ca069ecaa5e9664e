"""The table of terms behind polarity: each row works, a new row works, and a wrong one is refused."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from grader.exam.claims.language.lexicon import Lexicon, read_english
from grader.exam.claims.language.polarity import Polarity, Words

ROWS, CLASSES = read_english()


def polarity(text: str, *rows: dict[str, Any]) -> Polarity:
    """Of "Docker" in a sentence, with more rows than the engine brings."""
    start = text.index("Docker")
    return Words(text, Lexicon([*ROWS, *rows], CLASSES)).polarity(start, start + len("Docker"))


def terms(*kinds: str, directions: tuple[str, ...]) -> list[str]:
    rows = [row for row in ROWS if row["kind"] in kinds and row["direction"] in directions]
    return sorted({words for row in rows if row.get("denies") != "other" for words in row["words"]})


def test_what_no_term_speaks_of_is_asserted() -> None:
    assert polarity("Then Docker.") == "asserted"


@pytest.mark.parametrize(
    # "shouldn't X" is a modal as well.
    "term",
    sorted(set(terms("negation", "absence", directions=("forward", "both"))) - {"shouldn't", "wouldn't"}),
)
def test_a_negation_before_a_target_denies_it(term: str) -> None:
    assert polarity(f"Then {term} Docker.") == "denied"


@pytest.mark.parametrize("term", terms("negation", "absence", directions=("backward", "both")))
def test_a_negation_behind_a_target_denies_it(term: str) -> None:
    assert polarity(f"Then Docker {term}.") == "denied"


@pytest.mark.parametrize(
    "term",
    terms("modal", "hypothetical", "plan", "attempt", "past", "alternative", directions=("forward", "both")),
)
def test_what_is_not_real_leaves_a_target_behind_it_open(term: str) -> None:
    assert polarity(f"{term} Docker.") == "unsure"


@pytest.mark.parametrize(
    "term",
    terms("modal", "hypothetical", "plan", "attempt", "past", "alternative", directions=("backward", "both")),
)
def test_what_is_not_real_leaves_a_target_before_it_open(term: str) -> None:
    assert polarity(f"Docker {term}.") == "unsure"


@pytest.mark.parametrize("term", terms("pseudo", "harmless", directions=("forward", "both")))
def test_a_negation_of_something_else_leaves_a_target_asserted(term: str) -> None:
    assert polarity(f"We did not {term} Docker.") == "asserted"


# "not solely" is one of the pseudo negations first.
@pytest.mark.parametrize("term", sorted(set(terms("softener", directions=("forward", "both"))) - {"solely"}))
def test_a_soft_negation_leaves_a_target_open(term: str) -> None:
    assert polarity(f"We did not {term} use Docker.") == "unsure"


@pytest.mark.parametrize(
    # "unless X" is hypothetical as well, and a colon may announce what is denied.
    "term",
    sorted(set(terms("termination", directions=("both",))) - {"unless", ":"}),
)
def test_a_negation_ends_where_another_clause_begins(term: str) -> None:
    assert polarity(f"We did not wait {term} Docker.") == "asserted"


def test_no_term_stands_twice_in_a_row() -> None:
    assert [row for row in ROWS if len(set(row["words"])) < len(row["words"])] == []


# ---- rows of others


ABSENCE = {"kind": "absence", "direction": "forward", "denies": "object", "words": ["refrained from"]}


@pytest.mark.parametrize(
    ("row", "text", "before", "after"),
    [
        (ABSENCE, "We refrained from using Docker.", "asserted", "denied"),
        (ABSENCE, "We refrained from comments, but used Docker.", "asserted", "asserted"),
        (ABSENCE | {"scope": 2}, "We refrained from using Docker.", "asserted", "denied"),
        (ABSENCE | {"scope": 1}, "We refrained from using Docker.", "asserted", "asserted"),
        (
            ABSENCE | {"direction": "backward", "denies": "all", "words": ["scrapped"]},
            "Docker was scrapped.",
            "asserted",
            "denied",
        ),
        (
            {"kind": "plan", "direction": "backward", "scope": "near", "words": ["scheduled for"]},
            "Docker is scheduled for spring.",
            "asserted",
            "unsure",
        ),
        (
            {"kind": "plan", "direction": "backward", "scope": "near", "words": ["scheduled for"]},
            "Docker runs the job that is scheduled for spring.",
            "asserted",
            "asserted",
        ),
        (
            {"kind": "hypothetical", "direction": "forward", "scope": "opening", "words": ["pretend"]},
            "Pretend this is so, and we used Docker.",
            "asserted",
            "unsure",
        ),
        (
            {"kind": "pseudo", "direction": "forward", "scope": 2, "words": ["hesitate to"]},
            "We did not hesitate to use Docker.",
            "unsure",
            "asserted",
        ),
        (
            {"kind": "termination", "direction": "both", "words": ["then again"]},
            "We did not run the code in Docker then again.",
            "unsure",
            "unsure",
        ),
        (
            {"kind": "termination", "direction": "both", "words": ["yet again"]},
            "We did not wait yet again Docker runs.",
            "unsure",
            "asserted",
        ),
    ],
)
def test_a_row_more_is_all_that_a_wording_takes(
    row: dict[str, Any], text: str, before: Polarity, after: Polarity
) -> None:
    assert (polarity(text), polarity(text, row)) == (before, after)


def test_the_longer_of_two_terms_counts() -> None:
    row = {"kind": "pseudo", "direction": "forward", "scope": 1, "words": ["if only"]}

    assert polarity("We ask if only Docker runs.") == "unsure"
    assert polarity("We ask if only Docker runs.", row) == "asserted"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kind": "negated"}, "kind"),
        ({"direction": "left"}, "direction"),
        ({"scope": 0}, "scope"),
        ({"scope": "page"}, "scope"),
        ({"words": []}, "words"),
        ({"words": ["Refrained"]}, "lower case"),
        ({"words": ["refrained  from"]}, "single blanks"),
        ({"denies": None}, "denies"),
        ({"denies": "subject"}, "no forward term"),
        ({"direction": "backward"}, "no backward term"),
        ({"direction": "backward", "denies": "all", "scope": "sentence"}, "only forward terms"),
        ({"kind": "plan"}, "denies"),
        ({"until": "then"}, "until"),
    ],
)
def test_a_row_that_could_not_work_is_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Lexicon([*ROWS, ABSENCE | change], CLASSES)
