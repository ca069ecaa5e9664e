"""The students' tests as their syntax trees: which functions pytest finds, and what of the tests' own code they call."""

import ast
import re

from .pytest_settings import pytest_settings

#: Files beside tests: a function that asserts there is a part of the test, one of the code under test is not.
_OF_TESTS = re.compile(
    r"(?:^|/)(?:tests?|\w{0,30}_?tests?)/|(?:^|/)(?:conftest|test_\w*|\w*_test|\w*helpers?|testing)\.py$"
)


def tests_of(file, settings):
    """The test functions that pytest finds in a file: `(class or "", node)`."""
    found = []
    for node in file.tree.body if settings.is_file(file.path) else ():
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and settings.is_function(node.name):
            found.append(("", node))
        elif isinstance(node, ast.ClassDef):
            cls = file.classes.get(node.name)
            plain = settings.is_class(node.name) and "__init__" not in cls.methods
            unittest = cls.inherits("TestCase", "IsolatedAsyncioTestCase")
            if plain or unittest:
                found += [
                    (node.name, method.node)
                    for method in cls.methods
                    if settings.is_function(method.name) or (unittest and method.name.startswith("test"))
                ]
    return found


def all_tests(submission):
    """`(file, class or "", node)` of every test function of the students' own."""
    settings = pytest_settings(submission)
    files = [file for file in submission.python_files() if not submission.is_template(file.path)]
    return [(file, cls, node) for file in files for cls, node in tests_of(file, settings)]


def known_tests(submission):
    """`{node id: (file, node)}` of every test function."""
    found = {
        "::".join(part for part in (file.path, cls, node.name) if part): (file, node)
        for file, cls, node in all_tests(submission)
    }
    assert found, "There is no test function that pytest finds."
    return found


def call_name(node):
    """The last part of what a call calls."""
    function = node.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def helpers_of(submission, file, node):
    """`[(file, node)]` of the group's own functions that a test calls, beside it or in another file of the tests."""
    calls = [one.func for one in ast.walk(node) if isinstance(one, ast.Call)]
    names = {getattr(called, "attr", getattr(called, "id", "")) for called in calls}
    found = [(file, one.node) for one in file.functions if one.name in names and one.node is not node]
    for called in calls:
        place = submission.modules.home(called, file)
        if place and place[0] is not file and _OF_TESTS.search(place[0].path):
            found += [(place[0], one.node) for one in place[0].functions if one.qualname == place[1]]
    return found
