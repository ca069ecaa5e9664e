"""Python versions and operating systems that an answer names, compared with those of the workflows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

from grader.exam.claims.finder import Answer, Repository
from grader.exam.claims.language.quote import quote
from grader.exam.claims.language.sentences import Sentence, sentences
from grader.exam.claims.workflow_subjects import Subject, about
from grader.inventory import Inventory, WorkflowFacts
from grader.results import Claim, ClaimKind, ClaimVerdict, EvidenceRecord

_WINDOW = 120

_SYSTEMS = {
    "ubuntu": r"ubuntu|linux",
    "windows": r"windows",
    "macos": r"mac\s?/?os(?:\s?x)?|macos|os\s?x|macs?(?!\w)",
}
_NAMED = {name: re.compile(rf"(?<![\w-])(?:{words})(?![A-Za-z])", re.I) for name, words in _SYSTEMS.items()}
_RUNNER = {"ubuntu": ("ubuntu", "linux"), "windows": ("windows",), "macos": ("macos", "mac")}
_PYTHON = re.compile(r"(?<![\w.-])(?:python[\s=<>~^]{0,4}|py\s?)?v?3\.(\d{1,2})(?!\d)(?!\s?%)", re.I)
_ABOUT_PYTHON = re.compile(r"\bpython|\binterpreter", re.I)
_SEVERAL = re.compile(
    r"\b(?:multiple|several|different|various|two|three|both|many|all)\s(?:\w+\s){0,2}?(?:operating\ssystems?|os(?:es|'s|s)?\b|platforms?)",
    re.I,
)
_ONE = re.compile(r"\b(?:only|just|solely|exclusively|single)\b", re.I)
_NOT_ONLY = re.compile(r"\bnot\s(?:only|just|solely)\b", re.I)
#: Words of sentences about machines and images, not about CI.
_ELSEWHERE = re.compile(
    r"\b(?:docker\w*|containers?|images?|laptops?|our (?:own )?(?:machines?|computers?)|group members?|team ?mates?"
    r"|members? (?:use|of)|personal|locally|local machines?|developers?|users?|hpc|virtual machines?"
    r"|vms?|cloud run|vertex|devcontainers?|wsl)\b",
    re.I,
)
_CI_WORDS = re.compile(
    r"\b(?:test\w*|ci|workflows?|matrix|jobs?|runs?|running|ran|executed?|runners?|actions?|pipelines?|builds?|checks?|linting)\b",
    re.I,
)
#: Words of sentences about another time, or about what is left out.
_DOUBT = re.compile(
    r"\b(?:except|exclud\w+|apart from|besides|initial\w*|originally|earlier|previously|at first|used to|tried|wanted|easily"
    r"|extend\w*|expensive|costs?|slow\w*|disabled?|comment\w*|dropp\w+|remov\w+|fail\w*|issues?|problems?|plan\w*|future|later"
    r"|develop\w*|compatib\w*|makes? (?:it|sure)|possible|uv makes|works?)\b",
    re.I,
)
_REASON = re.compile(r"\b(?:because|since|as|due to|although|while)\b", re.I)
_FROM_ON = re.compile(
    r"^\s?(?:\+|or (?:above|higher|later|newer)|and (?:above|higher|later|newer|up)|-\s?3\.)", re.I
)


def find(answer: Answer, repository: Repository) -> Iterable[Claim]:
    """Yield claims about systems and Python versions: of CI in the question on it, of the environment in that on dependencies."""
    of_ci = "integration" in answer.asks
    if not of_ci and "environment" not in answer.asks:
        return
    seen: set[tuple[str, ...]] = set()
    flows = repository.inventory.workflows if repository.inventory else ()
    for sentence, subject in about(sentences(answer.text), flows):
        if sentence.code and of_ci:
            continue
        claims = [*_pythons(sentence, of_ci, repository)]
        if of_ci:
            claims += _systems(sentence, subject, repository)
        for claim in claims:
            key = (claim.kind, str(claim.claimed))
            if key not in seen:
                seen.add(key)
                yield claim


def _systems(sentence: Sentence, subject: Subject, repository: Repository) -> Iterator[Claim]:
    text = sentence.text
    named = {name: match for name, words in _NAMED.items() if (match := words.search(text))}
    asserted = [name for name, match in named.items() if sentence.polarity(*match.span()) == "asserted"]
    inventory = repository.inventory
    several = _SEVERAL.search(text)
    if not asserted and not (several and not named):
        return
    if inventory is None or not inventory.workflows or not inventory.is_whole("workflows"):
        yield _claim(
            sentence,
            "os_matrix",
            asserted or "several",
            None,
            ClaimVerdict.undetermined,
            "No workflow could be read.",
        )
        return
    used, certain = _used(subject.workflows)
    # What another workflow does may be meant.
    anywhere, certainly = _used(inventory.workflows)
    shown = sorted(used)
    places = _places(subject.workflows, lambda each: each.runs_on)
    if not asserted and several is not None:
        alone = certain and certainly and used == anywhere
        yield from _several(sentence, several, used, alone, places)
        return
    first = named[asserted[0]].start()
    missing = [name for name in asserted if name not in used]
    near = text[max(0, first - _WINDOW) : first + _WINDOW]
    if not missing:
        extra = [name for name in shown if name not in asserted]
        only = _ONE.search(text[max(0, first - 40) : first + 40]) and not _NOT_ONLY.search(text)
        tested, _ = _used([each for each in subject.workflows if each.runs_tests or subject.named])
        if only and len(asserted) == 1 and len(tested - set(asserted)):
            plain = certain and subject.sure and not _ELSEWHERE.search(near)
            why = f"Jobs of the workflows run on {', '.join(shown)}" + (
                "." if plain else "; the sentence may be about one of them."
            )
            verdict = ClaimVerdict.contradicted if plain else ClaimVerdict.undetermined
        else:
            why = "Jobs of the workflows run on each of these." + (
                f" They run on {', '.join(extra)} too." if extra else ""
            )
            verdict = ClaimVerdict.supported
        yield _claim(sentence, "os_matrix", asserted, shown, verdict, why, places, first)
        return
    nowhere = certain and certainly and anywhere.isdisjoint(missing)
    sure = nowhere and _speaks_of_ci(text, min(named[name].start() for name in missing), near)
    if sure:
        verdict, why = ClaimVerdict.contradicted, f"No job of a workflow runs on {' or '.join(missing)}."
    else:
        verdict, why = (
            ClaimVerdict.undetermined,
            "Not among what the workflows run on; the sentence may speak of something else.",
        )
    yield _claim(sentence, "os_matrix", asserted, shown, verdict, why, places, first)


def _speaks_of_ci(text: str, at: int, near: str) -> bool:
    """Return whether the words around `at` say clearly that the sentence is about the present CI."""
    return (
        _CI_WORDS.search(text) is not None
        and not _ELSEWHERE.search(near)
        and not _DOUBT.search(text)
        and not _REASON.search(text[:at])
    )


def _several(
    sentence: Sentence,
    several: re.Match[str],
    used: set[str],
    certain: bool,
    places: tuple[EvidenceRecord, ...],
) -> Iterator[Claim]:
    """Yield claims from `We test on multiple operating systems`, and its denial."""
    polarity = sentence.polarity(*several.span())
    near = sentence.text[max(0, several.start() - _WINDOW) : several.end() + _WINDOW]
    if polarity == "unsure" or _ELSEWHERE.search(near):
        return
    shown = sorted(used)
    fits = len(used) > 1 if polarity == "asserted" else len(used) <= 1
    claimed = "several systems" if polarity == "asserted" else "not several systems"
    if fits:
        verdict, why = (
            ClaimVerdict.supported,
            f"Jobs of the workflows run on {', '.join(shown) or 'nothing known'}.",
        )
    elif certain and polarity == "asserted" and used and _speaks_of_ci(sentence.text, several.start(), near):
        verdict, why = ClaimVerdict.contradicted, f"Jobs of the workflows run on {', '.join(shown)} only."
    else:
        verdict, why = ClaimVerdict.undetermined, f"Jobs of the workflows run on {', '.join(shown)}."
    yield _claim(sentence, "os_matrix", claimed, shown, verdict, why, places, several.start())


def _used(workflows: Sequence[WorkflowFacts]) -> tuple[set[str], bool]:
    """Return the systems that jobs run on, and whether that list is certainly complete."""
    runners = [runner.casefold() for each in workflows for runner in each.runs_on]
    used = {
        name for name, words in _RUNNER.items() for runner in runners if any(word in runner for word in words)
    }
    known = all(any(word in runner for words in _RUNNER.values() for word in words) for runner in runners)
    return used, known and bool(runners)


def _pythons(sentence: Sentence, of_ci: bool, repository: Repository) -> Iterator[Claim]:
    text = sentence.text
    if not _ABOUT_PYTHON.search(text):
        return
    found = [
        match
        for match in islice(_PYTHON.finditer(text), 10)
        # `python>=3.10` is a requirement, not a tested version.
        if not (of_ci and re.search(r"[<>~^]", text[max(0, match.start() - 3) : match.end()]))
        and sentence.polarity(*match.span()) == "asserted"
    ]
    if not found:
        return
    inventory = repository.inventory
    asserted = list(dict.fromkeys(f"3.{match[1]}" for match in found))
    first = found[0].start()
    if inventory is None:
        yield _claim(
            sentence, "python_versions", asserted, None, ClaimVerdict.undetermined, "Nothing could be read."
        )
        return
    tested = {_minor(version) for each in inventory.workflows for version in each.python_versions}
    elsewhere = _pythons_elsewhere(inventory)
    known = tested | elsewhere.keys()
    shown = sorted(tested if of_ci and tested else known, key=_order)
    places = _places(inventory.workflows, lambda each: each.python_versions) if of_ci else ()
    places += tuple(elsewhere[version] for version in asserted if version in elsewhere)
    missing = [version for version in asserted if version not in known]
    if not missing:
        where = "workflows" if set(asserted) <= tested else "settings, images or commands"
        why = f"The {where} name each of these."
        yield _claim(sentence, "python_versions", asserted, shown, ClaimVerdict.supported, why, places, first)
        return
    near = text[max(0, first - _WINDOW) : found[-1].end() + _WINDOW]
    sure = (
        of_ci
        and tested
        and inventory.is_whole("workflows")
        and _speaks_of_ci(text, first, near)
        and not any(_FROM_ON.match(text[match.end() : match.end() + 20]) for match in found)
    )
    if "3.10" in missing and "3.1" in tested:
        # Without quotes YAML reads 3.10 as a number.
        sure = False
    if sure:
        verdict, why = (
            ClaimVerdict.contradicted,
            f"No workflow runs on Python {' or '.join(missing)}; they run on {', '.join(shown)}.",
        )
    else:
        verdict, why = (
            ClaimVerdict.undetermined,
            f"Nothing that was read names Python {' or '.join(missing)}.",
        )
    yield _claim(sentence, "python_versions", asserted, shown, verdict, why, places, first)


def _pythons_elsewhere(inventory: Inventory) -> dict[str, EvidenceRecord]:
    """Return versions that images, settings, dependencies and commands name, each with a place."""
    found: dict[str, EvidenceRecord] = {}

    def note(text: str, path: str, line: int | None = None) -> None:
        for match in re.finditer(r"(?<![\d.])3\.(\d{1,2})(?!\d)", text[:500]):
            found.setdefault(f"3.{match[1]}", EvidenceRecord(path=path, line=line, text=text[:200]))

    for image in inventory.images:
        for base in image.bases:
            if "python" in base or "uv" in base:
                note(base, image.path)
    for name, place in [*inventory.settings.items(), *inventory.dependencies.items()]:
        if "python" in name:
            note(place.text, place.path, place.line)
    for command in inventory.commands:
        for word in command.words:
            if "python" in word.casefold() or re.fullmatch(r"3\.\d{1,2}(?:\.\d+)?", word):
                note(word, command.path, command.line)
    return found


def _minor(version: str) -> str:
    return ".".join(version.split(".")[:2])


def _order(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())


def _places(
    workflows: Sequence[WorkflowFacts], of: Callable[[WorkflowFacts], tuple[str, ...]]
) -> tuple[EvidenceRecord, ...]:
    return tuple(
        EvidenceRecord(path=each.path, text=", ".join(of(each))[:200]) for each in workflows if of(each)
    )[:5]


def _claim(
    sentence: Sentence,
    kind: ClaimKind,
    claimed: list[str] | str,
    found: list[str] | None,
    verdict: ClaimVerdict,
    why: str,
    evidence: tuple[EvidenceRecord, ...] = (),
    at: int = 0,
) -> Claim:
    return Claim(
        text=quote(sentence.text, at), kind=kind, claimed=claimed, found=found, verdict=verdict, why=why, evidence=evidence[:5]
    )  # fmt: skip
