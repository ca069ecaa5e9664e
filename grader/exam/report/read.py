"""Read an exam report: which edition it is, what was answered, how long, and what was ticked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import takewhile

from grader.exam.checklist.ticks import BoxLine, box_lines
from grader.exam.report.answer_text import Patterns, own_text, patterns
from grader.exam.report.detect import detect_edition
from grader.exam.report.edition import Edition
from grader.exam.report.find import MAX_REPORT_BYTES
from grader.exam.report.headings import Heading, HeadingPatterns
from grader.exam.report.outline import Body, find_headings, outline
from grader.exam.report.question import is_answer, measured, with_copies_named
from grader.repository.formats import prose as counts
from grader.results import Model, Question

_MAX_PROBLEMS = 60

#: With fewer than this share of the boxes above the first question, the checklist may have been moved below.
_FEW_BOXES = 0.2

#: With headings of less than this share of the questions, the prompts tell the edition.
_FEW_HEADINGS = 1 / 3

#: A prompt without its heading is known by this many first words.
_PROMPT_WORDS = 5
_PROMPT_STARTS = set(">*_#123456789")
_LINE_CHARACTERS = 500

_NUMBERING = re.compile(r"[\s>*_#]{0,12}\d{1,2}[.):][\s*_]")
_CONFLICT = re.compile(r"<{7} \S|>{7} \S+\s*$")
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
    if len(boxes) < int(_FEW_BOXES * max(each.boxes for each in editions)):
        boxes = box_lines(lines)
    edition = _edition(lines, headings, len(boxes), front_matter, editions)
    headings, recovered = _with_lost_ones(lines, headings, edition)
    sections = {question.number: question.section for question in edition.questions}
    bodies, doubtful = outline(lines, headings, sections, edition.sections)
    leftovers = {question.leftover for each in editions for question in each.questions}
    answers, more = _answers(bodies, edition, patterns(edition.wording, sorted(leftovers)))
    problems += [*oddities, *recovered, *doubtful, *more, *_conflicts(lines)]
    names = counts.references(lines)
    questions = [
        measured(question, answers.get(question.number), names, has_counter=edition.has_counter)
        for question in edition.questions
    ]
    return ParsedReport(
        edition=edition.id,
        questions=tuple(with_copies_named(questions)),
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


def _edition(
    lines: Sequence[str],
    headings: list[Heading],
    boxes: int,
    front_matter: bool,
    editions: Sequence[Edition],
) -> Edition:
    """Return the edition by the headings, or, where nearly all of them are gone, by the prompts that are left."""
    if len(headings) < int(_FEW_HEADINGS * max(len(each.questions) for each in editions)):
        found = [_with_lost_ones(lines, headings, edition)[0] for edition in editions]
        most = max(len(each) for each in found)
        headings = next(each for each in found if len(each) == most)
        editions = [edition for edition, each in zip(editions, found, strict=True) if len(each) == most]
    return detect_edition(lines, headings, boxes, front_matter, editions)


def _with_lost_ones(
    lines: Sequence[str], headings: list[Heading], edition: Edition
) -> tuple[list[Heading], list[str]]:
    """Return `headings`, and for each question without one the place where its prompt stands, if it does."""
    known = {heading.number for heading in headings}
    wanted: dict[tuple[str, ...], dict[int, tuple[str, ...]]] = {}
    for question in edition.questions:
        words = _words(question.prompt)
        if question.number not in known and len(words) >= _PROMPT_WORDS:
            wanted.setdefault(words[:_PROMPT_WORDS], {})[question.number] = words
    found = []
    for index, line in enumerate(lines):
        if not wanted or line.lstrip()[:1] not in _PROMPT_STARTS:
            continue
        words = _words(_NUMBERING.sub("", line[:_LINE_CHARACTERS]))
        choices = wanted.get(words[:_PROMPT_WORDS])
        if choices:
            # Several prompts begin alike: the one that goes on alike for longest.
            number = max(choices, key=lambda each: (_alike(words, choices[each]), -each))
            del choices[number]
            found.append(Heading(index, number, prompted=True, start=index))
    problems = [
        f"Question {heading.number} has no heading; it was found by its prompt (line {heading.line + 1})."
        for heading in found
    ]
    return sorted([*headings, *found], key=lambda heading: heading.line), problems


def _alike(one: Sequence[str], other: Sequence[str]) -> int:
    """Return how many first words are the same."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _words(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\w+", text.casefold()))


def _conflicts(lines: Sequence[str]) -> list[str]:
    for index, line in enumerate(lines):
        if line[:1] in ("<", ">") and _CONFLICT.match(line[:_LINE_CHARACTERS]):
            return [f"A merge conflict was committed in the report (line {index + 1})."]
    return []


def _answers(bodies: Sequence[Body], edition: Edition, shapes: Patterns) -> tuple[dict[int, str], list[str]]:
    """Return the text of each question that has a heading, and what was wrong with the headings."""
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
