"""How verdicts, numbers and places are said, the same in every format."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from urllib.parse import quote

from grader.results import (
    BoxVerdict,
    CheckResult,
    Claim,
    ClaimKind,
    ClaimVerdict,
    EvidenceRecord,
    ModuleResult,
    ModuleVerdict,
    SubmissionInfo,
    Verdict,
)

#: Verdict → (symbol for plain text, words for people).
LABELS: dict[str, tuple[str, str]] = {
    Verdict.passed: ("✓", "passed"),
    Verdict.failed: ("✗", "failed"),
    Verdict.partial: ("◐", "partly passed"),
    Verdict.not_applicable: ("–", "does not apply"),
    Verdict.blocked: ("⊘", "blocked"),
    Verdict.timeout: ("◷", "timed out"),
    Verdict.error: ("!", "could not be graded"),
    ModuleVerdict.not_started: ("○", "not started"),
    ClaimVerdict.supported: ("✓", "borne out"),
    ClaimVerdict.contradicted: ("✗", "contradicted"),
    ClaimVerdict.undetermined: ("?", "open"),
    BoxVerdict.unsupported: ("✗", "not borne out"),
}

#: What a claim is about, in plain words.
KINDS: dict[ClaimKind, str] = {
    "coverage_percent": "Code coverage",
    "n_tests": "Number of tests",
    "link": "Link",
    "file": "File",
    "tool_used": "Tool that was used",
    "tool_not_used": "Tool that was not used",
    "python_versions": "Python versions",
    "os_matrix": "Operating systems",
    "command": "Command",
    "study_numbers": "Study numbers",
    "other": "Statement about the project",
}


def symbol(verdict: str) -> str:
    """Return one character for a verdict, never shown without its label."""
    return LABELS[verdict][0]


def label(verdict: str) -> str:
    """Return a verdict in words."""
    return LABELS[verdict][1]


def number(value: float | int) -> str:
    """Return a number without needless zeros: `2`, `2.5`, `61.33`."""
    if not math.isfinite(value):
        return "not a number" if math.isnan(value) else "infinite"
    if isinstance(value, float) and abs(value) >= 1e15:
        return f"{value:.3e}"
    text = f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
    return "0" if text == "-0" else text


def value(found: object) -> str:
    """Return a measured or claimed value in words."""
    if found is None:
        return "nothing"
    if isinstance(found, bool):
        return "yes" if found else "no"
    if isinstance(found, (int, float)):
        return number(found)
    if isinstance(found, (list, tuple)):
        return ", ".join(str(item) for item in found)
    return str(found)


def claimed(claim: Claim) -> str:
    """Return what a claim says, with its unit."""
    return _measured(claim, claim.claimed)


def found(claim: Claim) -> str:
    """Return what the repository shows instead, or nothing where it was not looked up."""
    if claim.found is None:
        missing = claim.verdict is ClaimVerdict.contradicted and claim.kind in {"file", "link", "tool_used"}
        return "nothing" if missing else ""
    return _measured(claim, claim.found) or "nothing"


def _measured(claim: Claim, said: object) -> str:
    bare = isinstance(said, (int, float)) and not isinstance(said, bool)
    unit = " %" if bare and claim.kind == "coverage_percent" else ""
    return "" if said is None else f"{value(said)}{unit}"


def points(gained: float, most: float) -> str:
    """Return `2 of 3 points`."""
    return f"{number(gained)} of {number(most)} point{'' if most == 1 else 's'}"


def plural(count: int, noun: str, nouns: str = "") -> str:
    """Return `1 check`, `2 checks`."""
    return f"{count:,} {noun if count == 1 else nouns or noun + 's'}"


def duration(seconds: float) -> str:
    """Return seconds as people say them: `0.31 s`, `42 s`, `3 min 5 s`."""
    if not math.isfinite(seconds):
        return "unknown"
    if seconds < 10:
        return f"{seconds:.2g} s" if seconds >= 0.01 else "under 0.01 s"
    if seconds < 60:
        return f"{seconds:.0f} s"
    whole = round(seconds)
    return (
        f"{whole // 60} min {whole % 60} s" if whole < 3600 else f"{whole // 3600} h {whole % 3600 // 60} min"
    )


def size(count: int) -> str:
    """Return bytes as people say them."""
    if count < 1024:
        return plural(count, "byte")
    amount = float(count)
    for unit in ("KiB", "MiB"):
        amount /= 1024
        if amount < 1024:
            return f"{amount:.1f} {unit}"
    return f"{amount / 1024:.1f} GiB"


def moment(when: datetime) -> str:
    """Return a time as `12 January 2026, 14:03 UTC`."""
    if when.tzinfo is not None:
        when = when.astimezone(UTC)
    return f"{when.day} {MONTHS[when.month - 1]} {when.year}, {when:%H:%M} UTC"


#: English, whatever the locale of the machine is.
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def place(evidence: EvidenceRecord) -> str:
    """Return `path:line` of a piece of evidence, or what there is of it."""
    return f"{evidence.path}:{evidence.line}" if evidence.path and evidence.line else evidence.path


def graded_folder(module: ModuleResult) -> str:
    """Say which folder of a module was graded, and which others hold work of it; empty if there was nothing to choose."""
    if module.verdict is ModuleVerdict.not_started or not (module.folder or module.other_folders):
        return ""
    graded = f"Graded in `{module.folder}`." if module.folder else "Graded in the folder at the top."
    if not module.other_folders:
        return graded
    others = ", ".join(f"`{folder}`" for folder in module.other_folders)
    return f"{graded} Not graded, but work of this module, too: {others}. `grader check FOLDER` grades another folder."


def told(check: CheckResult) -> bool:
    """Return whether the message says nothing but what the evidence says anyway, so that showing both is once too often."""
    said = {place(found) for found in check.evidence}
    said |= {line for found in check.evidence for line in f"{place(found)}: {found.text}".splitlines()}
    lines = check.message.splitlines()
    return bool(lines) and all(line in said for line in lines)


_GITHUB = re.compile(
    r"(?:https://github\.com/)?([A-Za-z0-9][A-Za-z0-9-]{0,38})/([A-Za-z0-9._-]{1,100}?)(?:\.git)?/?"
)
_COMMIT = re.compile(r"[0-9a-f]{40}")


def forge_link(submission: SubmissionInfo, evidence: EvidenceRecord | None = None) -> str:
    """Return where the forge shows the graded commit (or the evidence in it); empty where that cannot be known.

    Only for clean commits of a GitHub repository: of a working tree, the forge may show something else.
    """
    source = submission.source
    if (
        submission.dirty
        or not source.startswith("https://github.com/")
        or not _COMMIT.fullmatch(submission.commit)
    ):
        return ""
    match = _GITHUB.fullmatch(source)
    if not match or match[2] in {".", ".."}:
        return ""
    base = f"https://github.com/{match[1]}/{match[2]}"
    if evidence is None:
        return f"{base}/commit/{submission.commit}"
    if not evidence.path or ".." in evidence.path.split("/"):
        return ""
    line = f"#L{evidence.line}" if evidence.line else ""
    return f"{base}/blob/{submission.commit}/{quote(evidence.path, errors='replace')}{line}"
