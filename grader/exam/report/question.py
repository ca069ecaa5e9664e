"""What an answer amounts to: words, images, limits, and a note on each way in which a count misleads."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from grader.exam.report.edition import EditionQuestion
from grader.repository.formats import prose as counts
from grader.results import Question

#: Short answers of nothing but these words are notes of the group to itself.
_NOTE_WORDS = {
    "todo",
    "to",
    "do",
    "tbd",
    "tba",
    "wip",
    "fixme",
    "fill",
    "in",
    "here",
    "xxx",
    "your",
    "answer",
}
_NOTE_CHARACTERS = 80

#: An answer is kept up to here; lengths and images are counted over all of it.
MAX_ANSWER_BYTES = 20_000
_CUT = "\n[… cut by the grader]"

#: Answers that are this long and the same word for word were copied.
_COPIED_WORDS = 30


def is_answer(text: str, names: Collection[str] = ()) -> bool:
    """Return whether a reader sees anything but a note to write it: a letter or digit that shows, or an image."""
    if counts.words_shown(text) == 0:
        return False
    if counts.images(text, names) > 0:
        return True
    return counts.says_something(text) and not _is_note(text)


def _is_note(text: str) -> bool:
    """Return whether a short text only says that the answer is still to be written."""
    if len(text) > _NOTE_CHARACTERS:
        return False
    return set(re.findall(r"[^\W_]+", text.casefold())) <= _NOTE_WORDS


def measured(
    question: EditionQuestion, text: str | None, names: Collection[str], *, has_counter: bool = False
) -> Question:
    """Return a question with its answer: its length, its images, and in notes what the plain counts hide.

    Args:
        question: what was asked.
        text: the answer, or None where the question was not found.
        names: the names that have an address in the report, for images given by name.
    """
    notes: list[str] = []
    answer = text or ""
    answered = is_answer(answer, names)
    words, images = counts.words(answer), counts.images(answer, names)
    within: bool | None = None
    if question.word_range or question.image_range:
        within = text is not None
        if question.word_range:
            fits, notes = _length(answer, question.word_range)
            within = within and fits
        if question.image_range:
            within = within and question.image_range[0] <= images <= question.image_range[1]
    if text is None:
        notes.append("The heading of this question was not found.")
    notes += _on_images(answer, images, wanted=question.image_range is not None)
    notes += _on_counter(answer, images) if has_counter else []
    kept, cut = _bounded(answer)
    if cut:
        notes.append(f"The answer is longer than {MAX_ANSWER_BYTES // 1000} kB; it is shown up to there.")
    return Question(
        number=question.number,
        current_number=question.current_number,
        section=question.section,
        topic=question.topic,
        answered=answered,
        answer=kept,
        words=words,
        words_rendered=counts.words_rendered(answer),
        word_range=question.word_range,
        images=images,
        image_range=question.image_range,
        within_limits=within,
        notes=tuple(notes),
    )


def _on_images(answer: str, images: int, *, wanted: bool) -> list[str]:
    notes = []
    if hidden := counts.images_in_code(answer):
        notes.append(f"{hidden} of {images} images stand in code and do not show.")
    if wanted and not images and (linked := counts.picture_links(answer)):
        notes.append(
            f"Pictures are named, not shown: {linked} without the `!` that makes an image of a link."
        )
    return notes


def _on_counter(answer: str, images: int) -> list[str]:
    """Return where the course's own tool counts other images than a reader sees."""
    plain = counts.images_for_the_tool(answer)
    if images > plain:
        return [f"The course's own tool counts {plain} of {images} images: it knows `![…](…)` only."]
    if images < plain:
        return [f"The course's own tool counts {plain} images: those in comments too, which do not show."]
    return []


def _length(answer: str, limits: tuple[int, int]) -> tuple[bool, list[str]]:
    """Return whether the length is within `limits`, and a note for each way in which the plain count misleads."""
    low, high = limits
    plain, shown, prose = counts.words(answer), counts.words_shown(answer), counts.prose(answer)
    unrepeated = counts.words_without_repeats(prose)
    notes = []
    if shown < plain:
        notes.append(f"{plain - shown} of {plain} words do not show on the page; {shown} were counted.")
    counted = shown
    if unrepeated < len(prose):
        counted -= len(prose) - unrepeated
        notes.append(f"The text repeats itself: {unrepeated} of {len(prose)} words were counted.")
    if low and low <= counted and 2 * unrepeated < low:
        notes.append(f"Only {len(prose)} words are prose; the rest is code, addresses or images.")
        return False, notes
    return low <= counted <= high, notes


def _bounded(text: str) -> tuple[str, bool]:
    data = text.encode("utf-8")
    if len(data) <= MAX_ANSWER_BYTES:
        return text, False
    return data[: MAX_ANSWER_BYTES - len(_CUT.encode())].decode("utf-8", "ignore") + _CUT, True


def with_copies_named(questions: Sequence[Question]) -> list[Question]:
    """Return `questions` with a note at each long answer that stands word for word at an earlier one."""
    first: dict[str, int] = {}
    named = []
    for question in questions:
        if question.words >= _COPIED_WORDS:
            same = first.setdefault(" ".join(question.answer.casefold().split()), question.number)
            if same != question.number:
                note = f"The same text as the answer to question {same}."
                question = question.model_copy(update={"notes": (*question.notes, note)})
        named.append(question)
    return named
