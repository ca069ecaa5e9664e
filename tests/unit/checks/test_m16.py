"""The traps of M16: what tests may look like without being accused, and what their own process may claim in vain."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from grader import grading
from grader.course.module import Profile
from grader.course.pack import load_course
from grader.results import CheckResult, HistoryFigures
from grader.sandbox.local_sandbox import LocalSandbox
from grader.settings import Limits
from grader.submission.model import Submission
from grader.testing import run_check
from tests.places import CHECKS

SUITE = CHECKS / "m16_unittesting"
CODE = {
    "src/pkg/__init__.py": '"""A package."""\n',
    "src/pkg/data.py": "def make_dataset(size):\n    return [number % 10 for number in range(size)]\n",
    "src/pkg/model.py": "class Model:\n    def predict(self, batch):\n        return [value * 2 for value in batch]\n",
}
GOOD = {
    "tests/test_data.py": "from pkg.data import make_dataset\n\n\ndef test_data():\n    assert make_dataset(12)[-1] == 1\n",
    "tests/test_model.py": "from pkg.model import Model\n\n\ndef test_model():\n    assert Model().predict([1, 2]) == [2, 4]\n",
}


Files = dict[str, str]


def judge(check: str, files: Mapping[str, str | bytes], profile: Any = "exercises") -> CheckResult:
    return run_check(SUITE, check, {**CODE, **files}, profile=profile)


def measured(outcome: Any) -> Any:
    return {one.name: one.value for one in outcome.measurements}


def data_test(body: str, head: Any = "from pkg.data import make_dataset") -> Any:
    return {"tests/test_data.py": f"import pytest\n{head}\n\n\n{body}\n"}


def test_the_template_s_own_test_is_no_work() -> None:
    body = "def test_my_dataset():\n    assert isinstance(make_dataset(1), list)"
    assert judge("tests_are_found", data_test(body)).verdict == "blocked"


def test_only_functions_that_pytest_finds_are_counted() -> None:
    body = "class TestIt:\n    def test_a(self):\n        assert 1 < make_dataset(3)[2]\n\n    def helper(self):\n        pass\n"
    init = "class TestNot:\n    def __init__(self):\n        pass\n\n    def test_b(self):\n        assert make_dataset(1)\n"
    outcome = judge("tests_are_found", data_test(f"{body}\n\n{init}"))
    assert outcome.verdict == "passed"
    assert measured(outcome)["n_test_functions"] == 1


@pytest.mark.parametrize(
    "mark", ["@pytest.fixture", '@pytest.fixture(scope="module")', "@pytest_asyncio.fixture", "@fixture"]
)
@pytest.mark.parametrize("indent", ["", "    "], ids=["in the file", "in a class"])
def test_a_fixture_whose_name_begins_like_a_tests_is_none(mark: str, indent: str) -> None:
    """A real project's fixture `test_model` "never ran", which took a required point."""
    this = "self, " if indent else ""
    lines = [
        *(["class TestIt:"] if indent else []),
        f"{indent}{mark}",
        f"{indent}def test_model({this.removesuffix(', ')}):",
        f"{indent}    return make_dataset(3)",
        "",
        f"{indent}def test_size({this}test_model):",
        f"{indent}    assert len(test_model) == 3",
    ]
    head = "import pytest_asyncio\nfrom pytest import fixture\nfrom pkg.data import make_dataset"
    outcome = judge("tests_are_found", data_test("\n".join(lines), head))
    assert outcome.verdict == "passed"
    assert measured(outcome)["n_test_functions"] == 1


