"""The engine knows no course: no word that belongs to the bundled one stands in `grader/`, but in its demo."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.course_words import course_words, without_drawings
from tests.places import ENGINE, ROOT


def texts() -> Iterator[tuple[Path, str]]:
    """Yield each text file of the engine, but those of the demo, which is a project of the course, and of a packed course."""
    for path in sorted(ENGINE.rglob("*")):
        inside = path.relative_to(ENGINE).parts
        if path.is_file() and not {"demo", "course_pack", "__pycache__"} & set(inside):
            yield path, without_drawings(path.read_text(encoding="utf-8"))


def test_no_word_of_the_course_stands_in_the_engine() -> None:
    wanted = course_words()
    found = [
        f"{path.relative_to(ROOT).as_posix()}:{text.count(chr(10), 0, match.start()) + 1}: {match[0]}"
        for path, text in texts()
        for match in wanted.finditer(text)
    ]
    assert found == []


@pytest.mark.parametrize(
    "text",
    [
        "of corrupt_mnist",
        "# M10's",
        "`num_prs`",
        "DTU",
        "the 31 questions",
        "w1-02",
        "See SkafteNicki/x",
        "MLOps",
    ],
)
def test_such_a_word_is_found(text: str) -> None:
    assert course_words().search(text)


@pytest.mark.parametrize("text", ["NamedTuple", "S3", "M1000", "a test of docker", 'the letter "m"'])
def test_other_words_are_not(text: str) -> None:
    assert not course_words().search(text)
