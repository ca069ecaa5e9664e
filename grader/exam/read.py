"""Read an exam report: which edition it is, what was answered, how long, and what was ticked."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from grader.exam import counts
from grader.exam.answer import Patterns, own_text, patterns
from grader.exam.detect import detect_edition
from grader.exam.edition import Edition, EditionQuestion
from grader.exam.find import MAX_REPORT_BYTES
from grader.exam.headings import Heading, HeadingPatterns
from grader.exam.outline import Body, find_headings, outline
from grader.exam.ticks import BoxLine, box_lines
from grader.results import Model, Question

#: An answer is kept up to here; lengths and images are counted over all of it.
MAX_ANSWER_BYTES = 20_000
_CUT = "\n[… cut by the grader]"

#: Answers that are this long and the same word for word were copied.
_COPIED_WORDS = 30

_MAX_PROBLEMS = 60

#: With fewer boxes than this above the first question, the checklist may have been moved below.
_FEW_BOXES = 10

#: A prompt without its heading is known by this many first words.
_PROMPT_WORDS = 5
_PROMPT_STARTS = set(">*_#123456789")
_LINE_CHARACTERS = 500

_NUMBERING = re.compile(r"[\s>*_#]{0,12}\d{1,2}[.):][\s*_]")
_SETTING = re.compile(r"[A-Za-z_][\w-]{0,60}:(?:[ \t]|$)")
_FRONT_MATTER_LINES = 20


class ParsedReport(Model):
    """A report as read: one entry a question of its edition, answered or not, and the lines of its checklist.

    `edition` is empty where the course has none. `problems` names what could not be read, or was read
    otherwise than it looks.
    """

    edition: str = ""
    questions: tuple[Question, ...] = ()
    boxes: tuple[BoxLine, ...] = ()
    problems: tuple[str, ...] = ()


def read_report(text: str, editions: Sequence[Edition]) -> ParsedReport:
    """Read any text as an exam report: no text makes it raise, or take more than linear time.

    Headings in fenced code are text; the last answer reaches to the end of the file; an answer ends early
    only where a known section begins. Words are the tokens of the students' own text, as the course's tool
    counts them.

    `within_limits` holds the ranges against what a reader sees: words in comments, in hidden elements or made
    of invisible characters do not count, repeated text counts once, and an answer whose minimum is met only
    with code and addresses (prose below half of it) is not within limits. `notes` says so each time.

    Args:
        text: the report; what is beyond 2 MB of characters is left out and named.
        editions: what it may be, newest first. Without any, nothing is read.
    """
    problems = []
    if len(text) > MAX_REPORT_BYTES:
        text = text[:MAX_REPORT_BYTES]
        problems.append(f"The report is longer than {MAX_REPORT_BYTES // 2**20} MB; the rest was not read.")
    # JSON knows no lone surrogates.
    text = text.encode("utf-8", "replace").decode("utf-8").removeprefix("\ufeff")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if not editions:
        return ParsedReport(problems=(*problems, "The course has no exam report to compare with."))
    lines, front_matter = _without_front_matter(lines)
    numbers = {question.number for each in editions for question in each.questions}
    wording = editions[0].wording
    headings, oddities = find_headings(
        lines, HeadingPatterns(wording.question, wording.question_also), numbers
    )
    boxes = box_lines(lines[: headings[0].line] if headings else lines)
    if len(boxes) < _FEW_BOXES:
        boxes = box_lines(lines)
    edition = detect_edition(lines, headings, len(boxes), front_matter, editions)
    headings, recovered = _with_lost_ones(lines, headings, edition)
    sections = {question.number: question.section for question in edition.questions}
    bodies, doubtful = outline(lines, headings, sections, edition.sections)
    leftovers = {question.leftover for each in editions for question in each.questions}
    answers, more = _answers(bodies, edition, patterns(edition.wording, sorted(leftovers)))
    problems += [*oddities, *recovered, *doubtful, *more]
    names = counts.references(lines)
    questions = [_question(question, answers.get(question.number), names) for question in edition.questions]
    return ParsedReport(
        edition=edition.id,
        questions=tuple(_with_copies_named(questions)),
        boxes=boxes,
        problems=tuple(_few(problems)),
    )


def _few(problems: list[str]) -> list[str]:
    more = len(problems) - _MAX_PROBLEMS
    return problems if more <= 0 else [*problems[:_MAX_PROBLEMS], f"… and {more} more of the kind."]


def _without_front_matter(lines: list[str]) -> tuple[list[str], bool]:
    if lines[0].rstrip() != "---":
        return lines, False
    for index in range(1, min(len(lines), _FRONT_MATTER_LINES)):
        line = lines[index].rstrip()
        if line == "---":
            return lines[index + 1 :], index > 1
        if line and not _SETTING.match(line[:200]):
            return lines, False
    return lines, False


def _with_lost_ones(
    lines: Sequence[str], headings: list[Heading], edition: Edition
) -> tuple[list[Heading], list[str]]:
    """`headings`, and for each question without one the place where its prompt stands, if it does."""
    known = {heading.number for heading in headings}
    wanted: dict[tuple[str, ...], int] = {}
    for question in edition.questions:
        if question.number not in known and len(start := _first_words(question.prompt)) == _PROMPT_WORDS:
            wanted[start] = question.number
    found = []
    for index, line in enumerate(lines):
        if wanted and line.lstrip()[:1] in _PROMPT_STARTS:
            number = wanted.pop(_first_words(line[:_LINE_CHARACTERS]), None)
            if number is not None:
                found.append(Heading(index, number, prompted=True, start=index))
    problems = [
        f"Question {heading.number} has no heading; it was found by its prompt (line {heading.line + 1})."
        for heading in found
    ]
    return sorted([*headings, *found], key=lambda heading: heading.line), problems


def _first_words(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\w+", _NUMBERING.sub("", text.casefold()))[:_PROMPT_WORDS])


def _answers(bodies: Sequence[Body], edition: Edition, shapes: Patterns) -> tuple[dict[int, str], list[str]]:
    """The text of each question that has a heading, and what was wrong with the headings."""
    problems = []
    found: dict[int, list[tuple[Body, str]]] = {}
    for body in bodies:
        question = edition.question(body.number)
        if question is not None and not body.hidden:
            found.setdefault(body.number, []).append((body, own_text(body.lines, question, shapes)))
    answers = {}
    for number, texts in found.items():
        filled = [pair for pair in texts if is_answer(pair[1])]
        body, answers[number] = (filled or texts)[0]
        if len(texts) > 1:
            problems.append(
                f"Question {number} has {len(texts)} headings; the answer below line {body.line + 1} was read"
                + (
                    ", the first that says something."
                    if len(filled) != 1
                    else ", the only one that says something."
                )
            )
    order = [body.number for body in bodies]
    if order != sorted(order):
        problems.append("The questions are not in order; each answer was read below its own heading.")
    missing = [question.number for question in edition.questions if question.number not in found]
    word = edition.wording.question
    if len(missing) == len(edition.questions):
        problems.append(f"No question was found: no line like `### {word} 1`.")
    else:
        problems += [
            f"Question {number} could not be read: no line like `### {word} {number}`." for number in missing
        ]
    return answers, problems


def is_answer(text: str, names: Collection[str] = ()) -> bool:
    """Whether a reader sees anything: a letter or digit that shows, or an image."""
    return counts.words_shown(text) > 0 and (counts.images(text, names) > 0 or counts.says_something(text))


def _question(question: EditionQuestion, text: str | None, names: Collection[str]) -> Question:
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
    plain = counts.images_for_the_tool(answer)
    if images > plain:
        notes.append(f"The course's own tool counts {plain} of {images} images: it knows `![…](…)` only.")
    elif images < plain:
        notes.append(
            f"The course's own tool counts {plain} images: those in comments too, which do not show."
        )
    if wanted and not images and (linked := counts.picture_links(answer)):
        notes.append(
            f"Pictures are named, not shown: {linked} without the `!` that makes an image of a link."
        )
    return notes


def _length(answer: str, limits: tuple[int, int]) -> tuple[bool, list[str]]:
    """Whether the length is within `limits`, and a note for each way in which the plain count misleads."""
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


def _with_copies_named(questions: Sequence[Question]) -> list[Question]:
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
