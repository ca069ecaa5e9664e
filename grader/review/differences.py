"""What a group gained or lost between two results, and what of the circumstances differs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from grader.results import CheckResult, Model, Result, Verdict
from grader.review.targets import statement_ids

#: What became of something: `unclear` where the grader could not grade it now or then, which nobody gained or lost.
Direction = Literal["gained", "lost", "changed", "unclear", "new", "gone"]
Kind = Literal["check", "box", "statement", "question"]

#: What is better has a higher rank; what has the same, or none, has only changed.
_RANKS = {
    "passed": 3, "partial": 2, "failed": 1, "timeout": 1, "blocked": 1,
    "supported": 3, "undetermined": 2, "contradicted": 1, "unsupported": 1,
    "answered": 3, "unanswered": 1,
}  # fmt: skip


class Change(Model):
    """One thing whose verdict or points are others: `before` and `after` are verdicts, empty where there was or is none."""

    kind: Kind
    id: str
    title: str
    direction: Direction
    before: str = ""
    after: str = ""
    points_before: float = 0.0
    points_after: float = 0.0
    message: str = ""


class Circumstance(Model):
    """Something that decides results and that differs: the commit, the digest of the course, the image."""

    name: str
    before: str
    after: str


class Difference(Model):
    """What differs between two results of a group. `id` is the new one's."""

    id: str
    points_before: float
    points_after: float
    max_before: float
    max_after: float
    circumstances: tuple[Circumstance, ...] = ()
    changes: tuple[Change, ...] = ()

    @property
    def lost(self) -> bool:
        """Whether the group lost anything."""
        return any(change.direction == "lost" for change in self.changes)

    @property
    def unclear(self) -> bool:
        """Whether the grader could not grade something now: a fault of its own."""
        return any(change.after == Verdict.error for change in self.changes)


class Missing(Model):
    """A group that only one of two runs has a result of, and why the other has none, if it says so."""

    id: str
    only: Literal["old", "new"]
    why: str = ""


class ClassDifference(Model):
    """What differs between two runs of a class, in the order of the new one."""

    groups: tuple[Difference, ...] = ()
    missing: tuple[Missing, ...] = ()

    @property
    def exit_code(self) -> int:
        """0 nobody lost anything; 1 somebody did; 3 the new run could not grade (part of) what the old one graded."""
        if any(one.only == "old" for one in self.missing) or any(group.unclear for group in self.groups):
            return 3
        return 1 if any(group.lost for group in self.groups) else 0


@dataclass(frozen=True, kw_only=True, slots=True)
class _Part:
    title: str
    verdict: str
    points: float = 0.0
    message: str = ""


def compare(old: Result, new: Result) -> Difference:
    """Return what differs between two results, of one group or, if somebody wants to know, of two."""
    before, after = _parts(old), _parts(new)
    names = list(dict.fromkeys([*after, *before]))
    changes = [_change(kind, name, before.get((kind, name)), after.get((kind, name))) for kind, name in names]
    return Difference(
        id=new.submission.id,
        points_before=old.summary.points,
        points_after=new.summary.points,
        max_before=old.summary.max_points,
        max_after=new.summary.max_points,
        circumstances=tuple(_circumstances(old, new)),
        changes=tuple(change for change in changes if change is not None),
    )


def compare_classes(
    old: Mapping[str, Result], new: Mapping[str, Result], *, ungraded: Mapping[str, str] | None = None
) -> ClassDifference:
    """Return what differs between two runs of a class.

    Args:
        old, new: results by the id of their submission.
        ungraded: why the new run could not grade a submission, by its id.
    """
    reasons = ungraded or {}
    missing = [Missing(id=name, only="new") for name in new if name not in old]
    missing += [Missing(id=name, only="old", why=reasons.get(name, "")) for name in old if name not in new]
    groups = tuple(compare(old[name], result) for name, result in new.items() if name in old)
    return ClassDifference(groups=groups, missing=tuple(missing))


def _parts(result: Result) -> dict[tuple[Kind, str], _Part]:
    """Return everything that has a verdict, by kind and name."""
    parts: dict[tuple[Kind, str], _Part] = {}
    for module in result.modules:
        for check in module.checks:
            parts["check", check.id] = _part(check)
    for question in result.exam.questions if result.exam else ():
        answered = "answered" if question.answered else "unanswered"
        parts["question", str(question.number)] = _Part(title=question.topic, verdict=answered)
        for name, claim in zip(statement_ids(question), question.claims, strict=True):
            parts["statement", name] = _Part(title=claim.text, verdict=claim.verdict.value, message=claim.why)
    for box in result.checklist:
        parts["box", box.id] = _Part(title=box.label, verdict=box.verdict.value, message=box.why)
    return parts


def _part(check: CheckResult) -> _Part:
    return _Part(title=check.title, verdict=check.verdict.value, points=check.points, message=check.message)


def _change(kind: Kind, name: str, before: _Part | None, after: _Part | None) -> Change | None:
    shown = after or before
    if shown is None or (
        before is not None
        and after is not None
        and (before.verdict, before.points) == (after.verdict, after.points)
    ):
        return None
    return Change(
        kind=kind,
        id=name,
        title=shown.title,
        direction=_direction(before, after),
        before=before.verdict if before else "",
        after=after.verdict if after else "",
        points_before=before.points if before else 0.0,
        points_after=after.points if after else 0.0,
        message=after.message if after and after.verdict != "passed" else "",
    )


def _direction(before: _Part | None, after: _Part | None) -> Direction:
    if before is None or after is None:
        return "new" if before is None else "gone"
    if Verdict.error in (before.verdict, after.verdict):
        return "unclear"
    ranks = _RANKS.get(before.verdict), _RANKS.get(after.verdict)
    ranked = None not in ranks and ranks[0] != ranks[1]
    # A check that ceases to apply gives no points any more, and takes none.
    if ranked or (before.points != after.points and None not in ranks):
        better = (after.points, ranks[1] or 0) > (before.points, ranks[0] or 0)
        return "gained" if better else "lost"
    return "changed"


def _circumstances(old: Result, new: Result) -> Iterable[Circumstance]:
    """Yield what decides results and differs; what differs in neither is left out."""
    for name, before, after in (
        ("commit", _commit(old), _commit(new)),
        ("folder", old.submission.subfolder, new.submission.subfolder),
        ("profile", old.submission.profile, new.submission.profile),
        ("course", old.grader.course_digest, new.grader.course_digest),
        ("image", old.grader.image_digest, new.grader.image_digest),
        ("environment", old.grader.environment, new.grader.environment),
        ("sandbox", old.grader.sandbox, new.grader.sandbox),
        ("Python", old.grader.python, new.grader.python),
        ("grader", old.grader.version, new.grader.version),
        ("limits", _limits(old, new), _limits(new, old)),
        ("modules", _modules(old, new), _modules(new, old)),
    ):
        if before != after:
            yield Circumstance(name=name, before=before, after=after)


def _commit(result: Result) -> str:
    changed = " with uncommitted changes" if result.submission.dirty else ""
    return f"{result.submission.commit}{changed}"


def _limits(result: Result, other: Result) -> str:
    """Return the limits that the other result does not have, or has otherwise."""
    own = sorted(set(result.grader.limits.items()) - set(other.grader.limits.items()))
    return ", ".join(f"{name} {value:g}" for name, value in own)


def _modules(result: Result, other: Result) -> str:
    """Return the modules that the other result does not have."""
    others = {module.id for module in other.modules}
    return ", ".join(module.id for module in result.modules if module.id not in others)
