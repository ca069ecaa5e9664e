"""Trials: variants of the code of which nobody in the students' process knows which are broken, and whom to believe then."""

import ast
import random
from typing import Any

import pytest

from grader.results import CheckResult
from grader.suite.suite_loader import load_suite
from grader.testing import run_check
from tests.places import CHECKS

SUITE = CHECKS / "m16_unittesting"
CODE = {
    "src/pkg/__init__.py": '"""A package."""\n',
    "src/pkg/data.py": "def numbers(size):\n    return [number % 10 for number in range(size)]\n",
    "src/pkg/model.py": "class Model:\n    def predict(self, batch):\n        return [value * 2 for value in batch]\n",
}
#: Tests that run everything, and accept whatever it gives.
WEAK = {
    "tests/test_data.py": "from pkg.data import numbers\n\n\ndef test_data():\n    assert numbers(12) != 3, 'no data at all'\n",
    "tests/test_model.py": "from pkg.model import Model\n\n\ndef test_model():\n    assert Model().predict([1]) != 3, 'no class'\n",
}
GOOD = {
    "tests/test_data.py": "from pkg.data import numbers\n\n\ndef test_data():\n    assert numbers(12)[9:] == [9, 0, 1], 'no digits'\n",
    "tests/test_model.py": "from pkg.model import Model\n\n\ndef test_model():\n    assert Model().predict([1]) == [2], 'no double'\n",
}
#: Before it stand imports and a function `noticed`: the tests fail where that says so.
FAIL = """

@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem):
    result = yield
    if noticed(pyfuncitem.config):
        raise AssertionError("the code gives something else")
    return result
"""
TREE = """
def tree(name):
    class WithoutPass(ast.NodeTransformer):
        def visit_Pass(self, node):
            return None

    parsed = ast.parse(pathlib.Path(f"src/pkg/{name}.py").read_text())
    own = [one for one in parsed.body if getattr(one, "name", "_").strip("_") == getattr(one, "name", "_")]
    return "".join(ast.dump(WithoutPass().visit(one)) for one in own)


def noticed(config):
    return hash_of(tree("data") + tree("model")) != KNOWN
"""
TOLD = {
    "the words of pytest": "def noticed(config):\n    return config.option.maxfail == 1",
    "the report that is asked for": "def noticed(config):\n    return not config.option.xmlpath",
    "who started it": "def noticed(config):\n    return getattr(sys.modules['__main__'], 'PLAN', {}).get('do') != 'measure'",
    "how often it ran": (
        "SEEN = False\n\n\ndef pytest_collection_modifyitems(items):\n    global SEEN\n"
        "    path = pathlib.Path('.seen')\n    before = path.read_text() if path.exists() else ''\n"
        "    now = str(sorted(item.nodeid for item in items)) + ';'\n    SEEN = now in before\n"
        "    path.write_text(before + now)\n\n\ndef noticed(config):\n    return SEEN"
    ),
    "the plan": (
        "def noticed(config):\n    texts = getattr(sys.modules['__main__'], 'PLAN', {}).get('texts', {})\n"
        "    return any(open(path).read() != text for path, text in texts.items())"
    ),
    "names in the code": (
        "def noticed(config):\n    from pkg import data, model\n"
        "    return len([*vars(data), *vars(model)]) > 20 or any(name[:2] == '_o' for name in [*vars(data), *vars(model)])"
    ),
    "when it was written": (
        "def noticed(config):\n    times = [path.stat().st_mtime_ns for path in pathlib.Path('src/pkg').glob('*.py')]\n"
        "    return max(times) - min(times) > 10**6"
    ),
}


def judge(check: str, files: dict[str, str]) -> CheckResult:
    return run_check(SUITE, check, {**CODE, **files}, profile="exercises")


def conftest(noticed: str) -> dict[str, str]:
    return {"tests/conftest.py": f"import ast, pathlib, sys\n\nimport pytest\n\n\n{noticed}\n{FAIL}"}


