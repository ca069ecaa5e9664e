"""What the checks make of each item of the project checklist."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from grader.exam.checklist.boxes import Tick
from grader.exam.checklist.course_boxes import ChecklistBox
from grader.results import (
    Box,
    BoxVerdict,
    CheckResult,
    Claim,
    ClaimVerdict,
    ModuleResult,
    ModuleVerdict,
    Question,
    Verdict,
)

_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg")


def judge_boxes(
    modules: Sequence[ModuleResult],
    ticks: Mapping[str, Tick],
    boxes: Sequence[ChecklistBox],
    questions: Iterable[Question] = (),
) -> tuple[Box, ...]:
    """Return each box with what the group ticked, the verdict of the checks that name it, and why.

    Checks that do not apply are left out. A box is *supported* if at least one check is left and all hold;
    *unsupported* if one failed, or if its module has no work at all; *undetermined* otherwise: what would decide a check was
    not read (a part of the history, what lies above the folder that was graded), or it timed out, was blocked by another
    one, hit a fault of the grader, or nobody but people can tell. A check that holds in part counts where it has at least
    half of its points; where it has less, a box that is claimed stays open, one that is not claimed is unsupported: there
    are traces, and nobody says that they are more. What a check said of a box itself goes before its verdict.

    Where the decisive fact may lie outside of the repository (`decidable = "partly"`), finding nothing decides a box only
    as long as nobody claims it: a box that the group ticked is then undetermined, one that they left is unsupported.
    A picture of the group's own in the answer that asks for one (`pictures`) bears such a box out, where nothing else does.

    Args:
        modules: with their checks.
        ticks: what the group claims, by box.
        boxes: the course's checklist.
        questions: the answers with their claims.
    """
    shown = {
        question.current_number: picture
        for question in questions
        for picture in filter(_is_own_picture, reversed(question.claims))
    }
    named: dict[str, list[tuple[CheckResult, ModuleResult]]] = {}
    for module in modules:
        for check in module.checks:
            for box in check.boxes:
                named.setdefault(box, []).append((_about(box, check), module))
    return tuple(_judge(box, ticks.get(box.id), named.get(box.id, []), shown) for box in boxes)


def _about(box: str, check: CheckResult) -> CheckResult:
    """Return a check as it bears on a box: with what it said of that box, where it did."""
    said = next((one for one in check.said if one.id == box), None)
    if said is None:
        return check
    if said.shown is None:
        return check.model_copy(
            update={"verdict": Verdict.not_applicable, "unseen": True, "message": said.why}
        )
    verdict = Verdict.passed if said.shown else Verdict.failed
    return check.model_copy(update={"verdict": verdict, "title": said.why.rstrip("."), "message": said.why})


def _is_own_picture(claim: Claim) -> bool:
    path = str(claim.found or "").lower()
    return claim.kind == "file" and claim.verdict is ClaimVerdict.supported and path.endswith(_PICTURES)


def _judge(
    box: ChecklistBox,
    tick: Tick | None,
    named: Sequence[tuple[CheckResult, ModuleResult]],
    shown: Mapping[int, Claim],
) -> Box:
    verdict, why = _verdict(box, tick.ticked if tick else None, named)
    picture = next((number for number in box.pictures if number in shown), None)
    if verdict is BoxVerdict.undetermined and named and tick and tick.ticked and picture is not None:
        verdict = BoxVerdict.supported
        why = f"The answer to question {picture} shows a picture of the group's own; what is on it was not looked at."
    return Box(
        id=box.id,
        label=box.label,
        section=box.section,
        claimed=tick.ticked if tick else None,
        claimed_in=tick.path if tick else "",
        verdict=verdict,
        checks=tuple(check.id for check, _ in named),
        why=why,
    )


def _verdict(
    box: ChecklistBox, claimed: bool | None, named: Sequence[tuple[CheckResult, ModuleResult]]
) -> tuple[BoxVerdict, str]:
    if box.decidable == "no":
        return BoxVerdict.undetermined, "Only people can tell."
    if not named:
        return BoxVerdict.undetermined, "No check of this run decides it."
    failed = [check for check, _ in named if check.verdict is Verdict.failed]
    if failed:
        return BoxVerdict.unsupported, _reason(failed[0])
    unseen = next((check for check, _ in named if check.unseen), None)
    if unseen is not None:
        return BoxVerdict.undetermined, _reason(unseen)
    idle = [module for check, module in named if _is_idle(check, module)]
    applicable = [
        check
        for check, module in named
        if check.verdict is not Verdict.not_applicable and not _is_idle(check, module)
    ]
    if idle and (box.decidable == "repo" or not applicable):
        return _absent(box, claimed, idle[0].message or "No work of this module was found.")
    if applicable and all(map(_holds, applicable)):
        return BoxVerdict.supported, " ".join(map(_said, applicable))
    if applicable:
        weak = next(check for check in applicable if not _holds(check))
        if weak.verdict is Verdict.partial and not claimed:
            return BoxVerdict.unsupported, _reason(weak)
        return BoxVerdict.undetermined, _reason(weak)
    reason = _reason(named[0][0])
    if box.decidable == "partly":
        return _absent(box, claimed, reason)
    return BoxVerdict.undetermined, reason


def _holds(check: CheckResult) -> bool:
    """Return whether a check bears a box out: a part of its points is enough where it is at least half of them."""
    if check.verdict is Verdict.partial:
        return 0 < check.max_points <= 2 * check.points
    return check.verdict is Verdict.passed


def _said(check: CheckResult) -> str:
    reason = _reason(check) if check.verdict is Verdict.partial else ""
    return f"{check.title}. {reason}".strip()


def _is_idle(check: CheckResult, module: ModuleResult) -> bool:
    return check.verdict is Verdict.blocked and module.verdict is ModuleVerdict.not_started


def _absent(box: ChecklistBox, claimed: bool | None, reason: str) -> tuple[BoxVerdict, str]:
    """Judge a box of which nothing was found: contradicted, unless what decides it may lie elsewhere and the group says so."""
    if box.decidable == "partly" and claimed:
        return BoxVerdict.undetermined, f"{reason} What would decide it may lie outside of the repository."
    return BoxVerdict.unsupported, reason


def _reason(check: CheckResult) -> str:
    return (check.message or check.title).partition("\n")[0][:500]
