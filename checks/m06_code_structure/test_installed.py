"""M6: what is installed is the package: it imports from anywhere, and the tests test it."""

import ast
import posixpath
import re

from grader.suite import SubmissionFault, check, evidence, not_applicable

from ._common import CPU_S, WALL_S, imports, table

_SITE = ".installed"
_INSTALL = (
    *("install", ".", "--target", _SITE, "--no-deps", "--no-index", "--no-build-isolation"),
    *("--ignore-requires-python", "--no-compile", "--no-cache-dir", "--disable-pip-version-check", "--quiet"),
)
#: The backends that are installed beside pip.
_BACKENDS = (
    *("setuptools", "hatchling", "uv_build", "poetry", "flit_core", "pdm"),
    *("flit", "distutils"),
)
_MOST = 40


def _package(submission):
    """The students' package; fails where there is none."""
    package = submission.package
    if package is None and submission.broken_python:
        raise submission.broken_python[0]
    named = package is not None and package.name
    assert named, "The code lies in no package: move it into `src/<name>/`, with an `__init__.py`."
    return package


def _modules(submission, package):
    """The dotted names of its modules, those that do not parse, too; without tests and programs that start when imported."""
    known = {file.path for file in package.modules}
    broken = {place.path for fault in submission.broken_python for place in fault.evidence}
    paths = [path for path in submission.files(f"{package.folder}/**/*.py") if path in known | broken]
    names = {package.module_name(path) for path in paths if not path.endswith("__main__.py")}
    return sorted(names - {""})[:_MOST]


def _runs_from_its_folder(submission, package, name, fault):
    """Whether a module is a program that imports the files beside it by their bare names, as the course's own ones do."""
    said = " ".join([fault.message, *(one.text for one in fault.evidence)])
    lacking = re.search(r"No module named '(\w+)'", said)
    paths = [
        path for path in submission.files(f"{package.folder}/**/*.py") if package.module_name(path) == name
    ]
    if not lacking or not paths or not submission.python(paths[0]).has_main_guard:
        return False
    return submission.exists(posixpath.join(posixpath.dirname(paths[0]), f"{lacking.group(1)}.py"))


@check(
    "The package installs, and its modules can be imported from anywhere",
    points=2,
    questions=[4, 5],
    scope="exercises",
    environment="required",
    hint="`pip install .` needs a `[build-system]` and a `[project]` with name and version in pyproject.toml. Modules import "
    "each other by their full name, what they import is declared, and importing one does no work.",
)
def test_package_installs(submission, student):
    package = _package(submission)
    try:
        backend = str(table(submission.pyproject, "build-system").get("build-backend", "setuptools"))
    except SubmissionFault:
        backend = "setuptools"
    if backend.partition(".")[0] not in _BACKENDS:
        not_applicable(f"Its build backend, {backend[:60]}, is not there where grading runs.")
    student.run_tool("pip", _INSTALL, timeout=WALL_S, cpu_s=CPU_S).succeeded()
    found = imports(student, _modules(submission, package), only=_SITE)
    for name, fault in found.items():
        if fault is not None and not _runs_from_its_folder(submission, package, name, fault):
            fault.message = f"Of the installed package, `import {name}`: {fault.message}"
            raise fault
    evidence(package.folder, None, f"installed, with {len(found)} modules")


#: Takes the package out of the repository into a folder of its own, and runs the tests on it, from where they are.
_TEST = """
import os, shutil, sys
here = os.getcwd()
os.makedirs(site, exist_ok=True)
shutil.move(folder, os.path.join(site, name))
for path, text in changed.items():
    with open(os.path.join(site, name, path), "w", encoding="utf-8") as file:
        file.write(text)
inside = os.path.abspath(site)
outside = [one for one in sys.path if not (one + os.sep).startswith(here + os.sep)]
sys.path[:] = [inside, *outside]
os.environ["PYTHONPATH"] = inside
import pytest

class Count:
    passed = failed = 0

    def pytest_runtest_logreport(self, report):
        self.passed += report.when == "call" and report.passed
        self.failed += bool(report.failed)

    def pytest_collectreport(self, report):
        self.failed += bool(report.failed)

count = Count()
pytest.main(["-q", "--tb=line", "-p", "no:cacheprovider", "-p", "no:platformdirs", *tests], plugins=[count])
result = [int(count.passed), int(count.failed)]
"""


@check(
    "The tests test the installed package, and notice when it does nothing",
    points=3,
    questions=[5],
    scope="exercises",
    environment="required",
    requires=["package_installs"],
    hint="`from <name>.data import …` in `tests/test_data.py`, without `sys.path`; then call what you import, and compare what "
    "comes back with what it has to be.",
)
def test_tests_use_the_package(submission, student):
    package = _package(submission)
    tests = [file for file in submission.code(tests=True) if _is_test(file)]
    assert tests, "There are no tests: no `test_*.py` with a function `test_…`."
    paths = [file.path for file in tests][:_MOST]
    places = {
        "folder": package.folder,
        "name": package.name,
        "tests": paths,
        "timeout": WALL_S,
        "cpu_s": CPU_S,
    }
    passed, failed = _counts(student.probe(_TEST, site=_SITE, changed={}, **places))
    assert not failed, (
        f"{failed} tests fail where the package is installed and `{package.folder}` is not beside them."
    )
    assert passed, "No test runs to its end."
    emptied = {
        file.path.removeprefix(f"{package.folder}/"): _emptied(file)
        for file in package.modules
        if file.name != "__init__"
    }
    student.probe(_RESTORE, site=_SITE, folder=package.folder, name=package.name)
    _, noticed = _counts(student.probe(_TEST, site=_SITE, changed=emptied, **places))
    assert noticed, f"All tests pass, too, where no function of `{package.name}` does anything."
    for file in tests[:5]:
        evidence(file.path, None, "fails where the package does nothing")


_RESTORE = """
import os, shutil
shutil.move(os.path.join(site, name), folder)
"""


def _counts(replied):
    known = isinstance(replied, list) and len(replied) == 2 and all(type(one) is int for one in replied)
    assert known, "The run of the tests says nothing that can be read."
    return replied


def _is_test(file):
    findable = file.name.startswith("test_") or file.name.endswith("_test")
    return findable and any(function.name.startswith("test") for function in file.functions)


def _emptied(file):
    """A module whose functions all do nothing: each gives back the first thing that it is given."""
    tree = ast.parse(file.text)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            node.body = [ast.Return(value=_given(node))]
    return ast.unparse(ast.fix_missing_locations(tree))


def _given(function):
    names = [one.arg for one in (*function.args.posonlyargs, *function.args.args)]
    names = [name for name in names if name not in ("self", "cls")]
    return ast.Name(names[0], ast.Load()) if names and function.name != "__init__" else None
