"""M16: what the course teaches of pytest beyond a plain test: errors, cases, messages."""

import ast

from grader.suite import check, not_applicable

from ._common import all_tests, call_name


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