def test_a_test_file_that_does_not_parse_is_named() -> None:
    outcome = judge("tests_are_found", {**GOOD, "tests/test_broken.py": "def test_a(:\n"})
    assert (outcome.verdict, outcome.evidence[0].path) == ("failed", "tests/test_broken.py")


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        ("def test_a():\n    assert make_dataset(1) == [0]", "passed"),
        ("def test_a():\n    with pytest.raises(TypeError):\n        make_dataset('x')", "passed"),
        (
            "def check(found):\n    assert found == [0]\n\n\ndef test_a():\n    check(make_dataset(1))",
            "passed",
        ),
        ("def test_a(mocker):\n    mocker.patch('x').assert_called_once()", "passed"),
        ("def test_a():\n    make_dataset(1)", "failed"),
        ("def test_a():\n    assert True", "failed"),
        ("def test_a():\n    assert make_dataset(1) == make_dataset(1)", "failed"),
        ("def test_a():\n    assert make_dataset(1) == [3] or True", "failed"),
        ("def test_a():\n    assert (make_dataset(1) == [3], 'wrong')", "failed"),
        ("def test_a():\n    # assert make_dataset(1) == [0]\n    pass", "failed"),
        (
            "def test_a():\n    assert make_dataset(1) == [0]\n\n\ndef test_b():\n    make_dataset(1)",
            "partial",
        ),
    ],
)
def test_what_counts_as_checking_something(body: str, verdict: str) -> None:
    assert judge("tests_assert", data_test(body)).verdict == verdict


@pytest.mark.parametrize(
    ("head", "body", "verdict"),
    [
        (
            "from src.pkg.data import make_dataset",
            "def test_a():\n    assert make_dataset(1) == [0]",
            "passed",
        ),
        ("import pkg.data as d", "def test_a():\n    assert d.make_dataset(1) == [0]", "passed"),
        ("import json", "def test_a():\n    assert json.loads('1') == 1", "failed"),
        (
            "from hydra.utils import instantiate",
            "def test_data():\n    assert instantiate({'_target_': 'x'}).size == 3",
            "passed",
        ),
        (
            "from pkg.data import make_dataset",
            "@pytest.mark.skip\ndef test_a():\n    assert make_dataset(1) == [0]",
            "failed",
        ),
        (
            "from pkg.data import make_dataset",
            "@pytest.mark.skipif(not make_dataset, reason='no data')\ndef test_a():\n    assert make_dataset(1) == [0]",
            "passed",
        ),
    ],
)
def test_what_counts_as_a_test_of_the_data(head: str, body: str, verdict: str) -> None:
    assert judge("data_is_tested", {**GOOD, **data_test(body, head)}).verdict == verdict


@pytest.mark.parametrize(
    ("check", "file", "head", "body", "verdict"),
    [
        (
            "data_is_tested",
            "tests/test_data.py",
            "import torch\ntrain = torch.load('data/train.pt')",
            "def test_shape():\n    assert train.shape == (100, 5)",
            "partial",
        ),
        (
            "data_is_tested",
            "tests/test_sets.py",
            "from datasets import load_from_disk\ndef load():\n    return load_from_disk('data')",
            "def test_dataset():\n    assert load().shape == (8530, 5)",
            "partial",
        ),
        (
            "model_or_training_is_tested",
            "tests/test_model.py",
            "from transformers import AutoModel",
            "def test_output():\n    assert AutoModel.from_pretrained('models')(1).shape == (1, 2)",
            "partial",
        ),
        # Nothing is loaded; something else is; nothing is checked; it is a test of something else.
        (
            "data_is_tested",
            "tests/test_data.py",
            "import torch",
            "def test_data():\n    assert torch.ones(2).sum() == 2",
            "failed",
        ),
        (
            "model_or_training_is_tested",
            "tests/test_model.py",
            "import pandas as pd",
            "def test_model():\n    assert len(pd.read_csv('x.csv')) == 2",
            "failed",
        ),
        (
            "data_is_tested",
            "tests/test_data.py",
            "import torch",
            "def test_data():\n    torch.load('data/train.pt')",
            "failed",
        ),
        (
            "data_is_tested",
            "tests/test_api.py",
            "import torch",
            "def test_health():\n    assert torch.load('x.pt').ok == 1",
            "failed",
        ),
    ],
)
def test_tests_that_read_files_themselves_are_a_part(
    check: str, file: str, head: str, body: str, verdict: str
) -> None:
    assert judge(check, {file: f"{head}\n\n\n{body}\n", "src/pkg/train.py": "x = 1\n"}).verdict == verdict