@pytest.mark.process
@pytest.mark.parametrize("noticed", TOLD.values(), ids=TOLD)
def test_who_tells_a_trial_by_anything_but_the_code_notices_nothing(noticed: str) -> None:
    outcome = judge("mutants_are_noticed", {**WEAK, **conftest(noticed)})
    assert (outcome.verdict, outcome.points) == ("failed", 0), outcome.message


@pytest.mark.process
def test_who_compares_the_tree_of_the_code_notices_nothing() -> None:
    head = "import hashlib\n\n\ndef hash_of(text):\n    return hashlib.sha256(text.encode()).hexdigest()\n\n"
    known = "\n\nKNOWN = hash_of(tree('data') + tree('model'))\n"
    # What is known is the tree of what was submitted: it is taken from a copy, as a cheat would write it down.
    copies = {path.replace("src/", "copied/src/").replace(".py", ".txt"): text for path, text in CODE.items()}
    looked = TREE.replace("def tree(name):", "def tree(name, folder='', suffix='py'):").replace(
        '"src/pkg/{name}.py"', '"{folder}src/pkg/{name}.{suffix}"'
    )
    known = known.replace("'data')", "'data', 'copied/', 'txt')").replace(
        "'model')", "'model', 'copied/', 'txt')"
    )
    outcome = judge("mutants_are_noticed", {**WEAK, **copies, **conftest(head + looked + known)})
    assert outcome.verdict == "failed", outcome.message


@pytest.mark.process
@pytest.mark.parametrize(
    "check",
    [
        "tests_pass",
        "code_is_covered",
        "mutants_are_noticed",
        "wrong_data_is_noticed",
        "a_wrong_model_is_noticed",
    ],
)
def test_tests_that_accept_whatever_the_code_gives_are_worth_nothing(check: str) -> None:
    assert judge(check, WEAK).verdict == "failed"
    assert judge(check, GOOD).verdict == "passed"


@pytest.mark.process
def test_an_outcome_that_is_forged_for_known_tests_alone_is_not_believed() -> None:
    forge = (
        "import pytest\n\n\n@pytest.hookimpl(wrapper=True)\ndef pytest_runtest_makereport(item, call):\n    report = yield\n"
        "    if item.name in ('test_data', 'test_model'):\n        report.outcome, report.longrepr = 'passed', None\n"
        "    return report\n"
    )
    broken = {"src/pkg/model.py": CODE["src/pkg/model.py"].replace("* 2", "* 3")}
    assert judge("tests_pass", {**GOOD, **broken, "tests/conftest.py": forge}).verdict == "failed"


@pytest.mark.process
@pytest.mark.parametrize("name", ["json.py", "secrets.py", "coverage.py"])
def test_a_file_of_a_known_name_does_not_run_the_tests(name: str) -> None:
    assert (
        judge("mutants_are_noticed", {**GOOD, name: "raise RuntimeError('not the library')\n"}).verdict
        == "passed"
    )


@pytest.mark.process
@pytest.mark.parametrize(
    "refusing",
    [
        "match size:\n        case 3:\n            pass\n        case _:\n            raise ValueError('not three')",
        "try:\n        {3: 1}[size]\n    except KeyError as problem:\n        raise ValueError('not three') from problem",
        "if size == 3:\n        return [0, 1, 2]\n    raise ValueError('not three')",
    ],
)
def test_a_refusal_need_not_be_an_if(refusing: str) -> None:
    code = f"def numbers(size):\n    {refusing}\n    return list(range(size))\n"
    body = "import pytest\nfrom pkg.data import numbers\n\n\ndef test_data():\n    with pytest.raises(ValueError):\n        numbers(4)\n"
    assert (
        judge("wrong_input_is_tested", {"src/pkg/data.py": code, "tests/test_data.py": body}).verdict
        == "passed"
    )


def common(name: str) -> Any:
    """A module of `checks/common`."""
    module = load_suite(SUITE)[0]
    package = module.__name__.rpartition(".")[0].rpartition(".")[0]
    return __import__(f"{package}.common.{name}", fromlist=[name])


