"""Code that is made to break or to stop who reads it: bounded, and what was not read is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.repository.files import Files
from grader.settings import SimilarityLimits
from grader.similarity.class_pairs import compare_all
from grader.similarity.group_code import GroupCode, read_code
from tests.similar_sample import SOLUTION, group, write


def read(folder: Path, **limits: int) -> GroupCode:
    return read_code(Files(folder), limits=SimilarityLimits(**limits))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("x = 1\n" * 200_000, "larger than 512 KiB"),
        ("x = '" + "a" * 6000 + "'\n", "a line of more than 5000 characters"),
        ("x = (1,\n", "no valid Python"),
        ("if x:\n        y\n    z\n", "no valid Python"),
        ("\0", ""),
        ("x = '''never ended\n" * 3, "no valid Python"),
    ],
    ids=["large", "long line", "open bracket", "indented wrongly", "NUL", "open string"],
)
def test_what_cannot_be_read_is_named_and_the_rest_counts(tmp_path: Path, text: str, why: str) -> None:
    write(tmp_path, bad=text, good=SOLUTION)
    found = read(tmp_path)
    assert any(file.path == "good.py" for file in found.files)
    assert not why or any("bad.py" in line and why in line for line in found.left_out), found.left_out


def test_what_is_no_text_and_no_notebook_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.ipynb").write_text("{}")
    (tmp_path / "b.ipynb").write_text('{"nbformat": 4, "cells": [1]}')
    (tmp_path / "c.py").symlink_to("/etc/passwd")
    found = read(tmp_path)
    assert {line.split()[0] for line in found.left_out} == {"a.ipynb", "b.ipynb"}
    assert found.files == ()


def test_code_before_a_fault_counts(tmp_path: Path) -> None:
    broken = group(tmp_path / "a", m=SOLUTION + "\nx = (\n")
    assert compare_all([broken, group(tmp_path / "b", m=SOLUTION)]).pairs[0].share > 0.3
    assert "m.py was read in part: it is no valid Python" in broken.left_out[0]


def test_files_and_tokens_are_bounded(tmp_path: Path) -> None:
    write(
        tmp_path,
        **{f"m{number}": f"def f{number}(a, b):\n    return a + b * {number}\n" for number in range(20)},
    )
    few = read(tmp_path, files=5)
    assert len(few.files) == 5
    assert "15 more files were not read" in few.left_out[0]
    short = read(tmp_path, tokens=50)
    assert short.tokens == 50
    assert short.left_out


def test_time_is_bounded(tmp_path: Path) -> None:
    write(tmp_path, m=SOLUTION)
    found = read_code(Files(tmp_path), limits=SimilarityLimits(cpu_s=0.0))
    assert found.files == ()
    assert found.left_out


@pytest.mark.parametrize(
    "text",
    [
        ('"\\' * 2400 + "\n") * 20,
        "(" * 4000 + "\n",
        "x = " + "-" * 4900 + "1\n",
        "f(a, b, c)\n" * 3_000,
        "'a" * 2400 + "\n",
    ],
    ids=["quotes", "brackets", "signs", "repeated", "open strings"],
)
def test_no_text_takes_long(tmp_path: Path, text: str) -> None:
    groups = [group(tmp_path / name, m=text) for name in ("a", "b")]
    assert not compare_all(groups).pairs


def test_a_copied_program_that_repeats_itself_is_looked_at_in_few_places(tmp_path: Path) -> None:
    body = SOLUTION[SOLUTION.index("def fit") :]
    text = "\n".join(body for _ in range(60))
    found = compare_all([group(tmp_path / name, m=text) for name in ("a", "b")])
    assert found.pairs[0].share > 0.5
