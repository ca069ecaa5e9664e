"""A project's tests run as its CI runs them: folder, words, paths, variables (kinds I, J and L); each with its twin.

After NVIDIA/cudf#16974, pytest-dev/pytest#9723, pytest-dev/pytest#14638 and classroom-resources/autograding-python-grader#6.
"""

from __future__ import annotations

import pytest

from grader.testing import run_check
from tests.places import CHECKS
from tests.public.test_ci_commands import PATH, flow
from tests.public.test_pytest_settings import CODE, TEST, WRONG

SUITE = CHECKS / "m16_unittesting"
SLOW = f"import pytest\n{WRONG.replace('def ', '@pytest.mark.slow' + chr(10) + 'def ', 1).replace('test_load', 'test_slow')}"
TWO = {"tests/test_a.py": TEST, "tests/test_s.py": SLOW}
DATA = {
    "requirements.txt": "numpy\n",
    "app/data/n.txt": "3\n",
    "app/tests/test_d.py": "def test_data():\n    assert open('data/n.txt').read() == '3\\n'\n",
}
MODE = {"tests/test_e.py": "import os\n\n\ndef test_e():\n    assert os.environ['P_MODE'] == 'test'\n"}
LIBRARY = {
    "lib/p2.py": "x = 1\n",
    "tests/test_p.py": "from p2 import x\n\n\ndef test_p():\n    assert x == 1\n",
}
OTHER = {"tests/check_a.py": TEST}


def verdict(files: dict[str, str], check: str = "tests_pass") -> str:
    return run_check(SUITE, check, {**CODE, **files}, profile="project").verdict.value


def ci(steps: str, more: str = "") -> dict[str, str]:
    return {PATH: flow(f"- uses: actions/checkout@v4\n{steps}", more)}


WAYS = {
    "working-directory": {**DATA, **ci("- run: pytest\n  working-directory: app")},
    "a script goes there": {**DATA, **ci("- run: cd app && pytest")},
    "uv goes there": {**DATA, **ci("- run: uv run --directory app pytest")},
    "make goes there": {**DATA, **ci("- run: make -C app t"), "app/Makefile": "t:\n\tpytest tests\n"},
    "a mark": {**TWO, **ci("- run: pytest -m 'not slow'")},
    "a name, by tox": {**TWO, **ci("- run: tox"), "tox.ini": "[testenv]\ncommands = pytest {posargs:-k 'not slow'}\n"},
    "what is ignored": {**TWO, **ci("- run: pytest tests --ignore tests/test_s.py")},
    "named files": {**TWO, **ci("- run: pytest tests/test_a.py")},
    "a variable of the job": {**MODE, **ci("- run: pytest", "env: {P_MODE: test}\n")},
    "an exported variable": {**MODE, **ci("- run: |\n    export P_MODE=test\n    pytest")},
    "a variable of make": {**MODE, **ci("- run: make t"), "Makefile": "t:\n\tP_MODE=test pytest\n"},
    "a variable of tox": {**MODE, **ci("- run: tox"), "tox.ini": "[testenv]\nsetenv =\n    P_MODE = test\ncommands = pytest\n"},
    "an import path": {**LIBRARY, **ci("- run: pytest\n  env: {PYTHONPATH: '${{ github.workspace }}/lib'}")},
    "a file of settings": {**OTHER, **ci("- run: pytest -c cfg/pytest.ini tests"), "cfg/pytest.ini": "[pytest]\npython_files = check_*.py\n"},
    "settings beside the tests": {**OTHER, **ci("- run: pytest tests"), "tests/pytest.ini": "[pytest]\npython_files = check_*.py\n"},
    "a setting on the command line": {**OTHER, **ci("- run: pytest -o python_files='check_*.py'")},
    "a file of another name": {"tests/checks.py": TEST, **ci("- run: pytest tests/checks.py")},
}  # fmt: skip
FAILS = {
    "another folder": {**DATA, "app/data/n.txt": "4\n", **ci("- run: cd app && pytest")},
    "two runs": {**TWO, **ci("- run: pytest -m 'not slow'\n- run: pytest -m slow")},
    "two workflows": {**TWO, **ci("- run: pytest -m 'not slow'"), ".github/workflows/n.yml": flow("- run: pytest")},
    "all files named": {**TWO, **ci("- run: pytest tests/test_a.py\n- run: pytest tests/test_s.py")},
    "another value": {**MODE, **ci("- run: pytest", "env: {P_MODE: prod}\n")},
    "nothing left": {"tests/test_s.py": SLOW, **ci("- run: pytest -k nothing")},
}  # fmt: skip


@pytest.mark.parametrize("name", WAYS)
def test_tests_run_as_ci_runs_them(name: str) -> None:
    assert verdict(WAYS[name]) == "passed"


@pytest.mark.parametrize("name", FAILS)
def test_what_fails_in_ci_fails(name: str) -> None:
    assert verdict(FAILS[name]) == "failed"


def test_in_exercises_ci_leaves_nothing_out() -> None:
    assert run_check(SUITE, "tests_pass", {**CODE, **WAYS["a mark"]}).verdict == "failed"


BROKEN = {"tests/test_a.py": TEST, "tests/slow/test_b.py": WRONG}
SETTINGS = [
    ({"pytest.ini": "[pytest]\nnorecursedirs = slow\n"}, "passed"),
    ({"pytest.ini": "[pytest]\nnorecursedirs = fast\n"}, "failed"),
    ({"tests/conftest.py": "collect_ignore = ['slow']\n"}, "passed"),
    ({"tests/conftest.py": "collect_ignore_glob = ['*/test_b*']\n"}, "passed"),
    ({"tests/conftest.py": "collect_ignore = ['fast']\n"}, "failed"),
    ({"pyproject.toml": '[tool.pytest.ini_options]\naddopts = "--ignore=tests/slow"\n'}, "passed"),
    ({"pytest.toml": '[pytest]\naddopts = ["--ignore-glob", "*slow*"]\n'}, "passed"),
    ({"pytest.ini": "[pytest]\naddopts = --deselect tests/slow/test_b.py::test_load\n"}, "passed"),
    ({"pytest.ini": "[pytest]\ntestpaths = tests/test_a.py\n"}, "passed"),
    ({"pytest.ini": "[pytest]\ntestpaths = test\n"}, "failed"),
    ({"pytest.ini": "[pytest]\naddopts = --strict-markers\n", "tests/slow/test_b.py": SLOW.replace("== 5", "== 4")}, "failed"),
]  # fmt: skip


@pytest.mark.parametrize(("settings", "expected"), SETTINGS)
def test_what_pytest_leaves_out_itself(settings: dict[str, str], expected: str) -> None:
    assert verdict({**BROKEN, **settings}) == expected


@pytest.mark.parametrize(
    ("settings", "found"),
    [
        ({"pytest.toml": "", "pyproject.toml": '[tool.pytest]\npython_files = ["check_*.py"]\n'}, False),
        ({".pytest.toml": '[pytest]\npython_files = ["check_*.py"]\n'}, True),
        ({"pytest.toml": 'python_files = ["check_*.py"]\n'}, False),
        ({"setup.cfg": "[pytest]\npython_files = check_*.py\n"}, False),
    ],
)
def test_which_file_of_settings_counts(settings: dict[str, str], found: bool) -> None:
    assert verdict({**OTHER, **settings}, "tests_are_found") == ("passed" if found else "failed")
