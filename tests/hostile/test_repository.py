"""What a repository brings along: cases 5 to 7, 12 to 14, 25, 46, 51, 53, 58 and 59, end to end through the grader."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from grader.submission import fetch_working_tree
from tests.hostile.battery import HONEST, LIMITS, commit

pytestmark = [pytest.mark.docker, pytest.mark.xdist_group("hostile-repository")]

MAIN = {"main.py": "print(3 * int(input()))\n", "README.md": "# Work\n"}
ALL_PASS = (
    "import pytest\n\n\n@pytest.hookimpl(hookwrapper=True)\ndef pytest_runtest_makereport(item, call):\n"
    "    outcome = yield\n    outcome.get_result().outcome = 'passed'\n\n\n"
    "def pytest_collection_modifyitems(items):\n    items.clear()\n"
)
CONFIGURATION = (
    "addopts = --collect-only -p evil --co -q\npython_files = nothing_*.py\npython_functions = none\n"
)

#: Each of these lies beside a wrong answer, where it must not help, and beside a right one, where it must not hurt.
BESIDE = {
    "case_05_conftest": {
        "conftest.py": ALL_PASS,
        "checks/conftest.py": ALL_PASS,
        "suites/conftest.py": ALL_PASS,
    },
    "case_06_pytest_ini": {
        "pytest.ini": f"[pytest]\n{CONFIGURATION}",
        "tox.ini": f"[pytest]\n{CONFIGURATION}",
    },
    "case_06_setup_cfg": {
        "setup.cfg": f"[tool:pytest]\n{CONFIGURATION}",
        ".pytest.ini": f"[pytest]\n{CONFIGURATION}",
    },
    "case_07_plugin_by_configuration": {
        "pyproject.toml": '[tool.pytest.ini_options]\naddopts = "-p evil --collect-only"\n',
        "evil.py": ALL_PASS,
    },
    "case_12_plugin_by_entry_point": {
        "evil-1.0.dist-info/entry_points.txt": "[pytest11]\nevil = evil\n",
        "evil-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: evil\nVersion: 1.0\n",
        "evil.egg-info/entry_points.txt": "[pytest11]\nevil = evil\n",
        "evil.py": ALL_PASS,
    },
    "case_13_shadow_modules": dict.fromkeys(
        (
            "pytest.py",
            "_pytest/__init__.py",
            "grader/__init__.py",
            "yaml.py",
            "packaging/__init__.py",
            "pluggy.py",
        ),
        "raise SystemExit(0)\n",
    ),
    "case_14_startup_files": {
        "usercustomize.py": "import builtins\nbuiltins.passed = True\n",
        "evil.pth": "import os; os._exit(0)\n",
        ".local/lib/python3.11/site-packages/evil.pth": "import os; os._exit(0)\n",
    },
    "case_25_a_suite_of_their_own": {
        "checks/m90_target/test_target.py": "def test_slot_00():\n    pass\n",
        "checks/m90_target/module.toml": 'id = "M90"\n',
        ".grader/result.json": '{"modules": []}',
        "tests/test_all.py": "def test_all():\n    pass\n",
        ".github/workflows/ci.yml": "on: push\njobs: {}\n",
    },
}


@pytest.mark.parametrize("case", BESIDE)
def test_files_beside_the_work(grade: Callable[..., Any], case: str) -> None:
    files = {**BESIDE[case], "slot_00.py": "def treble(x):\n    return 0\n", "slot_01.py": HONEST, **MAIN}
    graded = grade(files, checks={"slot_00", "slot_01", "command", "last"})
    verdicts = {name: check.verdict.value for name, check in graded.checks.items()}
    assert verdicts == {"slot_00": "failed", "slot_01": "passed", "command": "passed", "last": "passed"}
    assert graded.result.summary.max_points == 9


BROKEN: dict[str, tuple[dict[str, str | bytes], str]] = {
    "case_59_malformed_toml": ({"pyproject.toml": "[project\nname = 1\n"}, "pyproject.toml"),
    "case_59_empty_workflow": ({".github/workflows/empty.yml": ""}, ".github/workflows/empty.yml"),
    "case_59_byte_order_mark_in_toml": ({"pyproject.toml": b"\xef\xbb\xbf[project]\nname = 'x'\n"}, ""),
    "case_59_nul_bytes_in_a_readme": ({"README.md": b"\0\0\0"}, "README.md"),
    "case_59_a_workflow_that_is_a_list": (
        {".github/workflows/list.yml": "- a\n- b\n"},
        ".github/workflows/list.yml",
    ),
    "case_58_alias_bomb": (
        {
            ".github/workflows/bomb.yml": "a: &a [x,x,x,x,x,x,x,x,x]\n"
            + "".join(
                f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(20)
            )
        },
        ".github/workflows/bomb.yml",
    ),
    "case_58_python_object": (
        {".github/workflows/object.yml": "on: !!python/object/apply:os.system ['touch /tmp/evil']\n"},
        ".github/workflows/object.yml",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_file_fails_its_check_and_no_other(grade: Callable[..., Any], case: str) -> None:
    files, path = BROKEN[case]
    graded = grade({**MAIN, **files}, checks={"views", "command"})
    views = graded.checks["views"]
    assert views.verdict.value == ("failed" if path else "passed"), views.message
    assert path in views.message or path in {item.path for item in views.evidence}
    assert graded.verdict("command") == "passed"
    assert graded.result.exit_code == (1 if path else 0)


#: A kernel takes a second or two to start, more on a busy machine.
PATIENT = LIMITS.model_copy(update={"call_s": 25.0, "check_s": 40.0, "call_cpu_s": 15})


def notebook(*cells: str, **other: object) -> str:
    code: list[dict[str, Any]] = [
        {
            "cell_type": "code",
            "metadata": {},
            "execution_count": None,
            "outputs": [],
            "source": cell,
            "id": f"c{number}",
        }
        for number, cell in enumerate(cells)
    ]
    return json.dumps({"cells": code, "metadata": {}, "nbformat": 4, "nbformat_minor": 5, **other})


NOTEBOOKS = {
    "honest": (notebook(HONEST), "passed"),
    "case_60_kernel_of_another_machine": (
        notebook(
            HONEST, metadata={"kernelspec": {"name": "conda-env-x", "display_name": "x", "language": "julia"}}
        ),
        "passed",
    ),
    "case_60_not_json": ("not json", "failed"),
    "case_60_no_cells": (notebook(), "failed"),
    "case_60_exit_in_a_cell": (notebook("import os\nos._exit(0)"), "failed"),
    "case_60_an_answer_of_its_own": (
        notebook(
            "import atexit, glob, os, sys\n"
            + HONEST.replace("3 *", "2 *")
            + "\nopen('/tmp/answer', 'w').write('{}')"
        ),
        "failed",
    ),
    "case_60_a_cell_that_hangs": (notebook("while True:\n    pass"), "timeout"),
}


@pytest.mark.parametrize("case", NOTEBOOKS)
def test_a_notebook(grade: Callable[..., Any], case: str) -> None:
    text, verdict = NOTEBOOKS[case]
    graded = grade({**MAIN, "work.ipynb": text}, checks={"notebook", "last"}, limits=PATIENT)
    assert graded.verdict("notebook") == verdict, graded.checks["notebook"].message
    assert graded.verdict("last") == "passed"


def test_case_46_what_is_no_regular_file_never_gets_in(tmp_path: Path) -> None:
    """A working tree with links, FIFOs, a sparse giant and a deep path: named, bounded, never read."""
    root = tmp_path / "repository"
    commit(root, MAIN)
    os.symlink("/etc/passwd", root / "link")
    os.mkfifo(root / "fifo")
    with open(root / "sparse", "wb") as file:
        file.truncate(10 * 2**30)
    deep = root
    for _ in range(80):
        deep = deep / "d"
        deep.mkdir()
    (deep / "bottom").write_text("x")
    submission = fetch_working_tree(root, into=tmp_path / "snapshot")
    assert submission.files() == ["README.md", "main.py"]
    left_out = {skipped.path for skipped in submission.skipped}
    assert {"link", "sparse"} <= left_out


def test_case_51_and_53_a_hostile_git_folder_end_to_end(
    grade: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Programs that a repository's own configuration names do not run on the way to a verdict."""
    marker = tmp_path_factory.mktemp("marker") / "ran"
    program = marker.with_name("program")
    program.write_text(f"#!/bin/sh\ntouch {marker}\nexec cat\n")
    program.chmod(0o755)
    settings = "".join(
        f"[{section}]\n\t{name} = {program}\n"
        for section, name in (
            ("core", "fsmonitor"),
            ("core", "sshCommand"),
            ("core", "pager"),
            ("gpg", "program"),
            ("diff", "external"),
            ('filter "x"', "smudge"),
            ('filter "x"', "clean"),
            ("uploadpack", "packObjectsHook"),
        )
    )

    def poison(folder: Path) -> None:
        with (folder / ".git" / "config").open("a") as config:
            config.write(settings)
        for name in ("post-checkout", "pre-commit", "post-index-change", "reference-transaction"):
            hook = folder / ".git" / "hooks" / name
            hook.parent.mkdir(exist_ok=True)
            hook.write_text(program.read_text())
            hook.chmod(0o755)

    files = {**MAIN, ".gitattributes": "* filter=x\nmain.py export-ignore\nREADME.md export-subst\n"}
    graded = grade(files, checks={"command", "last"}, after_commit=poison)
    assert {graded.verdict("command"), graded.verdict("last")} == {"passed"}
    assert not marker.exists()


def test_case_53_links_of_a_repository_lead_nowhere(grade: Callable[..., Any]) -> None:
    def link(folder: Path) -> None:
        os.symlink("/etc/passwd", folder / "secret.py")
        os.symlink("../../../../../../suites/m91_doors/test_doors.py", folder / "adds.py")

    graded = grade(MAIN, checks={"secret", "adds", "last"}, before_commit=link)
    assert {graded.verdict("secret"), graded.verdict("adds")} == {"failed"}
    assert graded.verdict("last") == "passed"
    assert any("secret.py" in note for note in graded.result.submission.notes)
