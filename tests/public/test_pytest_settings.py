"""How pytest finds and runs tests, after gleb-sevruk/pycrunch-engine#115, scientific-python/cookie#678,
martymcenroe/AssemblyZero#2737, thp/urlwatch#677 and classroom-resources/autograding-python-grader#6.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from grader.results import CheckResult
from grader.testing import run_check

CHECKS = Path("checks")
SUITE = CHECKS / "m16_unittesting"
CODE = {
    "src/p/__init__.py": "",
    "src/p/data.py": "def load(x: int) -> int:\n    return x * 2\n",
    "conftest.py": "import sys\n\nsys.path.insert(0, 'src')\n",
}
TEST = "from p.data import load\n\n\ndef test_load():\n    assert load(2) == 4\n"
WRONG = TEST.replace("== 4", "== 5")


def judged(check: str, files: dict[str, str], suite: Path = SUITE) -> CheckResult:
    return run_check(suite, check, {**CODE, **files}, profile="project")


@pytest.mark.parametrize(
    ("path", "settings"),
    [
        (
            "tests/check_data.py",
            {"pyproject.toml": '[tool.pytest.ini_options]\npython_files = ["check_*.py"]\n'},
        ),
        ("tests/check_data.py", {"pyproject.toml": '[tool.pytest]\npython_files = ["check_*.py"]\n'}),
        ("tests/check_data.py", {"pytest.ini": "[pytest]\npython_files = check_*.py test_*.py\n"}),
        ("tests/check_data.py", {"setup.cfg": "[tool:pytest]\npython_files =\n    check_*.py\n"}),
        ("tests/check_data.py", {"tox.ini": "[pytest]\npython_files = tests/check_*\n"}),
        ("tests/check_data.py", {"pytest.toml": '[pytest]\npython_files = ["check_*.py"]\n'}),
    ],
)
@pytest.mark.parametrize("check", ["tests_are_found", "tests_pass"])
def test_tests_are_in_the_files_that_settings_name(check: str, path: str, settings: dict[str, str]) -> None:
    if check == "tests_pass" and "toml" in str(settings) and "[tool.pytest]\n" in str(settings.values()):
        pytest.skip("what reads it is pytest 9")
    assert judged(check, {path: TEST, **settings}).verdict == "passed"
    assert judged("tests_are_found", {path: TEST}).verdict == "failed"


def test_functions_and_classes_go_by_their_settings() -> None:
    settings = {"pytest.ini": "[pytest]\npython_functions = check_*\npython_classes = *Suite\n"}
    test = (
        "from p.data import load\n\n\ndef check_load():\n    assert load(2) == 4\n\n\n"
        "class DataSuite:\n    def check_again(self):\n        assert load(3) == 6\n"
    )
    found = judged("tests_pass", {"tests/test_data.py": test, **settings})
    assert found.verdict == "passed"
    assert {one.name: one.value for one in found.measurements}["n_tests_collected"] == 2
    assert (
        judged("tests_pass", {"tests/test_data.py": test.replace("== 6", "== 7"), **settings}).verdict
        == "failed"
    )


@pytest.mark.parametrize(
    "settings",
    [
        {"pyproject.toml": '[tool.pytest]\naddopts = ["-m", "not slow"]\nmarkers = ["slow: takes long"]\n'},
        {
            "pyproject.toml": '[tool.pytest.ini_options]\naddopts = "-m \'not slow\'"\nmarkers = ["slow: takes long"]\n'
        },
        {"tox.ini": "[pytest]\naddopts = -ra -m 'not slow'\nmarkers =\n    slow: takes long\n"},
    ],
)
def test_what_the_settings_leave_out_is_left_out(settings: dict[str, str]) -> None:
    slow = "\n\n@pytest.mark.slow\ndef test_slow():\n    open('/nonexistent/data.bin')\n"
    files = {"tests/test_data.py": f"import pytest\n{TEST}{slow}", **settings}
    assert judged("tests_pass", files).verdict == "passed"
    assert judged("tests_pass", {"tests/test_data.py": f"import pytest\n{TEST}{slow}"}).verdict != "passed"


def test_settings_that_pytest_does_not_reach_decide_nothing() -> None:
    # An empty pytest.ini comes first and ends the search.
    settings = {"pytest.ini": "", "tox.ini": "[pytest]\npython_files = check_*.py\n"}
    assert judged("tests_are_found", {"tests/check_data.py": TEST, **settings}).verdict == "failed"


@pytest.mark.parametrize(
    "place", ["tests/helpers.py", "tests/__init__.py", "tests/checks/shapes.py", "tests/conftest.py"]
)
def test_an_assertion_beside_the_tests_is_one(place: str) -> None:
    helper = "from p.data import load\n\n\ndef check_double(x):\n    assert load(x) == 2 * x\n"
    module = place.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    test = f"from {module} import check_double\n\n\ndef test_double():\n    check_double(3)\n"
    files = {
        "tests/__init__.py": "",
        "tests/checks/__init__.py": "",
        place: helper,
        "tests/test_data.py": test,
    }
    assert judged("tests_assert", files).verdict == "passed"
    empty = {**files, place: helper.replace("assert load(x) == 2 * x", "load(x)")}
    assert judged("tests_assert", empty).verdict == "failed"


def test_an_assertion_in_the_code_under_test_is_none_of_the_test() -> None:
    code = {"src/p/data.py": "def load(x):\n    assert x > 0\n    return x * 2\n"}
    test = "from p.data import load\n\n\ndef test_load():\n    load(1)\n"
    assert judged("tests_assert", {**code, "tests/test_data.py": test}).verdict == "failed"


def test_no_word_of_the_grader_is_in_the_command_line_of_tests() -> None:
    code = {
        "src/p/options.py": "import argparse\n\n\ndef rate():\n    parser = argparse.ArgumentParser()\n"
        "    parser.add_argument('--rate', type=float, default=0.5)\n    return parser.parse_args().rate\n"
    }
    test = "from p.options import rate\n\n\ndef test_options():\n    assert rate() == 0.5\n"
    for check in ("tests_pass", "mutants_are_noticed"):
        assert judged(check, {**code, "tests/test_options.py": test}).verdict in ("passed", "partial"), check
    assert (
        judged("tests_pass", {**code, "tests/test_options.py": test.replace("0.5", "0.6")}).verdict
        == "failed"
    )


NESTED = {
    "README.md": "# A project in a folder\n",
    "app/pyproject.toml": '[project]\nname = "p"\nversion = "0"\n',
    "app/p/__init__.py": "",
    "app/p/data.py": "def load():\n    return int(open('data/n.txt').read())\n",
    "app/data/n.txt": "3\n",
    "app/tests/test_data.py": "from p.data import load\n\n\ndef test_load():\n    assert load() == 3\n",
}


@pytest.mark.parametrize("check", ["tests_pass", "mutants_are_noticed"])
def test_tests_run_in_the_folder_of_the_project(check: str) -> None:
    assert run_check(SUITE, check, NESTED, profile="project").verdict in ("passed", "partial")
    missing = {**NESTED, "app/tests/test_data.py": NESTED["app/tests/test_data.py"].replace("== 3", "== 4")}
    assert run_check(SUITE, "tests_pass", missing, profile="project").verdict == "failed"


def test_a_test_that_hangs_is_named_and_the_others_count(tmp_path: Path) -> None:
    shutil.copytree(CHECKS / "common", tmp_path / "checks" / "common")
    suite = tmp_path / "checks" / SUITE.name
    shutil.copytree(SUITE, suite)
    common = suite / "_common.py"
    text = common.read_text(encoding="utf-8")
    assert "TEST_S = 60\n" in text
    common.write_text(text.replace("TEST_S = 60\n", "TEST_S = 1\n"), encoding="utf-8")
    hangs = "\n\ndef test_hangs():\n    while True:\n        try:\n            pass\n        except Exception:\n            pass\n"
    found = judged("tests_pass", {"tests/test_data.py": TEST + hangs}, suite)
    assert found.verdict == "failed"
    assert [
        # The line is one of the loop in which it hangs.
        (
            one.line in range(8, 14),
            "test_hangs failed: " in one.text and "did not end in 1 seconds" in one.text,
        )
        for one in found.evidence
    ] == [(True, True)]
    assert {one.name: one.value for one in found.measurements}["n_tests_passed"] == 1


def test_a_variable_that_only_a_workflow_sets_excuses_its_test() -> None:
    staged = "import os\n\n\ndef test_staged():\n    name = os.getenv('MODEL_NAME')\n    assert name, 'MODEL_NAME must be set'\n"
    files = {"tests/test_data.py": TEST, "staged/test_staged.py": staged}
    assert judged("tests_pass", files).verdict == "passed"
    alone = judged("tests_pass", {"staged/test_staged.py": staged})
    assert alone.verdict == "not_applicable"
    assert alone.excused
    assert judged("tests_pass", {**files, "tests/test_more.py": WRONG}).verdict == "failed"
