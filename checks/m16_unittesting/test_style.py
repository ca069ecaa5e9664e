"""M16: what the course teaches of pytest beyond a plain test: errors, cases, messages."""

import ast
import re

from grader.suite import check, not_applicable

_FINDABLE = re.compile(r"(?:^|/)(?:test_[^/]*|[^/]*_test)\.py$")


def tests_of(file):
    """The test functions that pytest finds in a file: `(class or "", node)`."""
    found = []
    for node in file.tree.body if _FINDABLE.search(file.path) else ():
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test"):
            found.append(("", node))
        elif isinstance(node, ast.ClassDef):
            cls = file.classes.get(node.name)
            plain = node.name.startswith("Test") and "__init__" not in cls.methods
            if plain or cls.inherits("TestCase", "IsolatedAsyncioTestCase"):
                found += [
                    (node.name, method.node) for method in cls.methods if method.name.startswith("test")
                ]
    return found


def all_tests(submission):
    files = [file for file in submission.python_files() if not submission.is_template(file.path)]
    return [(file, cls, node) for file in files for cls, node in tests_of(file)]


def call_name(node):
    function = node.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


@check(
    "A test checks that wrong input is refused",
    points=1,
    scope="exercises",
    hint='Let the model `raise ValueError("Expected …")`, and test it: `with pytest.raises(ValueError, match="Expected"):`.',
)
def test_errors_are_tested(submission):
    wanted = ("raises", "warns", "assertRaises", "assertRaisesRegex", "assertWarns")
    seen = [
        file.evidence(child)
        for file, _, node in all_tests(submission)
        for child in ast.walk(node)
        if isinstance(child, ast.Call) and call_name(child) in wanted
    ]
    assert seen, "No test uses `pytest.raises` or `pytest.warns`."


@check(
    "A test runs for several cases",
    points=1,
    scope="exercises",
    hint='`@pytest.mark.parametrize("batch_size", [1, 32, 64])` runs the same test for each value.',
)
def test_tests_are_parametrised(submission):
    seen = []
    for file, _, node in all_tests(submission):
        for mark in node.decorator_list:
            if isinstance(mark, ast.Call) and call_name(mark) == "parametrize" and len(mark.args) > 1:
                cases = mark.args[1]
                several = not isinstance(cases, ast.List | ast.Tuple | ast.Set) or len(cases.elts) > 1
                seen += [file.evidence(mark)] if several else []
    assert seen, "No test has `@pytest.mark.parametrize` with at least two cases."


@check(
    "Most assertions say what went wrong",
    points=1,
    scope="exercises",
    required=False,
    hint='`assert len(train) == 200, f"{len(train)} samples instead of 200"`: the text is what you read in a log of last night.',
)
def test_assertions_have_messages(submission):
    files = {file.path: file for file, _, _ in all_tests(submission)}
    asserts = [
        (file, node)
        for file in files.values()
        for node in ast.walk(file.tree)
        if isinstance(node, ast.Assert)
    ]
    assert files, "There is no test function that pytest finds."
    if not asserts:
        not_applicable("There is no `assert` statement.")
    silent = [file.evidence(node) for file, node in asserts if node.msg is None]
    assert 2 * len(silent) < len(asserts), silent
