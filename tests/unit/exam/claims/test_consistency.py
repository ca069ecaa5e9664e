"""Answers held against each other, and claims as they reach a result."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.exam import assess, assess_again, load_editions, read_report
from grader.exam.claims import MAX_CLAIMS, find_claims, load_tools
from grader.exam.claims.finder import Repository
from grader.inventory import Inventory, Place
from grader.results import Claim, ClaimVerdict, GraderInfo, Result, SubmissionInfo
from tests.claim_sample import ABOUT, answer, repository
from tests.places import REPORTS

TOOLS = load_tools(REPORTS)
NOW = datetime(2026, 1, 23, tzinfo=UTC)
KNOWN = Repository(inventory=repository().inventory, tools=TOOLS, about=ABOUT)


def found(answers: dict[int, str], kind: str) -> dict[int, list[Claim]]:
    claims = find_claims([answer(number, text) for number, text in answers.items()], KNOWN)
    return {number: [claim for claim in listed if claim.kind == kind] for number, listed in claims.items()}


@pytest.mark.parametrize(
    ("members", "contributions", "verdict"),
    [
        ("s111111, s222222", "s222222 did all, 111111 the rest", "supported"),
        ("s111111, s222222", "S111111 did all, Ann the rest", "undetermined"),
        ("s111111, s222222", "s111111 and s222223 did all", "contradicted"),
    ],
)
def test_contributions_are_of_the_members(members: str, contributions: str, verdict: str) -> None:
    (claim,) = found({2: members, 31: contributions}, "study_numbers")[31]

    assert claim.verdict.value == verdict
    assert not any(number in claim.model_dump_json() for number in ("111111", "222222", "222223"))


@pytest.mark.parametrize(("members", "contributions"), [("s111111", "We all did all."), ("Ann", "s111111")])
def test_names_say_nothing_of_numbers(members: str, contributions: str) -> None:
    assert found({2: members, 31: contributions}, "study_numbers")[31] == []


def test_a_service_that_one_answer_uses_and_another_denies() -> None:
    (claim,) = found({17: "We used Compute Engine.", 18: "We did not use Compute Engine."}, "other")[18]

    assert claim.verdict is ClaimVerdict.contradicted
    assert claim.found == "We used Compute Engine."
    assert "question 17" in claim.why


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("We used Compute Engine.", "We did not use Compute Engine for training."),
        ("We first used Compute Engine.", "We did not use Compute Engine."),
        ("We would use Compute Engine.", "We did not use Compute Engine."),
        ("We used Cloud Run.", "We did not use Compute Engine."),
    ],
)
def test_what_leaves_room_is_no_contradiction(one: str, other: str) -> None:
    assert found({17: one, 18: other}, "other")[18] == []


def test_one_answer_does_not_contradict_itself() -> None:
    assert found({18: "We used Compute Engine. We did not use Compute Engine."}, "other")[18] == []


def test_claims_come_in_the_order_of_the_text_without_repeats() -> None:
    (claims,) = find_claims(
        [answer(6, "We use uv. We use ruff. We use mypy. We use uv again.")], KNOWN
    ).values()

    assert [claim.claimed for claim in claims] == ["uv", "ruff", "mypy"]


def test_an_answer_has_so_many_claims_and_no_more() -> None:
    names = [tool["name"] for tool in TOOLS["tool"]]
    (claims,) = find_claims([answer(17, " ".join(f"We used {name}." for name in names))], KNOWN).values()

    assert len(claims) == MAX_CLAIMS


def test_no_answers_no_claims() -> None:
    assert find_claims([], KNOWN) == {}


def test_claims_are_judged_anew_from_a_result_alone() -> None:
    report = "### Question 12\n> Answer:\n\nWe used Hydra for all experiments.\n"
    bare = Result(
        grader=GraderInfo(version="1", course="c", course_digest="d", sandbox="docker"),
        submission=SubmissionInfo(id="a", source="a", commit="0", fetched_at=NOW, profile="project"),
        started_at=NOW,
        duration_s=0,
        inventory=KNOWN.inventory,
    )
    first = assess(bare, read_report(report, load_editions(REPORTS)), "reports/README.md", (), TOOLS, ABOUT)
    inventory = Inventory(files=("train.py",), imports={"hydra": (Place(path="train.py", line=1),)})

    again = assess_again(first.model_copy(update={"inventory": inventory}), (), TOOLS, ABOUT)

    assert (first.summary.claims_contradicted, first.summary.claims_supported) == (1, 0)
    assert (again.summary.claims_contradicted, again.summary.claims_supported) == (0, 1)
    assert again.exam is not None
    assert [claim.kind for question in again.exam.questions for claim in question.claims] == ["tool_used"]
    assert assess_again(bare, (), TOOLS, ABOUT) == bare


PIECES = ["we ", "used ", "did not use ", "Compute Engine ", "Hydra ", "s123456 ", "12% coverage ", "5 tests ", "`a/b.py` ", "](x.md)",
          "https://github.com/a/b ", "```\n", ". ", "\n", "- ", "3.11 ", "Windows ", "\x00"]  # fmt: skip
ANY = st.one_of(st.text(max_size=100), st.lists(st.sampled_from(PIECES), max_size=30).map("".join))


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    st.dictionaries(st.integers(1, 31), ANY, max_size=4),
    st.sampled_from([KNOWN, Repository(inventory=None, tools=TOOLS, about=ABOUT)]),
)
def test_no_answers_make_it_raise(answers: dict[int, str], known: Repository) -> None:
    claims = find_claims([answer(number, text) for number, text in answers.items()], known)

    assert set(claims) == set(answers)
    assert all(len(listed) <= MAX_CLAIMS and all(claim.why for claim in listed) for listed in claims.values())
