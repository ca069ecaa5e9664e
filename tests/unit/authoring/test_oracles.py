"""Oracles: submissions of which it is known what they are worth, and how much a suite may give them."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.authoring.converted import lacking, run_points, share_fault
from grader.authoring.mutants import judge
from grader.authoring.oracles import OracleScore
from grader.authoring.proof_plan import ProofPlan
from grader.authoring.suite_run import SuiteRun
from grader.errors import CourseError
from grader.results import CheckResult, Verdict
from tests.double_pack import CONVERTED, COURSE_ORACLE, MUTANTS, SUITE, WRONG_MUTANTS, ProveX1

pytestmark = pytest.mark.process


def test_a_converted_suite_is_proven_by_six_oracles(prove_x1: ProveX1) -> None:
    proof = prove_x1(CONVERTED, mutants=WRONG_MUTANTS, files=COURSE_ORACLE)
    assert proof.faults == ()
    points = {oracle.kind: (oracle.points, oracle.max_points) for oracle in proof.oracles}
    assert points == {
        "words": (1, 10),
        "broken": (1, 10),
        "excuses": (1, 10),
        "course": (10, 10),
        "unreached": (1, 10),
        "raising": (1, 10),
    }
    assert (proof.starter_points, proof.solution_points, proof.run_points) == (0, 10, 9)
    assert proof.share_run == 0.9


def test_an_oracle_above_its_limit_is_a_fault_that_names_the_checks(prove_x1: ProveX1) -> None:
    named = [f'[[oracle]]\nkind = "{kind}"\nname = "{kind}"' for kind in ("words", "broken", "excuses")]
    proof = prove_x1("\n".join([*named, '[[faults]]\nname = "told by files"']))
    assert proof.faults == tuple(
        f"oracle «{name}» ({kind}) has 10 of 10 points, more than {most}: from named, doubles"
        for name, kind, most in (
            ("words", "words", "10%"),
            ("broken", "broken", "25%"),
            ("excuses", "excuses", "10%"),
            ("told by files", "fault", "25%"),
        )
    )


def test_honest_work_under_another_name_has_all_points(prove_x1: ProveX1) -> None:
    (fault,) = prove_x1(
        '[[oracle]]\nkind = "course"\nname = "twice"\npath = "double.py"\nfind = "2 * number"\nreplace = "number"'
    ).faults
    assert fault == "oracle «twice» (course) loses points: doubles says failed: It does not double."


def test_what_does_not_apply_is_lost_and_makes_no_share_larger(prove_x1: ProveX1) -> None:
    excusing = SUITE.replace(
        "    number = rng",
        '    "shy" in submission.text("double.py") and not_applicable("Shy.")\n    number = rng',
    )
    shy = 'path = "double.py"\nfind = "import sys"\nreplace = "# shy"'
    proof = prove_x1(
        f'[[oracle]]\nkind = "words"\nname = "a"\n{shy}\n[[oracle]]\nkind = "course"\nname = "b"\n{shy}',
        files={"checks/x01_double/test_double.py": excusing},
    )
    assert [(one.points, one.max_points) for one in proof.oracles] == [(1, 10), (1, 10)]
    assert proof.faults == ("oracle «b» (course) loses points: doubles says not_applicable: Shy.",)


def test_what_is_made_of_the_solution_is_held_to_a_limit(prove_x1: ProveX1) -> None:
    lenient = SUITE.replace("points=9", "points=2")
    proof = prove_x1(
        CONVERTED, mutants=WRONG_MUTANTS, files={**COURSE_ORACLE, "checks/x01_double/test_double.py": lenient}
    )
    over = [fault for fault in proof.faults if "more than 25%" in fault]
    assert [fault.partition(" has ")[0] for fault in over] == [
        "oracle «it adds» (broken)",
        "oracle «the solution, unreached» (unreached)",
        "oracle «the solution, raising» (raising)",
    ]


def test_an_oracle_that_cannot_be_made_is_a_fault(prove_x1: ProveX1) -> None:
    proof = prove_x1(
        '[[oracle]]\nkind = "words"\nname = "a"\nfolder = "oracles/none"\n'
        '[[oracle]]\nkind = "broken"\nname = "b"\npath = "double.py"\nfind = "nowhere"\nreplace = "x"'
    )
    assert proof.faults[0] == "oracle «a» cannot be made: there is no folder oracles/none"
    assert proof.faults[1].startswith("oracle «b» cannot be made: double.py holds 'nowhere' 0 times")


def test_a_kind_that_prove_makes_itself_cannot_be_named(prove_x1: ProveX1) -> None:
    with pytest.raises(CourseError, match="does not read"):
        prove_x1('[[oracle]]\nkind = "raising"\nname = "a"')


# What a converted suite has to have.


def plan(mutants: str, oracles: str = "") -> ProofPlan:
    from grader.parsing.plain_data import parse_toml

    return ProofPlan.model_validate(parse_toml(f"derived = true\n{oracles}\n{mutants}"))


def test_each_kind_of_oracle_is_asked_for() -> None:
    assert lacking(plan(WRONG_MUTANTS, '[[oracle]]\nkind = "broken"\nname = "a"')) == [
        "there is no oracle of the kind words",
        "there is no oracle of the kind excuses",
        "there is no oracle of the kind course",
    ]


def test_a_third_of_the_mutants_answer_wrongly() -> None:
    assert "0 of 2 mutants run and answer wrongly, less than a third" in lacking(plan(MUTANTS))
    static = MUTANTS.partition('[[mutant]]\nname = "it triples"')[0]
    assert not [one for one in lacking(plan(WRONG_MUTANTS + static)) if "third" in one]
    assert [one for one in lacking(plan(WRONG_MUTANTS + 2 * static)) if "third" in one]


def test_a_suite_that_is_not_converted_is_proven_as_before() -> None:
    assert lacking(ProofPlan()) == []


def ran(called: set[str], **verdicts: Verdict) -> SuiteRun:
    checks = {
        name: CheckResult(id=f"X1.{name}", title=name, verdict=verdict, points=0, max_points=1)
        for name, verdict in verdicts.items()
    }
    return SuiteRun(checks=checks, called=frozenset(called))


def test_a_mutant_that_answers_wrongly_is_run_by_what_catches_it() -> None:
    mutant = plan(WRONG_MUTANTS).mutant[1]
    assert judge(mutant, ran({"doubles"}, doubles=Verdict.failed)).ran_and_caught == {"doubles"}
    assert "no check that catches it runs it" in judge(mutant, ran(set(), doubles=Verdict.failed)).fault
    passed = judge(mutant, ran({"doubles"}, doubles=Verdict.passed))
    assert "is not caught" in passed.fault
    assert passed.ran_and_caught == frozenset()


def test_points_count_as_run_only_where_code_ran_and_was_caught() -> None:
    points = {"a": 3.0, "b": 4.0, "c": 5.0}

    def oracle(kind: str, *names: str) -> OracleScore:
        return OracleScore(kind=kind, name="", points=0, max_points=12, ran_and_caught=frozenset(names))

    assert run_points(points, [oracle("broken", "a"), oracle("raising", "b")], []) == 3
    assert run_points(points, [oracle("broken", "a")], [frozenset({"a", "c"})]) == 8
    assert ran({"a", "b"}, a=Verdict.blocked, b=Verdict.timeout, c=Verdict.failed).ran_and_caught == {"b"}


def test_a_suite_that_runs_too_little_is_a_fault() -> None:
    assert share_fault(6, 10) == []
    assert share_fault(5, 10)[0].startswith("5 of 10 points count as run, less than 60%")


# Verdicts that change.


def test_a_verdict_that_changes_from_run_to_run_is_a_fault(prove_x1: ProveX1, tmp_path: Path) -> None:
    """The suite counts its runs on the same code: a machine that is sometimes too slow does the like."""
    counting = SUITE.replace(
        "    number = rng",
        f"    turns = __import__('pathlib').Path({str(tmp_path / 'turns')!r})\n"
        "    if submission.text('double.py').count('2 * number'):\n"
        "        turns.open('a').write('x')\n"
        "        assert len(turns.read_text()) != 3, 'Too slow.'\n"
        "    number = rng",
    )
    flipping = {"checks/x01_double/test_double.py": counting}
    proof = prove_x1(mutants=MUTANTS, files=flipping, repeat=4, jobs=1)
    assert proof.faults == ("the solution: doubles says passed and, once more, failed: Too slow.",)


def test_what_says_the_same_is_no_fault(prove_x1: ProveX1) -> None:
    broken = CONVERTED.partition('[[oracle]]\nkind = "broken"')[2].partition("[[oracle]]")[0]
    proof = prove_x1(f'[[oracle]]\nkind = "broken"\n{broken}', repeat=2)
    assert (proof.faults, proof.runs) == ((), 7)
