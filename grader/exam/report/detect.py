"""Which year's template a report was written in, found from its text: groups copy any year's."""

from __future__ import annotations

from collections.abc import Sequence

from grader.exam.report.answer_text import bigrams
from grader.exam.report.edition import Edition
from grader.exam.report.headings import Heading

#: What is compared of a question with the editions' prompts, in lines and characters.
_PROMPT_LINES = 12
_LINE_CHARACTERS = 300

#: With fewer headings or boxes than these shares of the longest edition's, what is missing was deleted, and says nothing of
#: the edition.
_ENOUGH_HEADINGS = 0.8
_ENOUGH_BOXES = 0.375

#: A prompt counts as there when an edition's wording of it is found to this share.
_THERE = 0.5


def detect_edition(
    lines: Sequence[str],
    headings: Sequence[Heading],
    boxes: int,
    front_matter: bool,
    editions: Sequence[Edition],
) -> Edition:
    """Return the edition that the report departs from least; of several alike the newest (the first of `editions`).

    Question numbers weigh most, then the wording of the prompts, then the number of boxes and the front
    matter. What was deleted says nothing.

    Args:
        lines: the report.
        headings: the headings of its questions.
        boxes: how many checkbox lines its checklist has.
        front_matter: whether it starts with a block of settings between `---`.
        editions: at least one, newest first.
    """
    numbers = {heading.number for heading in headings}
    heads: dict[int, set[tuple[str, str]]] = {}
    for heading in headings:
        head = lines[heading.line + 1 : heading.line + 1 + _PROMPT_LINES]
        heads.setdefault(heading.number, set()).update(
            bigrams(" ".join(line[:_LINE_CHARACTERS] for line in head))
        )
    likeness = {edition.id: _likeness(edition, heads) for edition in editions}
    enough_headings = round(_ENOUGH_HEADINGS * max(len(edition.questions) for edition in editions))
    enough_boxes = max(1, round(_ENOUGH_BOXES * max(edition.boxes for edition in editions)))
    distances = []
    for position, edition in enumerate(editions):
        own = {question.number for question in edition.questions}
        distance = float(len(numbers - own))
        if len(numbers) >= enough_headings:
            distance += 0.5 * len(own - numbers)
        if boxes >= enough_boxes:
            distance += min(2.0, 0.1 * abs(edition.boxes - boxes))
        elif edition.boxes:
            distance += 0.3
        distance += 0.3 * (edition.front_matter is not front_matter)
        for number in heads:
            found = {name: likeness[name].get(number, (0.0, 0)) for name in likeness}
            if max(share for share, _ in found.values()) >= _THERE:
                # A longer prompt may hold the whole of an older one: how much was found counts too.
                longest = max(words for _, words in found.values())
                best = max(share * words for share, words in found.values())
                share, words = found[edition.id]
                distance += (best - share * words) / longest
        leftovers = [
            question.leftover.split()[0] for question in edition.questions if question.leftover.split()
        ]
        distance -= 0.5 * any(word in line for word in leftovers for line in lines)
        if boxes >= enough_boxes:
            distance += sum(
                0.1 for phrase in edition.phrases if not any(phrase in line for line in lines[:200])
            )
        distances.append((round(distance, 6), position))
    return editions[min(distances)[1]]


def _likeness(edition: Edition, heads: dict[int, set[tuple[str, str]]]) -> dict[int, tuple[float, int]]:
    """Return for each question with a heading how much of the edition's prompt follows it: a share and a number."""
    shares = {}
    for question in edition.questions:
        prompt = bigrams(question.prompt)
        if question.number in heads and prompt:
            found = len(prompt & heads[question.number])
            shares[question.number] = (found / len(prompt), found)
    return shares
