"""How the exam report and the checklist stand: what the repository bears out, what falls, what is open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grader.render import labels as words
from grader.results import Box, BoxVerdict, Claim, ClaimVerdict, Question, Result

#: Statements of a group of claims that are shown at once; more are folded. What is contradicted is never folded.
_SHOWN_OPEN, _SHOWN_SUPPORTED = 6, 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """How many statements stand, fall, and are open."""

    supported: int
    fallen: int
    undetermined: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.supported + self.fallen + self.undetermined


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A claim, the question whose answer makes it, and the target of a jump to it."""

    anchor: str
    question: Question
    claim: Claim


@dataclass(frozen=True, kw_only=True, slots=True)
class ClaimGroup:
    """The claims of one answer that have the same verdict, in the order of the text."""

    verdict: ClaimVerdict
    entries: tuple[Entry, ...]
    folded: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class BoxGroup:
    """Boxes where ticks and repository relate alike, by section, in the order of the checklist.

    `verdict` is the one whose icon and colour the group has.
    """

    name: str
    title: str
    lead: str
    verdict: str
    sections: tuple[tuple[str, tuple[Box, ...]], ...]
    folded: bool

    @property
    def count(self) -> int:
        """The number of boxes in all sections."""
        return sum(len(boxes) for _, boxes in self.sections)


def claims(result: Result) -> Standing | None:
    """Return how the claims of the exam report stand, or None without a report."""
    if result.exam is None:
        return None
    verdicts = [claim.verdict for question in result.exam.questions for claim in question.claims]
    return Standing(
        supported=verdicts.count(ClaimVerdict.supported),
        fallen=verdicts.count(ClaimVerdict.contradicted),
        undetermined=verdicts.count(ClaimVerdict.undetermined),
    )


def ticks(result: Result) -> Standing | None:
    """Return how the ticked boxes stand, or None if the repository has no checklist."""
    if not _has_list(result.checklist):
        return None
    verdicts = [box.verdict for box in result.checklist if box.claimed]
    return Standing(
        supported=verdicts.count(BoxVerdict.supported),
        fallen=verdicts.count(BoxVerdict.unsupported),
        undetermined=verdicts.count(BoxVerdict.undetermined),
    )


def fallen_claims(result: Result) -> list[Entry]:
    """Return the claims that the repository contradicts, in the order of the report."""
    questions = result.exam.questions if result.exam else ()
    found = [entry for question in questions for entry in entries(question)]
    return [entry for entry in found if entry.claim.verdict is ClaimVerdict.contradicted]


def fallen_ticks(result: Result) -> list[Box]:
    """Return boxes that are ticked, and not borne out."""
    return [box for box in result.checklist if box.claimed and box.verdict is BoxVerdict.unsupported]


def forgotten_ticks(result: Result) -> list[Box]:
    """Return boxes that are borne out, and were left unticked."""
    return [box for box in result.checklist if box.claimed is False and box.verdict is BoxVerdict.supported]


def said(result: Result) -> list[str]:
    """Return the figures in words, one sentence for the claims and one for the ticks, where there are such."""
    lines = []
    if (standing := claims(result)) and standing.total:
        lines.append(
            f"{words.plural(standing.total, 'claim')} of the exam report: {standing.supported} borne out, "
            f"{standing.fallen} contradicted, {standing.undetermined} open"
        )
    if (standing := ticks(result)) and (standing.total or forgotten_ticks(result)):
        lines.append(
            f"{words.plural(standing.total, 'ticked box', 'ticked boxes')}: {standing.supported} borne out, "
            f"{standing.fallen} not borne out, {standing.undetermined} open; "
            f"{len(forgotten_ticks(result))} more could be ticked"
        )
    return lines