def test_a_model_test_that_makes_its_input_from_the_data_is_no_data_test() -> None:
    both = "from pkg.data import make_dataset\nfrom pkg.model import Model\n\n\n"
    test = f"{both}def test_a():\n    assert Model().predict(make_dataset(2)) == [0, 2]\n"
    assert judge("data_is_tested", {"tests/test_model.py": test}).verdict == "failed"
    assert judge("model_or_training_is_tested", {"tests/test_model.py": test}).verdict == "passed"


@pytest.mark.parametrize(
    ("files", "verdict"),
    [
        ({"pyproject.toml": '[tool.coverage.run]\nomit = ["tests/*"]\n'}, "passed"),
        ({".coveragerc": "[run]\nsource = src\n"}, "passed"),
        ({"Makefile": "test:\n\tpytest --cov=src tests/\n"}, "passed"),
        ({"pyproject.toml": '[tool.coverage.run]\nsource = ["."]\n'}, "failed"),
        ({"pyproject.toml": '[tool.coverage.run]\nomit = ["tests/*", "src/*"]\n'}, "failed"),
        (
            {
                "pyproject.toml": '[tool.coverage.run]\nomit = ["tests/*"]\n[tool.coverage.report]\nexclude_also = [".*"]\n'
            },
            "failed",
        ),
        ({".coveragerc": "omit without a section\n"}, "failed"),
        ({"pyproject.toml": "[tool]\ncoverage = 3\n"}, "failed"),
    ],
)
def test_coverage_settings(files: dict[str, str], verdict: str) -> None:
    assert judge("coverage_counts_the_code", {**GOOD, **files}).verdict == verdict


def test_a_commented_command_measures_nothing() -> None:
    assert (
        judge("coverage_is_measured", {**GOOD, "Makefile": "# coverage run -m pytest\n"}).verdict == "failed"
    )
    assert (
        judge("coverage_is_measured", {**GOOD, "Makefile": "t:\n\tcoverage run -m pytest\n"}).verdict
        == "passed"
    )


@pytest.mark.process
def test_outcomes_are_counted_and_said_to_be_the_students_own() -> None:
    body = "@pytest.mark.parametrize('n', [1, 2])\ndef test_a(n):\n    assert len(make_dataset(n)) == n\n\n\n"
    skipped = "@pytest.mark.skipif(True, reason='no data')\ndef test_b():\n    assert make_dataset(1) == [0]"
    outcome = judge("tests_pass", data_test(body + skipped))
    counts = {"n_tests_collected": 3, "n_tests_passed": 2, "n_tests_failed": 0, "n_tests_skipped": 1}
    assert (outcome.verdict, measured(outcome)) == ("passed", {**counts, "tests_unmeasured": 0})
    assert all(one.self_reported for one in outcome.measurements)


GET_DATA = {"data/raw.dvc": "outs:\n- path: raw\n"}


@pytest.mark.process
@pytest.mark.parametrize(
    ("raised", "more", "verdict", "unmeasured"),
    [
        ("open('data/raw/train.csv')", {}, "partial", 1),
        ("open('data/raw/train.csv')", GET_DATA, "passed", 1),
        ("raise ConnectionError('Name or service not known')", {}, "passed", 1),
        ("__import__('ctypes').CDLL('libnowhere.so.1')", {}, "passed", 1),
        ("assert make_dataset(1) == [5]", {}, "failed", 0),
        ("assert make_dataset(1) == [5]", GET_DATA, "failed", 0),
    ],
)
def test_a_test_that_lacks_data_or_a_network_is_told_from_one_that_is_wrong(
    raised: str, more: Any, verdict: str, unmeasured: int
) -> None:
    outcome = judge("tests_pass", {**GOOD, **data_test(f"def test_a():\n    {raised}"), **more}, "project")
    assert outcome.verdict == verdict
    assert "tests/test_data.py" in {one.path for one in outcome.evidence}
    found = measured(outcome)
    assert (found["n_tests_failed"], found["tests_unmeasured"]) == (1, unmeasured)


