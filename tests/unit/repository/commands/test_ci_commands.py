"""What continuous integration runs, directly and in turn."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from grader.repository.submission_view import SubmissionView
from tests.cpu import ends_within

STEP = "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: {}\n"


def run(tmp_path: Path, files: Mapping[str, str]) -> Any:
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    return [command.text for command in SubmissionView(tmp_path, {}).ci_commands()]


@pytest.mark.parametrize(
    ("command", "others", "expected"),
    [
        ("make b", {"Makefile": "a: \n\techo-a\nb: c\n\tbb\nc:\n\tcc\n"}, ["make b", "bb", "cc"]),
        ("make a", {"Makefile": "A = x\nA += y\na:\n\trun $(A)\n"}, ["make a", "run x y"]),
        ("make a", {"Makefile": "a:\n\taa\ndefine HELP\n\tno\nendef\n"}, ["make a", "aa"]),
        ("just a", {"justfile": "a:\n    aa\nb:\n    bb\n"}, ["just a", "aa"]),
        (
            "uv run inv two-words",
            {
                "tasks.py": "from invoke import task\n\n\n@task\ndef one(c):\n    c.run('one')\n\n\n"
                "@task(pre=[one])\ndef two_words(c):\n    c.run('two')\n\n\n@task\ndef three(c):\n    c.run('three')\n"
            },
            ["uv run inv two-words", "one", "two"],
        ),
        (
            "bash a.sh",
            {"a.sh": "./scripts/b.sh\n", "scripts/b.sh": "inner\n"},
            ["bash a.sh", "./scripts/b.sh", "inner"],
        ),
        ("bash a.sh", {"a.sh": "bash a.sh\n"}, ["bash a.sh", "bash a.sh"]),
        (
            "docker build -f x.dockerfile .",
            {"x.dockerfile": "FROM a\nRUN inner\n", "y.dockerfile": "FROM a\nRUN other\n"},
            ["docker build -f x.dockerfile .", "inner"],
        ),
        ("plain\n      - if: false\n        run: never", {}, ["plain"]),
    ],
)
def test_what_is_started_in_turn(
    tmp_path: Path, command: str, others: dict[str, Any], expected: list[str]
) -> None:
    assert sorted(run(tmp_path, {".github/workflows/a.yml": STEP.format(command), **others})) == sorted(
        expected
    )


def test_a_job_that_is_switched_off_runs_nothing(tmp_path: Path) -> None:
    off = STEP.format("never").replace("runs-on", "if: ${{ false }}\n    runs-on")
    assert run(tmp_path, {".github/workflows/a.yml": off, "Makefile": "a:\n\tother\n"}) == []


def test_runs_of_pytest_say_what_they_collect(tmp_path: Path) -> None:
    files = {".github/workflows/a.yml": STEP.format("pytest -q tests/unit --ignore=tests/unit/slow")}
    run(tmp_path, files)
    (found,) = SubmissionView(tmp_path, {}).ci_test_runs()
    paths = ["tests/unit/test_a.py", "tests/unit/slow/test_b.py", "tests/test_c.py"]
    assert [found.collects(path) for path in paths] == [True, False, False]


@pytest.mark.parametrize(
    ("command", "path", "text"),
    [
        ("make t0", "Makefile", "".join(f"t{n}: {' '.join(f't{m}' for m in range(0, 900, 7))}\n\tx\n" for n in range(900))),
        ("make t", "Makefile", "%t: %a\n\tx\n" * 2_000),
        ("just t", "justfile", "t " + "a" * 9_000 + "\n" + "    x\n" * 5_000),
        ("tox", "tox.ini", "[tox]\nenvlist = " + "{a,b,c}" * 600 + "\n[testenv]\ncommands = x\n"),
        ("poe t", "pyproject.toml", "[tool.poe.tasks]\n" + "".join(f"t{n} = ['t{n + 1}', 't{n + 2}']\n" for n in range(900))),
        ("bash a.sh", "a.sh", "bash a.sh\n" * 4_000),
        ("'${{ matrix.a }} " + "x " * 9_000 + "'", "a.sh", ""),
    ],
)  # fmt: skip
def test_hostile_files_take_no_time(tmp_path: Path, command: str, path: str, text: str) -> None:
    head = "on: push\njobs:\n  a:\n    runs-on: x\n    strategy: {matrix: {a: [%s]}}\n    steps:\n"
    flow = head % ", ".join(map(str, range(256))) + f"      - &s {{run: {command}}}\n" + "      - *s\n" * 300
    ends_within(10, lambda: run(tmp_path, {".github/workflows/a.yml": flow, path: text}))
