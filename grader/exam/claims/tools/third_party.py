"""The claim that nothing beyond the course was used, compared with what the code imports."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable

from grader.exam.claims.finder import Answer, Repository
from grader.exam.claims.language.quote import quote
from grader.exam.claims.language.sentences import Sentence, sentences
from grader.exam.claims.tools.dictionary import Dictionary, find_dictionary
from grader.inventory import Inventory
from grader.results import Claim, ClaimVerdict, EvidenceRecord

_MOST_NAMED = 8
_SHORT_ANSWER = re.compile(r"\W*(?:no|none|nothing|n/?a|we did not|we didn['’]t)\W*", re.I)
_BEYOND = re.compile(
    r"\b(?:third[- ]party|open[- ]source|external|additional|other|extra)\s(?:[\w-]{1,20}\s){0,2}"
    r"(?:frameworks?|packages?|librar(?:y|ies)|tools?|dependenc(?:y|ies))\b",
    re.I,
)


def find(answer: Answer, repository: Repository) -> Iterable[Claim]:
    """Yield one claim if the answer about frameworks says that there are none beyond the course's."""
    if "frameworks" not in answer.asks or not repository.tools:
        return
    said = _denial(answer.text)
    if said is None:
        return
    inventory = repository.inventory
    beyond = _beyond(inventory, find_dictionary(repository.tools)) if inventory else {}
    verdict, why = (
        ClaimVerdict.supported,
        "All that the code imports is taught in the course or part of Python.",
    )
    if inventory is None or "imports" in inventory.cut or "files" in inventory.cut:
        verdict, why = ClaimVerdict.undetermined, "The repository could not be read as a whole."
    elif beyond:
        names = ", ".join(list(beyond)[:_MOST_NAMED])
        verdict = ClaimVerdict.undetermined
        why = f"The code imports {names}; whether these go beyond the course is for people to say."
    yield Claim(
        text=quote(said),
        kind="tool_not_used",
        claimed="frameworks beyond the course",
        found=list(beyond)[:_MOST_NAMED],
        verdict=verdict,
        why=why,
        evidence=tuple(beyond.values())[:_MOST_NAMED],
    )


def _denial(text: str) -> str | None:
    """Return the sentence that says so, or None."""
    pieces: list[Sentence] = sentences(text)
    if pieces and _SHORT_ANSWER.fullmatch(pieces[0].text[:40]):
        return pieces[0].text
    for sentence in pieces:
        for match in _BEYOND.finditer(sentence.text[:2_000]):
            if sentence.polarity(match.start(), match.end()) == "denied":
                return sentence.text
    return None


def _beyond(inventory: Inventory, dictionary: Dictionary) -> dict[str, EvidenceRecord]:
    """Return imported packages outside Python, the repository and the course, each with a place."""
    taught = {
        name.partition(".")[0] for tool in dictionary.tools.values() if tool.course for name in tool.imports
    }
    own = {
        part.removesuffix(".py")
        for path in inventory.files
        if path.endswith(".py")
        for part in path.split("/")
    }
    found: dict[str, EvidenceRecord] = {}
    for name, places in inventory.imports.items():
        first = name.partition(".")[0]
        if (
            not first
            or first in taught | own
            or first in sys.stdlib_module_names
            or first in found
            or not places
        ):
            continue
        found[first] = EvidenceRecord(path=places[0].path, line=places[0].line, text=places[0].text)
    return found