@pytest.mark.process
def test_where_no_test_could_run_nobody_can_tell() -> None:
    body = "def test_a():\n    raise ConnectionError('no network')\n\n\ndef test_b():\n    assert make_dataset(1)[0] == len(open('x'))"
    files = {**data_test(body), **GET_DATA}
    assert judge("tests_pass", files, "project").verdict == "not_applicable"
    assert judge("mutants_are_noticed", files, "project").verdict == "not_applicable"


@pytest.mark.process
def test_an_exercise_is_made_to_run_here_and_a_missing_network_excuses_nothing() -> None:
    body = "def test_a():\n    raise ConnectionError('Name or service not known')"
    assert judge("tests_pass", {**GOOD, **data_test(body)}).verdict == "failed"


@pytest.mark.process
def test_little_coverage_for_want_of_a_network_is_no_accusation() -> None:
    unused = "def unused(value):\n" + "    value += 1\n" * 90 + "    return value\n"
    body = "def test_a():\n    raise ConnectionError('no network')"
    files = {**GOOD, **data_test(body), "src/pkg/train.py": unused}
    outcome = judge("code_is_covered", files, "project")
    assert outcome.verdict == "not_applicable"
    assert "network" in measured(outcome)["coverage_lacks"]
    assert measured(outcome)["coverage_all_percent"] < 15
    assert judge("code_is_covered", {**files, **GOOD}, "project").verdict == "failed"


def whole(root: Path, files: Mapping[str, str], profile: Profile, limits: Limits) -> dict[str, CheckResult]:
    """Run all checks of the suite in one session."""
    for path, text in {**CODE, **files}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    submission = Submission(
        id="one",
        source="one",
        root=root,
        commit="0" * 40,
        branch="main",
        committed_at=None,
        fetched_at=datetime(2026, 1, 1, tzinfo=UTC),
        dirty=False,
        history=HistoryFigures(),
    )
    course = load_course()
    plan = grading.plan(course.select(["M16"]), profile)
    ran = grading.run(
        plan,
        submission=submission,
        course=course,
        sandbox=LocalSandbox(),
        facts={"profile": profile},
        limits=limits,
    )
    return {one.id.partition(".")[2]: one for one in grading.collect(plan, ran).modules[0].checks}


@pytest.mark.process
@pytest.mark.parametrize("profile", ["exercises", "project"])
def test_tests_that_never_end_time_out_once_and_block_what_needs_them(
    tmp_path: Path, profile: Profile
) -> None:
    endless = data_test("def test_data():\n    import time\n    time.sleep(1e6 if make_dataset(1) else 0)")
    found = whole(tmp_path, {**GOOD, **endless}, profile, Limits(call_s=4.0))
    names = ("tests_pass", "code_is_covered", "mutants_are_noticed")
    assert [found[name].verdict for name in names] == ["timeout", "blocked", "blocked"]
    assert found["tests_are_found"].verdict == "passed"


@pytest.mark.process
def test_the_tests_run_once_on_what_was_submitted(tmp_path: Path) -> None:
    """Each run of `test_data` appends to a file; runs on broken code are told by the `pass` in what is written anew."""
    count = tmp_path / "count"
    body = (
        f"def test_data():\n    import inspect\n    if 'pass' not in inspect.getsource(make_dataset):\n"
        f"        open({str(count)!r}, 'a').write('x')\n    assert make_dataset(12)[-1] == 1"
    )
    found = whole(tmp_path / "files", {**GOOD, **data_test(body)}, "project", Limits())
    assert {found[name].verdict for name in ("tests_pass", "code_is_covered")} == {"passed"}
    assert found["mutants_are_noticed"].verdict == "passed"
    assert count.read_text() == "x"


@pytest.mark.process
def test_a_file_that_cannot_be_imported_for_want_of_a_library_makes_no_number_of_tests() -> None:
    files = {
        **GOOD,
        "tests/test_more.py": "import ctypes\nctypes.CDLL('libnowhere.so.1')\n\n\ndef test_c():\n    assert len([1]) == 1\n",
    }
    found = measured(judge("tests_pass", files))
    assert found["n_tests_collected_at_least"] == 2
    assert "n_tests_collected" not in found


