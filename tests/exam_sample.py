"""Exam reports for tests, written from the course's own data as the templates look."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from grader.exam import Edition, ParsedReport, load_checklist, load_editions, read_report
from grader.results import Question
from tests.places import REPORTS

EDITIONS = load_editions(REPORTS)
BOXES = load_checklist(REPORTS)
CURRENT = EDITIONS[0]


def edition(name: str) -> Edition:
    return next(each for each in EDITIONS if each.id == name)


def checklist(count: int, bullet: str = "*", mark: Callable[[str], str] = lambda _: "[ ]") -> str:
    """A checklist of 53 or 52 boxes in today's words, or of 36 or fewer in those of 2024."""
    if count >= 52:
        chosen = [box for box in BOXES if count == 53 or box.id != "w3-02"]
        rows = [
            (box.id, f"{box.label} ({'+'.join(box.modules)})" if box.modules else box.label) for box in chosen
        ]
    else:
        rows = [(box.id, (box.also or (box.label,))[-1]) for box in BOXES][:count]
    return "\n".join(f"{bullet} {mark(name)} {label}" for name, label in rows)


def quoted(question_prompt: str, mark: str = "> Answer:") -> str:
    lines = [
        f"> **{question_prompt}**",
        ">",
        "> Recommended answer length: 100-200 words.",
        ">",
        "> Example:",
    ]
    lines += ["> *We used ... for ... and then ...*", ">", mark]
    return "\n".join(line for line in lines if line)


def report(
    answers: Mapping[int, str] | None = None,
    of: Edition = CURRENT,
    *,
    boxes: str | None = None,
    heading: str = "### Question {}",
    mark: str = "> Answer:",
    blocks: Mapping[int, str] | None = None,
) -> str:
    """A report like the template. `blocks` replaces all between a question's heading and the next."""
    parts = ["---\nlayout: default\nnav_exclude: true\n---\n"] if of.front_matter else []
    parts += ["# Report", "Replace ```--- question 1 fill here ---``` by an answer.", *of.phrases]
    parts += ["## Overall project checklist", boxes if boxes is not None else checklist(of.boxes)]
    section = ""
    for question in of.questions:
        number = question.number
        if question.section != section:
            section = question.section
            parts += [f"## {section}", "> In this section we want to know more."]
        body = (answers or {}).get(number, f"--- question {number} fill here ---")
        block = (blocks or {}).get(number, f"{quoted(question.prompt, mark)}\n\n{body}")
        parts += [heading.format(number), block]
    return "\n\n".join(parts) + "\n"


def read(text: str) -> ParsedReport:
    return read_report(text, EDITIONS)


def question(parsed: ParsedReport, number: int) -> Question:
    return next(each for each in parsed.questions if each.number == number)


def prose(count: int, seed: str = "w") -> str:
    return " ".join(f"{seed}{index}" for index in range(count))


def all_answers(of: Edition = CURRENT) -> dict[int, str]:
    return {
        each.number: f"Answer {each.number}x to it: {prose(60, f'q{each.number}w')}." for each in of.questions
    }
