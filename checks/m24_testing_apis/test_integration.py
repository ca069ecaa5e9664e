"""M24: the students' integration tests, on the application as it is, and on it changed in one way after the other."""

from grader.suite import check, partial

from ._common import run_tests, test_files, unnoticed


@check(
    "The integration tests pass on the application",
    points=1,
    questions=[24],
    scope="exercises",
    environment="required",
    hint="Run `pytest tests/` yourself. `with TestClient(app) as client:` runs the lifespan, which loads the classifier.",
)
def test_integration_tests_pass(submission, student):
    paths = test_files(submission)
    assert paths, "There is no file of tests that pytest finds."
    with student.intact(submission.files("**/*.py")):
        done = run_tests(student, paths)
    said = done.output.strip().splitlines()[-3:]
    assert done.returncode == 0, (
        f"`pytest {' '.join(paths[:2])}` ends with exit code {done.returncode}: {' '.join(said)[:300]}"
    )


def _most(points, table, left, what):
    """All points if every route is noticed, a part for some of them, none for the half or less."""
    if not left:
        return
    share = 1 - len(left) / len(table["routes"])
    message = f"{what} {', '.join(left[:4])}: the tests pass all the same."
    if share > 0.5:
        partial(round(points * share / 2, 1), message)
    raise AssertionError(message)


@check(
    "The tests notice answers that are wrong",
    points=8,
    questions=[24],
    scope="exercises",
    environment="required",
    requires=["integration_tests_pass"],
    timeout=300,
    hint="Compare the whole body: `assert response.json() == {…}`, with values that you know.",
)
def test_wrong_answers_are_noticed(submission, student, rng):
    table = unnoticed(student, submission, rng)
    _most(8, table, table["answer"], "With other values in the answers of")


@check(
    "The tests notice a wrong status",
    points=1,
    questions=[24],
    scope="exercises",
    environment="required",
    requires=["integration_tests_pass"],
    timeout=300,
    hint="`assert response.status_code == 200`, in each test.",
)
def test_wrong_statuses_are_noticed(submission, student, rng):
    table = unnoticed(student, submission, rng)
    _most(1, table, table["status"], "With another status of")


@check(
    "Every route is asked by a test",
    points=1,
    questions=[24],
    scope="exercises",
    environment="required",
    requires=["integration_tests_pass"],
    timeout=300,
    hint="`/docs` lists what there is to ask. A request without `assert` tests nothing: the route may fail with status 500.",
)
def test_every_route_is_asked(submission, student, rng):
    table = unnoticed(student, submission, rng)
    _most(1, table, table["failure"], "With status 500 of")
