"""Style as ruff sees it, by rules of ours."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.repository.submission_view import SubmissionView

BAD = "import os\nx = 1 \n"


def found(
    root: Path, files: dict[str, str], *rules: str, line_length: int = 120
) -> list[tuple[str, str, int]]:
    for path, content in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content)
    view = SubmissionView(root, {})
    return [
        (one.rule, one.path, one.line)
        for one in view.lint(*(rules or ("E", "F", "W")), line_length=line_length)
    ]


EXPECTED = [("F401", "a.py", 1), ("W291", "a.py", 2)]


@pytest.mark.parametrize(
    "files",
    [
        {"a.py": BAD},
        {"a.py": BAD, "pyproject.toml": "[tool.ruff]\nexclude = ['*']\nlint.ignore = ['F', 'W']\n"},
        {"a.py": BAD, "ruff.toml": "exclude = ['a.py']\n"},
        {"a.py": BAD, ".ruff.toml": "this is no TOML"},
        {"a.py": BAD, ".gitignore": "*.py\n"},
        {"a.py": "import os  # noqa\nx = 1 \n"},
        {"a.py": "import os  # noqa: F401\nx = 1 \n# ruff: noqa\n# flake8: noqa\n"},
    ],
)
def test_settings_of_the_students_decide_nothing(tmp_path: Path, files: dict[str, str]) -> None:
    assert found(tmp_path, files) == EXPECTED


def test_rules_and_line_length_are_ours(tmp_path: Path) -> None:
    long = {"a.py": f"x = '{'a' * 100}'\nimport os\n"}
    assert found(tmp_path, long, "E501") == []
    assert found(tmp_path, long, "E501", line_length=79) == [("E501", "a.py", 1)]


def test_evidence_says_rule_place_and_reason(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(BAD)
    first = SubmissionView(tmp_path, {}).lint("F")[0]
    assert str(first.evidence) == "a.py:1: F401 `os` imported but unused"


@pytest.mark.parametrize(
    "name", ["--config=x.py", "-v.py", "--fix.py", "@args.py", "with space.py", "[a].py", "*.py"]
)
def test_a_file_may_be_named_like_an_option(tmp_path: Path, name: str) -> None:
    files = {name: BAD, "src/b.py": "import os\n"}
    paths = {path for _, path, _ in found(tmp_path, files)}
    assert "src/b.py" in paths
    assert paths <= set(files)
    assert (tmp_path / name).read_text() == BAD


def test_no_files(tmp_path: Path) -> None:
    assert found(tmp_path, {"README.md": "import os\n"}) == []


def test_a_file_that_python_cannot_read_is_left_out(tmp_path: Path) -> None:
    assert found(tmp_path, {"a.py": BAD, "b.py": "def f(:\n"}) == EXPECTED


def test_syntax_that_is_newer_than_the_grader_may_be_read(tmp_path: Path) -> None:
    assert [rule for rule, _, _ in found(tmp_path, {"a.py": "def f(a: int) -> None:\n    match a:\n        case 1:\n            import os\n"})] == ["F401"]  # fmt: skip


def test_files_that_a_tool_leaves_out_by_itself_are_seen(tmp_path: Path) -> None:
    """ruff passes over folders of its own list; the group's code counts wherever it lies."""
    assert found(tmp_path, {"venvs/a.py": BAD})[0] == ("F401", "venvs/a.py", 1)


def test_tests_count_and_files_of_the_course_do_not(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests/test_a.py").write_text(BAD)
    (tmp_path / "given.py").write_text(BAD + "y = 2\n")
    view = SubmissionView(tmp_path, {})
    given = SubmissionView(tmp_path, {"template_blobs": [view.blob("given.py")]})
    assert {one.path for one in given.lint("F")} == {"tests/test_a.py"}