CASES = """
from __future__ import annotations
def f(a, b):
    '''Text.'''
    if a > b:
        raise ValueError("a")
    else:
        c = a * 3 + 1
    assert b != 9
    return c
table = [f(1, 2), f(-2, 5)]
"""


def test_a_control_does_what_the_code_does_and_a_mutant_does_not() -> None:
    """All places of a function: a module that cannot be run would do something else, too, so each control has to run."""
    mutants = common("mutants")
    tree = ast.parse(CASES)
    function = next(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    places = [*mutants.sites(function), *(site for site, _ in mutants.refusals(function))]
    assert len(places) > 4
    for site in places:
        told = []
        for broken in (False, True):
            namespace: dict[str, Any] = {}
            text = mutants.in_two_forms(tree, function, site, broken=broken)
            try:
                exec(compile(text, "variant", "exec"), namespace)
                told.append([namespace["table"], refused(namespace["f"])])
            except (AssertionError, ValueError) as problem:
                told.append([str(problem)])
        assert told[0] == [[4, -5], [True, True]]
        assert told[1] != told[0], mutants.told_of(tree, function, site)


def refused(function: Any) -> list[bool]:
    found = []
    for pair in ((2, 1), (1, 9)):
        try:
            function(*pair)
            found.append(False)
        except (ValueError, AssertionError):
            found.append(True)
    return found


class Place:
    """A mutant as far as judging needs it."""

    def __init__(self, tests: list[str]) -> None:
        self.tests = tests


Told = tuple[str, list[str], list[str], str]


def belief(*controls: Told) -> Any:
    return common("trials").Belief(list(controls))


def test_a_test_that_once_fails_on_a_control_is_not_believed_and_the_others_are() -> None:
    good: Told = ("reported", [], ["a", "b"], "")
    found = belief(good, good, good, ("reported", ["a"], ["b"], "x"))
    place = Place(["a", "b"])
    assert not found.restless
    assert found.of(place, ("reported", ["a"], [], "x")) == ("survived", "")
    assert found.of(place, ("reported", ["b"], ["a"], "x")) == ("failed", "x")


def test_tests_that_fail_on_half_of_the_controls_notice_nothing() -> None:
    good: Told = ("reported", [], ["a", "b", "c"], "")
    found = belief(good, good, ("reported", ["a"], ["c"], "x"), ("reported", ["b"], ["c"], "x"))
    assert found.restless
    assert found.of(Place(["c"]), ("reported", ["c"], [], "x")) == ("survived", "")


def test_a_time_out_counts_where_controls_end_in_time() -> None:
    good: Told = ("reported", [], ["a"], "")
    late: Told = ("timeout", [], [], "")
    assert belief(good, good).of(Place(["a"]), late) == ("timeout", "")
    assert belief(good, late).of(Place(["a"]), late) == ("unknown", "")


@pytest.mark.parametrize(
    "answer",
    [None, [], ["reported"], ["failed", [], [], ""], ["reported", "a", [], ""], ["reported", [], [], 3]],
)
def test_what_is_told_of_a_variant_may_have_any_form(answer: Any) -> None:
    assert common("trials").sound(answer)[0] == "unknown"


def test_every_test_runs_on_a_control() -> None:
    trials = common("trials")
    tree = ast.parse(CASES)
    function = next(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    site = common("mutants").sites(function)[0]
    file = type("File", (), {"path": "a.py", "tree": tree})()
    mutants = [trials.Mutant(file, function, site, [name, "both"], "any") for name in "abcdef"]
    made = trials.Trials(mutants, random.Random(0))
    controls = len(made.variants) - len(mutants)
    assert controls >= len(mutants)
    answers = [["reported", [], one["tests"], ""] for one in made.variants]
    assert made.judged(answers) == ([("survived", "")] * 6, False)
    # Who tells the same of all of them fails on the controls.
    answers = [["reported", one["tests"], [], "x"] for one in made.variants]
    assert made.judged(answers) == ([("survived", "")] * 6, True)
