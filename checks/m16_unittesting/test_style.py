"""M16: what the course teaches of pytest beyond a plain test: one test for several cases."""

from grader.suite import check, evidence

from ..common.trials import asserts
from ..common.written_tests import known_tests
from ._common import IMPORT, Run, code_of
from ._tried import require_notice


@check(
    "A test runs for several cases",
    points=1,
    scope="exercises",
    environment="required",
    hint='`@pytest.mark.parametrize("batch_size", [1, 32, 64])` runs the same test for each value.',
)
def test_tests_run_for_several_cases(submission, student, rng):
    known = known_tests(submission)
    run = Run(submission, student)
    several = [key for key in known if len(run.cases.get(key, "")) > 1 and set(run.cases[key]) == {"p"}]
    found = [key for key in several if asserts(submission, *known[key]) and runs_code(submission, run, key)]
    for key in found:
        evidence(key.partition("::")[0], known[key][1].lineno, f"{len(run.cases[key])} cases")
    assert found, (
        f"Tests with several cases check nothing, or run no function of the code: {', '.join(several)[:300]}."
        if several
        else "No test passed in two cases or more: none has `@pytest.mark.parametrize`."
    )
    require_notice(submission, student, rng)


def runs_code(submission, run, key):
    """Whether a test runs a function of the code."""
    for bits in (bits & ~(1 << IMPORT) for file in code_of(submission) for _, bits in run.reached(file)):
        reaching = run.tests(bits)
        if reaching is None or key in reaching:
            return True
    return False