def claim_groups(question: Question) -> list[ClaimGroup]:
    """Return the claims of a question: contradicted, then open, then borne out; empty groups are left out."""
    all_of_it = entries(question)
    groups = []
    for verdict, shown in (
        (ClaimVerdict.contradicted, len(all_of_it)),
        (ClaimVerdict.undetermined, _SHOWN_OPEN),
        (ClaimVerdict.supported, _SHOWN_SUPPORTED),
    ):
        chosen = tuple(entry for entry in all_of_it if entry.claim.verdict is verdict)
        if chosen:
            groups.append(ClaimGroup(verdict=verdict, entries=chosen, folded=len(chosen) > shown))
    return groups


def box_groups(result: Result) -> list[BoxGroup]:
    """Return the checklist: false ticks, forgotten ticks, ticks that are open, then the rest; empty groups are left out."""
    boxes = result.checklist
    listed = _has_list(boxes)
    decided = [box for box in boxes if box.verdict is not BoxVerdict.undetermined]
    unlisted = [box for box in decided if box.claimed is None]
    still = [box for box in boxes if box.verdict is BoxVerdict.undetermined]
    groups = [
        _group(
            "fallen",
            "Ticked, but not borne out",
            "The repository does not show what the tick says.",
            BoxVerdict.unsupported,
            fallen_ticks(result),
        ),
        _group(
            "forgotten",
            "Borne out, but not ticked",
            "The repository shows it: a tick that may have been forgotten.",
            BoxVerdict.supported,
            forgotten_ticks(result),
        ),
        _group(
            "open",
            "Ticked, and open" if listed else "Open",
            "Nobody can tell from the repository alone; the reason stands beside each.",
            BoxVerdict.undetermined,
            [box for box in still if box.claimed or not listed],
        ),
        _group(
            "stands",
            "Ticked and borne out",
            "",
            BoxVerdict.supported,
            [box for box in decided if box.claimed and box.verdict is BoxVerdict.supported],
            folded=True,
        ),
        _group(
            "left",
            "Neither ticked nor borne out",
            "",
            "not_started",
            [box for box in decided if box.claimed is False and box.verdict is BoxVerdict.unsupported],
            folded=True,
        ),
        _group(
            "idle",
            "Not ticked, and open",
            "",
            BoxVerdict.undetermined,
            [box for box in still if listed and not box.claimed],
            folded=True,
        ),
        _group(
            "found",
            "Borne out, not in their list" if listed else "Borne out",
            "",
            BoxVerdict.supported,
            [box for box in unlisted if box.verdict is BoxVerdict.supported],
            folded=listed,
        ),
        _group(
            "absent",
            "Not borne out, not in their list" if listed else "Not borne out",
            "",
            "not_started",
            [box for box in unlisted if box.verdict is BoxVerdict.unsupported],
            folded=listed,
        ),
    ]
    return [group for group in groups if group.sections]


def list_files(result: Result) -> list[tuple[str, int]]:
    """Return the files, besides the exam report, whose lists have boxes, each with how many; most boxes first."""
    paths = [box.claimed_in for box in result.checklist if box.claimed_in]
    return sorted(((path, paths.count(path)) for path in set(paths)), key=lambda found: (-found[1], found[0]))


def _has_list(boxes: Sequence[Box]) -> bool:
    return any(box.claimed is not None for box in boxes)


def entries(question: Question) -> list[Entry]:
    """Return the claims of a question, each with the target of a jump to it."""
    return [
        Entry(anchor=f"claim-{question.number}-{place}", question=question, claim=claim)
        for place, claim in enumerate(question.claims, 1)
    ]


def _group(
    name: str, title: str, lead: str, verdict: str, boxes: Sequence[Box], *, folded: bool = False
) -> BoxGroup:
    sections: dict[str, list[Box]] = {}
    for box in boxes:
        sections.setdefault(box.section, []).append(box)
    return BoxGroup(
        name=name,
        title=title,
        lead=lead,
        verdict=verdict,
        sections=tuple((section, tuple(members)) for section, members in sections.items()),
        folded=folded,
    )
