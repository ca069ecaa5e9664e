"""Study numbers: how many an answer names. Claims contain counts, never the numbers themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from grader.exam.claims.finder import Answer, Repository
from grader.exam.report_data import StudyNumber
from grader.results import Claim, ClaimVerdict


def study_numbers(text: str, form: StudyNumber | None) -> frozenset[str]:
    """Return the study numbers of this form in a text, without their letters; none where the course has none."""
    return frozenset(number_pattern(form).findall(text)) if form else frozenset()


@lru_cache(maxsize=4)
def number_pattern(form: StudyNumber) -> re.Pattern[str]:
    """Return a pattern of the digits, with or without the letters; not part of a longer number, a hash or an address."""
    letters = f"(?:{form.prefix}|{form.prefix.swapcase()})?" if form.prefix else ""
    return re.compile(rf"(?<![\w./#-]){letters}([0-9]{{{form.digits}}})(?![0-9A-Za-z_])")


def find(answer: Answer, repository: Repository) -> Iterable[Claim]:
    """Yield one claim for the answer about members: it names study numbers. `consistency` compares them with other answers."""
    if "members" not in answer.asks:
        return
    count = len(study_numbers(answer.text, repository.about.study_number))
    if count:
        yield Claim(
            text=f"{count} study numbers" if count > 1 else "1 study number",
            kind="study_numbers",
            claimed=count,
            found=count,
            verdict=ClaimVerdict.supported,
            why=f"The answer names {count} different study numbers; whose they are is not in the repository.",
        )