@pytest.mark.process
def test_options_of_plugins_that_are_not_there_do_not_matter() -> None:
    files = {
        **GOOD,
        "pyproject.toml": '[tool.pytest.ini_options]\naddopts = "--cov=src -n auto --collect-only"\n',
    }
    assert judge("tests_pass", files).verdict == "passed"


@pytest.mark.process
def test_a_test_that_a_conftest_leaves_out_is_missed() -> None:
    hook = "def pytest_collection_modifyitems(items):\n    items[:] = [one for one in items if one.name != 'test_model']\n"
    files = {**GOOD, "tests/conftest.py": hook}
    outcome = judge("tests_pass", files)
    assert (outcome.verdict, outcome.points) == ("partial", 1)


@pytest.mark.process
def test_a_conftest_that_leaves_out_what_it_does_not_know_is_noticed() -> None:
    hook = "def pytest_collection_modifyitems(items):\n    items[:] = [one for one in items if one.name[5:] in 'data model']\n"
    assert judge("tests_pass", {**GOOD, "tests/conftest.py": hook}).verdict == "failed"


@pytest.mark.process
def test_coverage_of_all_code_is_told_from_that_of_what_is_imported() -> None:
    unused = "def unused(value):\n" + "    value += 1\n" * 9 + "    return value\n"
    outcome = judge("code_is_covered", {**GOOD, "src/pkg/train.py": unused})
    found = measured(outcome)
    assert found["coverage_percent"] == 100
    assert found["coverage_all_percent"] < 50


@pytest.mark.process
def test_weak_tests_notice_no_mutant_and_good_ones_do() -> None:
    weak = {
        "tests/test_data.py": "from pkg.data import make_dataset\n\n\ndef test_data():\n    assert len(make_dataset(9)) >= 0\n",
    }
    outcome = judge("mutants_are_noticed", GOOD)
    found = measured(outcome)
    assert outcome.verdict == "passed"
    assert found["mutants_killed"] == found["mutants_total"] > 0
    outcome = judge("mutants_are_noticed", weak)
    assert (outcome.verdict, measured(outcome)["mutants_killed"]) == ("failed", 0)
    assert outcome.evidence[0].path == "src/pkg/data.py"


@pytest.mark.process
def test_a_server_error_is_excused_beside_a_test_that_names_what_is_not_here() -> None:
    answer = "import pkg.model\n\n\ndef test_answer():\n    status = 500\n    assert status == 200\n"
    fetch = "import pkg.model\n\n\ndef test_fetch():\n    raise ConnectionError('hub.example')\n"
    alone = judge("tests_pass", {"tests/test_answer.py": answer}, "project")
    assert alone.verdict == "failed"
    beside = judge("tests_pass", {"tests/test_answer.py": answer, "tests/test_fetch.py": fetch}, "project")
    assert beside.verdict == "not_applicable", beside
    other = {"tests/test_answer.py": answer.replace("500", "404"), "tests/test_fetch.py": fetch}
    assert judge("tests_pass", other, "project").verdict == "failed"


@pytest.mark.process
def test_a_file_that_breaks_inside_of_another_version_is_excused_however_long_the_words_are() -> None:
    library = {
        "env/site-packages/brittle.py": "def load(path):\n    raise ValueError(f'{path} cannot be read. ' + 'Know that ' * 900)\n",
        "tests/conftest.py": "import sys\n\nsys.path.append('env/site-packages')\n",
    }
    tests = "import brittle\nfrom pkg.model import Model\n\nWEIGHTS = brittle.load('model.pt')\n\n\ndef test_a():\n    assert Model().predict([1]) == [2]\n"
    files = {**CODE, **library, "tests/test_a.py": tests}
    changed = {"brittle": "asked for ==1, has 2"}
    other = run_check(SUITE, "tests_pass", files, profile="project", changed=changed)
    assert other.verdict == "not_applicable", other
    assert "asked for ==1, has 2" in other.message
    as_asked = run_check(SUITE, "tests_pass", files, profile="project")
    assert as_asked.verdict == "failed"


