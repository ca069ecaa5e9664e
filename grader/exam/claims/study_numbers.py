"""Study numbers: how many an answer names. Claims contain counts, never the numbers themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable

from grader.exam.claims.finder import Answer, Repository
from grader.results import Claim, ClaimVerdict

#: Six digits, with or without the s; not part of a longer number, a hash or an address.
_NUMBER = re.compile(r"(?<![\w./#-])[sS]?([0-9]{6})(?![0-9A-Za-z_])")

_MEMBERS, _CONTRIBUTIONS = 2, 31


def study_numbers(text: str) -> frozenset[str]:
    """Return the study numbers in a text, without their s."""
    return frozenset(_NUMBER.findall(text))


def find(answer: Answer, repository: Repository) -> Iterable[Claim]:
    """Yield one claim for the answer about members: it names study numbers. `consistency` compares them with other answers."""
    if answer.current_number != _MEMBERS:
        return
    count = len(study_numbers(answer.text))
    if count:
        yield Claim(
            text=f"{count} study numbers" if count > 1 else "1 study number",
            kind="study_numbers",
            claimed=count,
            found=count,
            verdict=ClaimVerdict.supported,
            why=f"The answer names {count} different study numbers; whose they are is not in the repository.",
        )
