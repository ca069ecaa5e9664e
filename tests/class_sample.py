"""A class of many groups, as different as groups are, for the tests of what is shown of a class (and nothing of any real one)."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random

from grader.results import (
    Box,
    BoxVerdict,
    CheckResult,
    Claim,
    ClaimVerdict,
    DeadlineInfo,
    Exam,
    GroupInfo,
    HistoryFigures,
    ModuleResult,
    ModuleVerdict,
    Question,
    Result,
    Summary,
    Verdict,
)
from tests.render_sample import check, module, rich_result

_TITLES = ("Development environment", "Reproducible runs", "Containers", "Tests", "Serving", "Monitoring")
_CHECKS = ("It runs from a fresh clone", "Nothing is missing", "It does what it says", "Somebody can use it")
_VERDICTS = (Verdict.passed, Verdict.partial, Verdict.failed, Verdict.timeout)
_SHARES = {Verdict.passed: 1.0, Verdict.partial: 0.5}


def large_class(groups: int = 300, modules: int = 30) -> list[Result]:
    """The results of a class: the same for the same numbers."""
    random = Random(11)
    hard = [random.random() for _ in range(modules)]
    return [_group(number, hard, random) for number in range(1, groups + 1)]


def _group(number: int, hard: list[float], random: Random) -> Result:
    skill = random.betavariate(5, 2)
    found = tuple(_module(at, skill, each, random) for at, each in enumerate(hard, 1))
    base = rich_result(id=f"group-{number:02}", provenance="official", isolated=True)
    members = tuple(f"s{random.randrange(100000, 999999)}" for _ in range(random.randint(2, 5)))
    questions = tuple(_question(at, skill, random) for at in range(1, 32))
    boxes = tuple(
        Box(id=f"b-{at}", label="Done", section="Week 1", claimed=random.random() < skill, verdict=_of_box(skill, random))
        for at in range(53)
    )  # fmt: skip
    days = tuple((random.randrange(6), *(0,) * 22, random.randrange(3)) for _ in range(21))
    about = base.submission.model_copy(
        update={
            "commit": f"{random.getrandbits(160):040x}",
            "group": GroupInfo(number=number, members=members),
            "deadline": DeadlineInfo(at=datetime(2026, 1, 23, 23, 59, tzinfo=UTC), decided_by="fetched"),
        }
    )
    return base.model_copy(
        update={
            "submission": about,
            "modules": found,
            "exam": Exam(edition="2026", report_path="reports/README.md", questions=questions),
            "checklist": boxes,
            "history": HistoryFigures(
                commits=sum(map(sum, days)), people=len(members), activity_start="2026-01-05", activity=days
            ),
            "summary": Summary(
                points=sum(each.points for each in found),
                max_points=sum(each.max_points for each in found),
                modules_passed=sum(each.verdict is ModuleVerdict.passed for each in found),
                questions=len(questions),
                questions_answered=sum(each.answered for each in questions),
            ),
        }
    )


def _module(number: int, skill: float, hard: float, random: Random) -> ModuleResult:
    name, title = f"M{number}", _TITLES[number % len(_TITLES)]
    if random.random() < hard * 0.2:
        return module(name, title, "S1", ModuleVerdict.not_started, ())
    if random.random() < 0.04:
        return module(name, title, "S1", ModuleVerdict.not_applicable, ())
    checks = tuple(_check(f"{name}.c{at}", each, skill, hard, random) for at, each in enumerate(_CHECKS))
    verdict = (
        ModuleVerdict.passed
        if all(each.verdict is Verdict.passed for each in checks)
        else ModuleVerdict.partial
    )
    if random.random() < 0.005:
        verdict = ModuleVerdict.error
    return module(name, title, "S1", verdict, checks)  # fmt: skip


def _check(name: str, title: str, skill: float, hard: float, random: Random) -> CheckResult:
    fine = random.random() < skill * (1.25 - hard)
    verdict = Verdict.passed if fine else random.choice(_VERDICTS)
    points = 2 * _SHARES.get(verdict, 0.0)
    return check(name, title, verdict, points, 2, hint="Try it from an `empty` folder.")


def _question(number: int, skill: float, random: Random) -> Question:
    answered = random.random() < 0.6 + skill / 2
    verdicts = random.choices(tuple(ClaimVerdict), weights=(6, 1.2 - skill, 2), k=random.randrange(3))
    claims = tuple(Claim(text="We did.", kind="other", verdict=verdict) for verdict in verdicts)
    return Question(
        number=number,
        current_number=number,
        section="All",
        topic="What",
        answered=answered,
        claims=claims if answered else (),
    )


def _of_box(skill: float, random: Random) -> BoxVerdict:
    return random.choices(tuple(BoxVerdict), weights=(4 * skill, 1 - skill, 1))[0]