@pytest.mark.process
def test_a_library_that_breaks_as_it_is_imported_is_no_fault_of_the_tests() -> None:
    tests = "import brittle\nfrom pkg.model import Model\n\n\ndef test_a():\n    assert Model().predict([1]) == [2]\n"
    files = {"tests/test_a.py": tests}
    broken = "raise ValueError('mutable default for field conv is not allowed: use default_factory')\n"
    library = {
        "env/site-packages/brittle.py": broken,
        "tests/conftest.py": "import sys\n\nsys.path.append('env/site-packages')\n",
    }
    assert judge("tests_pass", {**files, **library}, "project").verdict == "not_applicable"
    own = {
        **files,
        "tests/test_a.py": tests.replace("import brittle", "from pkg import brittle"),
        "src/pkg/brittle.py": broken,
    }
    assert judge("tests_pass", own, "project").verdict == "failed"


@pytest.mark.process
def test_tests_of_a_project_that_no_time_is_left_for_count_neither_way() -> None:
    # What the program takes for the time when it began decides how much is left.
    late = """
def pytest_collection_finish(session):
    for plugin in session.config.pluginmanager.get_plugins():
        if type(plugin).__name__ == "Limit":
            plugin.left_s.__func__.__globals__["BEGAN"] -= {spent}
"""
    files = {
        "tests/test_fine.py": "from pkg.model import Model\n\n\ndef test_fine():\n    assert Model().predict([1]) == [2]\n"
    }
    one = judge("tests_pass", {**files, "tests/conftest.py": late.format(spent=0)}, "project")
    assert one.verdict == "passed"
    none = judge("tests_pass", {**files, "tests/conftest.py": late.format(spent=80)}, "project")
    assert none.verdict == "not_applicable", none
    assert "75 seconds" in none.message
    mutants = judge("mutants_are_noticed", {**files, "tests/conftest.py": late.format(spent=80)}, "project")
    assert mutants.verdict == "not_applicable", mutants
    # An exercise is small: its tests have what the run has.
    strict = judge("tests_pass", {**files, "tests/conftest.py": late.format(spent=80)})
    assert strict.verdict == "passed"


@pytest.mark.process
def test_tests_of_a_project_that_take_long_are_left_out_beside_quick_ones_and_it_is_said() -> None:
    # What the report says of durations decides.
    slow = """import pytest


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    report.duration = 20.0 if "slow" in item.name else 0.0
    return report
"""
    quick = "from pkg.model import Model\n\n\ndef test_weak():\n    assert Model().predict([1]) != 3, 'no class'\n"
    exact = "from pkg.model import Model\n\n\ndef test_slow():\n    assert Model().predict([1]) == [2], 'no double'\n"
    files = {"tests/conftest.py": slow, "tests/test_slow.py": exact}
    alone = judge("mutants_are_noticed", files, "project")
    assert alone.verdict == "passed"
    beside = judge("mutants_are_noticed", {**files, "tests/test_weak.py": quick}, "project")
    assert beside.verdict == "failed"
    assert "(1 not tried) noticed" in beside.evidence[0].text
    assert judge("mutants_are_noticed", {**files, "tests/test_weak.py": quick}).verdict == "passed"


@pytest.mark.process
def test_of_a_projects_tests_those_that_run_the_least_beside_the_change_are_tried() -> None:
    durations = """import pytest


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    report.duration = 3.0
    return report
"""
    code = "def double(value):\n    return value * 2\n\n\ndef half(value):\n    return value / 2\n"
    broad = (
        "from pkg.numbers import double, half\n\n\ndef test_all_of_it():\n    assert half(double(3)) > 0\n"
    )
    close = "from pkg.numbers import {0}\n\n\ndef test_{0}():\n    assert {0}(4) == {1}\n"
    files = {
        "src/pkg/numbers.py": code,
        "tests/conftest.py": durations,
        "tests/test_all.py": broad,
        "tests/test_double.py": close.format("double", 8),
        "tests/test_half.py": close.format("half", 2),
    }
    outcome = judge("mutants_are_noticed", files, "project")
    assert outcome.verdict == "passed", outcome


