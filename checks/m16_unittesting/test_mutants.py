"""M16: whether the tests notice when the code is broken: a few mutants of what they run, against the same code written anew."""

import re

from grader.suite import StudentFault, check, evidence, measure, not_applicable, partial

from ..common.trials import telling
from ..common.written_tests import known_tests
from ._common import Run, code_of
from ._tried import RESTLESS, tried


def excuse(data):
    """End the check where what pytest said shows that something the tests need is not here."""
    if data["lacks"] or data["no_data"]:
        why = data["lacks"] or "They need files that are not in git."
        not_applicable(f"Not all tests could run here. {why}")


@check(
    "The tests notice when the code is broken",
    points=3,
    required="exercises",
    questions=[7, 8],
    environment="required",
    hint="Each line of the evidence is a change to your code after which all tests still passed. Assert the value that the code "
    "should give there, not only that it gives one.",
)
def test_mutants_are_noticed(submission, student, rng):
    data, known = mutants_of("any", submission, student, rng)
    survived = unnoticed(known)
    total, killed = len(known), len(known) - len(survived)
    measure("mutants_total", total, self_reported=True)
    measure("mutants_killed", killed, self_reported=True)
    if 2 * killed <= total:
        excuse(data)
    assert total, "The tests run no function of the code."
    assert killed, [f"None of {total} changes that break the code was noticed by a test.", *survived]
    if 2 * killed <= total:
        partial(1, f"{killed} of {total} changes that break the code were noticed by a test.", survived)


def mutants_of(kind, submission, student, rng):
    """The run of all tests, and the mutants of a kind of which somebody knows what became of them."""
    if not code_of(submission):
        not_applicable("There is no code beside the tests.")
    known_tests(submission)
    run = Run(submission, student)
    data = run.data
    if not data["reported"]:
        excuse(data)
        message = f"pytest ended (exit code {data['code']}) without a report of what ran."
        raise StudentFault("command", message, [evidence("(pytest)", None, data["tail"])])
    assert not run.forged, (
        "A test that cannot pass was not reported as failed: what notices it, notices nothing."
    )
    told = tried(submission, student, rng)
    if told is None:
        excuse(data)
    assert told is not None, (
        "No test that asserts something passes on a fresh clone, so none can notice anything."
    )
    assert not told["restless"], RESTLESS
    broken = told["kinds"].get(kind, [])
    found = [one for one in broken if one["told"] != "unknown"]
    if submission.profile == "project" and broken and not found:
        not_applicable("The tests could not be tried on broken code in the time that there is for it here.")
    # What is no longer refused may fail as it likes: a test that expects the refusal notices.
    return data, telling(found) if submission.profile == "exercises" and kind != "refusal" else found


def unnoticed(mutants):
    """The places that were broken, and no test failed."""
    return [
        evidence(one["path"], one["line"], f"in {one['name']}, {one['words']}: {no_test(one)} noticed")
        for one in mutants
        if one["told"] == "survived"
    ]


def no_test(mutant):
    """The tests that did not notice a mutant."""
    left = mutant["left_out"]
    return f"no test of those that are quick ({left} not tried)" if left else "no test"


def require_most(mutants, what):
    """Fail unless most of the changes were noticed: an honest test may miss one that changes next to nothing."""
    survived = unnoticed(mutants)
    killed = len(mutants) - len(survived)
    text = f"{killed} of {len(mutants)} changes that break {what} were noticed by a test."
    assert killed, [text, *survived]
    if 2 * killed <= len(mutants):
        partial(1, text, survived)


@check(
    "The tests notice when the data is wrong",
    points=2,
    questions=[7],
    scope="exercises",
    environment="required",
    hint="Test what your data module gives: how many samples, the shape of one, the range of values, that every label occurs.",
)
def test_wrong_data_is_noticed(submission, student, rng):
    _, mutants = mutants_of("data", submission, student, rng)
    assert mutants, "The tests run no function of the module that makes or loads the data."
    require_most(mutants, "the data")


@check(
    "The tests notice when the model or its training is wrong",
    points=2,
    questions=[7],
    scope="exercises",
    environment="required",
    hint="Give the model an input of which you know the answer. Train on a tiny set of which you know the outcome.",
)
def test_a_wrong_model_is_noticed(submission, student, rng):
    _, mutants = mutants_of("model", submission, student, rng)
    assert mutants, "The tests run no function of the model or of its training."
    require_most(mutants, "the model or the training")


@check(
    "The tests notice when wrong input is no longer refused",
    points=2,
    scope="exercises",
    environment="required",
    hint='Let the model `raise ValueError("Expected …")`, and test it: `with pytest.raises(ValueError, match="Expected"):`.',
)
def test_wrong_input_is_tested(submission, student, rng):
    _, mutants = mutants_of("refusal", submission, student, rng)
    assert mutants, (
        "No test comes to a line of your code that refuses wrong input: with `raise`, or a warning."
    )
    survived = unnoticed(mutants)
    assert 2 * len(survived) <= len(mutants), survived


@check(
    "A test that fails says what went wrong",
    points=1,
    scope="exercises",
    required=False,
    environment="required",
    hint='`assert len(train) == 200, f"{len(train)} samples instead of 200"`: the text is what you read in a log of last night.',
)
def test_failures_say_why(submission, student, rng):
    found = [
        one for kind in ("any", "data", "model") for one in mutants_of(kind, submission, student, rng)[1]
    ]
    failed = [one for one in found if re.match(r"assert |AssertionError", one["said"])]
    assert failed, "No assertion failed when the code was broken."
    silent = [
        evidence(
            one["path"],
            one["line"],
            f"in {one['name']}, {one['words']}: the test says only {one['said'][:100]!r}",
        )
        for one in failed
        if not re.match(r"AssertionError: \S+\s+\S", one["said"])
    ]
    assert 2 * len(silent) < len(failed), silent
