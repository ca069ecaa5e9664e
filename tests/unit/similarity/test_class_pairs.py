"""Which groups are alike: copies in whatever disguise are, honest solutions of one exercise are not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from grader.repository.files import Files
from grader.repository.python.roles import CourseWords
from grader.settings import SimilarityLimits
from grader.similarity.class_pairs import Compared, compare_all
from grader.similarity.group_code import GroupCode, HandedOut, grams_of, read_code
from grader.similarity.side_by_side import shared_lines
from tests.similar_sample import OTHER_SOLUTION, SOLUTION, disguised, group, renamed, write


def pairs(found: Compared) -> list[tuple[int, int]]:
    return [(pair.first, pair.second) for pair in found.pairs]


def lines(code: GroupCode, found: Compared) -> set[int]:
    """The lines of the first group that are shared."""
    return {
        line
        for pair in found.pairs
        for passage in pair.passages
        for line in shared_lines(passage, code.files[passage.runs[0].first], second=False)
    }


def test_a_copy_in_disguise_is_found_whole(tmp_path: Path) -> None:
    mine = group(tmp_path / "a", src__model=SOLUTION)
    copy = group(tmp_path / "b", other__network=disguised(SOLUTION))
    found = compare_all([mine, copy])
    assert pairs(found) == [(0, 1)]
    assert found.pairs[0].tokens > 0.9 * found.tokens[0]
    shared = lines(mine, found)
    code = [number for number, line in enumerate(SOLUTION.split("\n"), 1) if line.startswith("        ")]
    assert len(shared & set(code)) > 0.9 * len(code)


def test_honest_solutions_of_one_exercise_are_not_alike(tmp_path: Path) -> None:
    assert not compare_all([group(tmp_path / "a", m=SOLUTION), group(tmp_path / "b", m=OTHER_SOLUTION)]).pairs


def test_a_part_of_a_larger_work_is_found_with_its_place(tmp_path: Path) -> None:
    part = SOLUTION[SOLUTION.index("def fit") : SOLUTION.index("def accuracy")]
    mine = group(tmp_path / "a", m=SOLUTION)
    other = group(tmp_path / "b", train=OTHER_SOLUTION + "\n\n" + renamed(part))
    found = compare_all([mine, other])
    begin, end = (
        SOLUTION[: SOLUTION.index("def fit")].count("\n") + 1,
        SOLUTION[: SOLUTION.index("def accuracy")].count("\n"),
    )
    assert lines(mine, found) <= set(range(begin, end + 1))
    assert len(lines(mine, found)) > 12
    assert found.pairs[0].tokens < found.tokens[1]


def test_the_cells_of_a_notebook_count(tmp_path: Path) -> None:
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": "# Training"},
        {
            "cell_type": "code",
            "metadata": {},
            "source": "%matplotlib inline\n!pip install torch",
            "outputs": [],
            "execution_count": 1,
        },
        {
            "cell_type": "code",
            "metadata": {},
            "source": renamed(SOLUTION),
            "outputs": [],
            "execution_count": 2,
        },
    ]
    folder = tmp_path / "b"
    folder.mkdir()
    notebook = {"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": cells}
    (folder / "work.ipynb").write_text(json.dumps(notebook))
    mine, other = group(tmp_path / "a", m=SOLUTION), read_code(Files(folder))
    found = compare_all([mine, other])
    assert pairs(found) == [(0, 1)]
    run = found.pairs[0].passages[0].runs[0]
    cell, line = other.files[run.second].place(other.files[run.second].lines[run.at_second])
    assert (cell, line) == (3, mine.files[run.first].lines[run.at_first])


def test_what_was_handed_out_does_not_count_though_it_was_changed(tmp_path: Path) -> None:
    write(tmp_path / "template", model=SOLUTION)
    course = HandedOut(grams=grams_of([Files(tmp_path / "template")]))
    groups = [
        group(tmp_path / name, course, model=code)
        for name, code in (("a", SOLUTION), ("b", disguised(SOLUTION)))
    ]
    assert not compare_all(groups).pairs


def test_an_untouched_file_of_the_course_tells_what_others_have_changed(tmp_path: Path) -> None:
    write(tmp_path / "c", model=SOLUTION)
    blob = Files(tmp_path / "c").blob("model.py")
    course = HandedOut(blobs={blob})
    untouched = read_code(Files(tmp_path / "c", {"model.py": blob}), course=course)
    changed = [
        group(tmp_path / name, course, model=renamed(SOLUTION, {"width": name})) for name in ("a", "b")
    ]
    assert pairs(compare_all(changed)) == [(0, 1)]
    assert not compare_all([*changed, untouched]).pairs


def test_a_script_of_the_course_is_nobodys_work(tmp_path: Path) -> None:
    words = CourseWords.of(
        {"course_words": {"scripts": [{"imports": ["torch"], "functions": ["fit", "accuracy"]}]}}
    )
    groups = [group(tmp_path / name, HandedOut(words=words), model=SOLUTION) for name in ("a", "b")]
    assert not compare_all(groups).pairs


@pytest.mark.parametrize("folder", ["venv__lib", "third_party__kit", "src__vendor__kit", "site-packages"])
def test_vendored_code_does_not_count(tmp_path: Path, folder: str) -> None:
    for name in ("a", "b"):
        write(tmp_path / name, **{f"{folder}__m": SOLUTION})
    assert not compare_all([read_code(Files(tmp_path / name)) for name in ("a", "b")]).pairs


def others(tmp_path: Path, count: int) -> list[GroupCode]:
    """Groups that have nothing in common with anybody."""
    return [group(tmp_path / f"other-{number}", m=f"x = {number}\n") for number in range(count)]


def test_what_many_groups_have_is_common_knowledge(tmp_path: Path) -> None:
    def having(count: int, of: int) -> Compared:
        folder = tmp_path / f"{count}-{of}"
        return compare_all(
            [group(folder / str(n), m=SOLUTION) for n in range(count)] + others(folder, of - count)
        )

    assert len(having(3, 3).pairs) == 3, "three are too few for common knowledge"
    assert len(having(4, 20).pairs) == 6, "a fifth is not more than a fifth"
    assert not having(5, 20).pairs
    assert not having(4, 6).pairs


def test_earlier_years_are_compared_with_this_one_alone(tmp_path: Path) -> None:
    groups = [group(tmp_path / str(number), m=SOLUTION) for number in range(3)]
    assert pairs(compare_all(groups, earlier=2)) == [(0, 1), (0, 2)]


def test_a_table_of_numbers_is_no_work(tmp_path: Path) -> None:
    table = "data = [\n" + "".join(f"    [{n}, {n + 1}, {n + 2}, 'name'],\n" for n in range(300)) + "]\n"
    assert not compare_all([group(tmp_path / name, m=table) for name in ("a", "b")]).pairs


def test_a_file_that_a_group_has_twice_counts_once(tmp_path: Path) -> None:
    write(tmp_path / "a", m=SOLUTION, old_m=SOLUTION)
    files = Files(tmp_path / "a")
    twice = read_code(Files(tmp_path / "a", {path: files.blob(path) for path in files.paths}))
    found = compare_all([twice, group(tmp_path / "b", m=SOLUTION)])
    assert found.tokens[0] == found.tokens[1] >= found.pairs[0].tokens


def test_no_token_is_shared_twice(tmp_path: Path) -> None:
    twice = SOLUTION + renamed(SOLUTION)
    found = compare_all([group(tmp_path / "a", m=SOLUTION), group(tmp_path / "b", m=twice)])
    assert found.pairs[0].tokens <= found.tokens[0]
    assert found.pairs[0].share <= 1


def test_the_pair_that_shares_most_is_first(tmp_path: Path) -> None:
    part = SOLUTION[SOLUTION.index("def fit") :]
    groups = [
        group(tmp_path / "a", m=SOLUTION),
        group(tmp_path / "b", m=OTHER_SOLUTION + part),
        group(tmp_path / "c", m=disguised(SOLUTION)),
    ]
    limits = SimilarityLimits(least_tokens=1)
    assert pairs(compare_all(groups, limits=limits))[0] == (0, 2)