def test_a_suite_that_does_not_pass_can_notice_nothing() -> None:
    files = data_test("def test_a():\n    assert make_dataset(1) == [5]")
    assert judge("mutants_are_noticed", files).verdict == "failed"


@pytest.mark.process
@pytest.mark.parametrize("restored", ["", "\nwith open(path, 'w') as file:\n    file.write(before)"])
def test_code_that_is_written_anew_while_its_tests_run_is_not_what_was_submitted(restored: str) -> None:
    unpack = (
        "import pathlib\npath = pathlib.Path(__file__).with_name('data.py')\nbefore = path.read_text()\n"
        "path.write_text('def make_dataset(size):\\n    return [number % 10 for number in range(size)]\\n')\n"
        f"from pkg.data import make_dataset{restored}\n"
    )
    broken = {"src/pkg/data.py": "def make_dataset(size):\n    return []\n", "src/pkg/__init__.py": unpack}
    outcome = judge("tests_pass", {**GOOD, **broken})
    assert outcome.verdict == "failed"
    assert "src/pkg/data.py" in outcome.message


REFUSING = "class Model:\n    def predict(self, batch):\n        if not batch:\n            raise ValueError('an empty batch')\n        return [value * 2 for value in batch]\n"


def model_test(body: str, code: str = REFUSING) -> Files:
    return {
        "src/pkg/model.py": code,
        "tests/test_model.py": f"import pytest\nfrom pkg.model import Model\n\n\n{body}\n",
    }


@pytest.mark.process
@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        ("def test_a():\n    with pytest.raises(ValueError):\n        Model().predict([])", "passed"),
        (
            "def test_a():\n    try:\n        Model().predict([])\n    except ValueError:\n        assert 1 < 2",
            "failed",
        ),
        ("def test_a():\n    with pytest.raises(ValueError):\n        raise ValueError", "failed"),
        ("def test_a():\n    assert Model().predict([1]) == [2]", "failed"),
    ],
)
def test_a_refusal_is_tested_where_its_absence_is_noticed(body: str, verdict: str) -> None:
    assert judge("wrong_input_is_tested", {**GOOD, **model_test(body)}).verdict == verdict


@pytest.mark.process
@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        ("def test_a():\n    assert Model().predict([1]) == [2], 'not twice as much'", "passed"),
        ("def test_a():\n    assert Model().predict([1]) == [2]", "failed"),
        ("def test_a():\n    assert Model().predict([1]) is not None, 'nothing'", "failed"),
    ],
)
def test_a_failing_assertion_says_why(body: str, verdict: str) -> None:
    assert judge("failures_say_why", {**model_test(body)}).verdict == verdict


@pytest.mark.process
def test_cases_count_where_they_run_the_code() -> None:
    cases = "@pytest.mark.parametrize('n', [1, 2])\ndef test_a(n):\n    assert {} == 2 * n"
    found = [
        judge("tests_run_for_several_cases", {**GOOD, **model_test(cases.format(code))}).verdict
        for code in ("Model().predict([n])[0]", "n + n")
    ]
    assert found == ["passed", "failed"]


@pytest.mark.process
def test_code_that_a_shared_fixture_runs_is_tested_by_all_its_users() -> None:
    """The mutant runs in the fixture, once, and only the second test looks at what it gave."""
    body = (
        "@pytest.fixture(scope='module')\ndef numbers():\n    return make_dataset(12)\n\n\n"
        "def test_a(numbers):\n    assert numbers is not None, 'none'\n\n\n"
        "def test_b(numbers):\n    assert numbers == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1], 'others'"
    )
    files = {**data_test(body), "src/pkg/model.py": ""}
    outcome = judge("wrong_data_is_noticed", files)
    assert (outcome.verdict, outcome.message) == ("passed", "")
    assert judge("code_is_covered", files).verdict == "passed"


