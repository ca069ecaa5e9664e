"""The editions of an exam report, as a course pack describes them in TOML."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from grader.course.course_data import CourseData, build, read_toml, tables
from grader.errors import CourseError


def _pair(value: Any) -> Any:
    if value == [] or value == ():
        return None
    if isinstance(value, list | tuple) and len(value) == 2 and value[0] > value[1]:
        raise ValueError(f"the lower bound {value[0]} is above the upper bound {value[1]}")
    return value


#: An inclusive range (lowest, highest), or None where there is no rule (in TOML no key, or `[]` to undo one).
Range = Annotated[tuple[int, int] | None, BeforeValidator(_pair)]


class EditionQuestion(CourseData):
    """A question as an edition asks it. `number` is its own count, `current_number` the newest edition's.

    `prompt` is what the template prints above the answer; `leftover` is text that the template shipped by
    mistake where the answer belongs: it is no part of an answer.
    """

    number: int = Field(ge=1, le=99)
    current_number: int = Field(default=0, ge=0, le=99)
    section: str
    topic: str
    prompt: str = ""
    leftover: str = ""
    word_range: Range = None
    image_range: Range = None
    modules: tuple[str, ...] = ()
    boxes: tuple[str, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _same_number(cls, data: Any) -> Any:
        if isinstance(data, dict) and "number" in data:
            data = {"current_number": data["number"], **data}
        return data


class Wording(CourseData):
    """The fixed words of a template. `{number}` in `placeholder` stands for the number of the question.

    `question_also` and `answer_also` are what groups write instead of `question` and `answer`.
    """

    question: str = "Question"
    question_also: tuple[str, ...] = ()
    answer: str = "Answer:"
    answer_also: tuple[str, ...] = ()
    placeholder: str = "question {number} fill here"
    length: str = "answer length"
    example: str = "Example:"


class Edition(CourseData):
    """A year's report template: what tells it from the others, and its questions in order.

    `has_counter`: the course counts words and images by a tool of its own, which knows `![…](…)` alone.
    `boxes` is how many its checklist has, `phrases` are bits of its instructions that older editions lack.
    """

    id: str
    since: date
    title: str = ""
    sections: tuple[str, ...] = ()
    boxes: int = Field(default=0, ge=0)
    front_matter: bool = False
    has_counter: bool = False
    phrases: tuple[str, ...] = ()
    wording: Wording = Wording()
    questions: tuple[EditionQuestion, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _consistent(self) -> Edition:
        numbers = [question.number for question in self.questions]
        if numbers != sorted(set(numbers)):
            raise ValueError("the questions are not in ascending order, each number once")
        for question in self.questions:
            if question.section not in self.sections:
                raise ValueError(
                    f"question {question.number} is in section {question.section!r}, which `sections` lacks"
                )
        return self

    def question(self, number: int) -> EditionQuestion | None:
        """Return the question with this number, as the edition counts."""
        return next((question for question in self.questions if question.number == number), None)


def load_editions(reports: Path) -> list[Edition]:
    """Return every edition under `reports/exam/`, newest first; none where the course has no exam report.

    A file may say `extends = "<another file, without .toml>"`: it then holds only what differs from that one.

    Raises:
        CourseError: a file that is no TOML or no edition, or that extends one which does not exist or extends
            itself.
    """
    files = {path.stem: path for path in sorted((reports / "exam").glob("*.toml"))}
    raw = {stem: read_toml(path) for stem, path in files.items()}
    editions = [build(Edition, files[stem], _extended(stem, files, raw)) for stem in files]
    ids = [edition.id for edition in editions]
    if len(ids) != len(set(ids)):
        twice = next(name for name in ids if ids.count(name) > 1)
        raise CourseError(
            f"{reports / 'exam'}: two files have the id {twice!r}.", "Give each edition its own id."
        )
    return sorted(editions, key=lambda edition: (edition.since, edition.id), reverse=True)


def _extended(stem: str, files: dict[str, Path], raw: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return the data of one file laid over the edition that it extends, with its questions under `questions`."""
    data = dict(raw[stem])
    own = tables(files[stem], data, "question")
    base_name = data.pop("extends", None)
    if base_name is not None:
        base = raw.get(base_name) if isinstance(base_name, str) else None
        if base is None or "extends" in base:
            reason = "does not exist" if base is None else "extends another edition itself"
            raise CourseError(
                f"{files[stem]} extends {base_name!r}, which {reason}.",
                "Name a file beside it, without .toml.",
            )
        merged = {table.get("number"): table for table in tables(files[base_name], base, "question")}
        for table in own:
            number = table.get("number")
            merged[number] = {**merged.get(number, {}), **table}
        own = list(merged.values())
        data = {**base, **data}
    data.pop("question", None)
    return {**data, "questions": own}
