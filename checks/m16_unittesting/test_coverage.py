"""M16: how much of the code the tests run. Measurements, all of them `self_reported`:

coverage_percent             of the statements of the modules that the tests import
coverage_all_percent         of those of every module
coverage_with_tests_percent  of the imported modules and the tests themselves, as `coverage run -m pytest` says without settings
coverage_lacks               why the tests would run more elsewhere, where some of them could not run here; else not there
"""

import ast

from grader.suite import check, evidence, measure, not_applicable, partial

from ..common.mutants import is_text
from ..common.pytest_settings import pytest_settings
from ..common.written_tests import known_tests
from ._common import IMPORT, Run, code_of
from ._tried import require_notice


def counts(run, file):
    """Statements and executed ones of a module; a report that forgets statements does not make them fewer."""
    texts = [node for node in ast.walk(file.tree) if isinstance(node, ast.stmt) and not is_text(node)]
    at_least = len({node.lineno for node in texts})
    statements, executed = run.files.get(file.path, (0, 0))
    return (statements if 4 * statements >= 3 * at_least else at_least), executed


def percent(pairs):
    total = sum(statements for statements, _ in pairs)
    return round(100 * sum(min(pair) for pair in pairs) / total, 1) if total else 0.0


@check(
    "The tests run a good part of the code",
    points=2,
    questions=[8],
    required=False,
    environment="required",
    hint="`coverage run -m pytest tests/`, then `coverage report -m`: the last column names the lines that no test runs.",
)
def test_code_is_covered(submission, student, rng):
    code = code_of(submission)
    if not code:
        not_applicable("There is no code beside the tests.")
    known_tests(submission)
    run, is_test = Run(submission, student), pytest_settings(submission).is_file
    pairs = {file.path: counts(run, file) for file in code}
    imported = [pair for pair in pairs.values() if pair[1]]
    own = [tuple(pair) for path, pair in run.files.items() if is_test(path) and not run.is_ours(path)]
    whole = percent(pairs.values())
    measure("coverage_percent", percent(imported), "%", self_reported=True)
    measure("coverage_all_percent", whole, "%", self_reported=True)
    measure("coverage_with_tests_percent", percent([*imported, *own]), "%", self_reported=True)
    for path, (statements, executed) in sorted(pairs.items()):
        evidence(path, None, f"{executed} of {statements} statements are run by the tests")
    reached = [bits for file in code for _, bits in run.reached(file)]
    confirmed = sum(bits & ~(1 << IMPORT) > 0 for bits in reached)
    measure("n_functions_run_by_tests", confirmed, self_reported=True)
    assert 2 * confirmed >= len(reached), (
        f"Coverage names {len(reached)} functions as run, but a test ran only {confirmed} of them: what runs in "
        "conftest.py or on import is not tested."
    )
    assert not run.line_forged, (
        "Coverage names a line as run that cannot be: in a test put beside yours, behind an assertion that fails."
    )
    if submission.profile == "exercises":
        letters = "".join(run.cases.values())
        assert confirmed, "No test runs a function of the code: what is covered ran on import."
        assert letters.count("p") >= letters.count("f") + letters.count("e") - 1, (
            "Most of the tests fail: what they run is not tested."
        )
        require_notice(submission, student, rng)
    lacks = run.data["lacks"] or ("It needs files that are not in git." if run.data["no_data"] else "")
    if lacks:
        measure("coverage_lacks", lacks, self_reported=True)
    if lacks and whole < 40:
        not_applicable(
            f"The tests run {whole} % of the statements of the code, and not all of them could run here. {lacks}"
        )
    assert whole >= 15, f"The tests run {whole} % of the statements of the code."
    if whole < 40:
        partial(1, f"The tests run {whole} % of the statements of the code.")