@pytest.mark.process
def test_tests_that_fail_when_others_are_left_out_notice_nothing() -> None:
    hook = "import pytest\n\n\ndef pytest_collection_modifyitems(items):\n    if len(items) < 3:\n        raise pytest.UsageError('no')\n"
    weak = {
        "tests/test_data.py": "from pkg.data import make_dataset\n\n\ndef test_data():\n    assert make_dataset(9) is not None\n",
        "tests/test_model.py": "from pkg.model import Model\n\n\ndef test_model():\n    assert Model().predict([1]) is not None\n",
        "tests/conftest.py": hook,
    }
    assert judge("tests_pass", weak, "project").verdict == "passed"
    assert judge("mutants_are_noticed", weak).verdict == "failed"


@pytest.mark.process
def test_tests_that_run_no_code_do_not_pass_in_exercises() -> None:
    empty = {
        path: text.replace("    assert", "    if len('') > 1:\n        assert") for path, text in GOOD.items()
    }
    found = [judge("tests_pass", empty, profile).verdict for profile in ("exercises", "project")]
    assert found == ["failed", "passed"]


@pytest.mark.process
@pytest.mark.parametrize(
    "told",
    [
        "[]",
        "{",
        '{"files": {"src/pkg/data.py": [1]}}',
        '{"files": {"src/pkg/data.py": ["x", 2]}}',
        '{"lines": {"src/pkg/data.py": [[1, 99999999999, 0]]}, "sets": ["1"]}',
        '{"lines": {"src/pkg/data.py": [[5, 2, 0]]}, "sets": ["1"]}',
        '{"lines": {"src/pkg/data.py": [[1, 2, 7]]}, "sets": ["1"]}',
        '{"sets": ["not hex"]}',
        '{"report": 3}',
        '{"report": "<!DOCTYPE x>"}',
    ],
)
def test_what_the_run_tells_is_never_trusted_to_have_a_form(told: str) -> None:
    forge = (
        "import atexit, glob\n\n\ndef forge():\n    for path in glob.glob('run_*.json'):\n"
        f"        open(path, 'w').write({told!r})\n\n\natexit.register(forge)\n"
    )
    outcome = judge("tests_pass", {**GOOD, "tests/conftest.py": forge})
    assert outcome.verdict == "failed", outcome.message


@pytest.mark.process
@pytest.mark.parametrize(
    ("readme", "more", "verdict"),
    [
        ("Run `coverage run -m pytest tests/`.\n", {}, "passed"),
        ("    uv run coverage run --source=src -m pytest\n", {}, "passed"),
        ("    pytest tests\n", {}, "failed"),
        ("    coverage run -m pytest nowhere/\n", {}, "failed"),
        ("    coverage run -m pytest tests/\n", {".coveragerc": "[run]\nsource = src,tests\n"}, "failed"),
        ("    coverage run -m pytest tests/\n", {".coveragerc": "[run]\nomit = tests/*,*/model.py\n"}, "failed"),
        ("    coverage run -m pytest tests/\n", {".coveragerc": "[report]\nomit = tests/*\nexclude_lines = def\n"}, "failed"),
        ("    coverage run -m pytest tests/\n", {".coveragerc": "[run]\nomit = tests/*\nparallel = true\n"}, "passed"),
    ],
)  # fmt: skip
def test_the_repository_s_own_command_measures_the_code(
    readme: str, more: dict[str, str], verdict: str
) -> None:
    settings = more or {".coveragerc": "[run]\nomit = tests/*\n"}
    outcome = judge("own_coverage_is_of_the_code", {**GOOD, **settings, "README.md": f"# Points\n\n{readme}"})
    assert outcome.verdict == verdict, outcome.message


def test_tests_of_an_application_alone_start_nothing_in_exercises() -> None:
    api = {
        "tests/test_api.py": "from fastapi.testclient import TestClient\n\n\ndef test_api():\n    assert TestClient(1).get('/')\n"
    }
    assert judge("tests_are_found", api).verdict == "blocked"
    assert judge("tests_are_found", api, "project").verdict == "passed"
