"""Findings for people: the same secret in several places is one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grader.results import EvidenceRecord, Finding, Result


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """One thing that was found, and every place where it is."""

    rule: str
    message: str
    digest: str
    places: tuple[EvidenceRecord, ...]


def grouped(findings: Sequence[Finding]) -> list[Group]:
    """Return findings by what was found, in the order of their first place; those without a digest stay alone."""
    groups: dict[tuple[str, str, int], list[Finding]] = {}
    for number, finding in enumerate(findings):
        alone = number if not finding.digest else -1
        groups.setdefault((finding.rule, finding.digest, alone), []).append(finding)
    return [
        Group(
            rule=members[0].rule,
            message=members[0].message,
            digest=members[0].digest,
            places=tuple(EvidenceRecord(path=one.path, line=one.line) for one in members),
        )
        for members in groups.values()
    ]


def lead(result: Result) -> str:
    """Return one sentence over the list, or nothing where nothing was found."""
    found = grouped(result.findings)
    if not found:
        return ""
    what = "1 secret is" if len(found) == 1 else f"{len(found)} secrets are"
    rest = "Whoever can read it has them, and taking them out of the files does not take them out of the history."
    return f"{what} in the repository. {rest}"
