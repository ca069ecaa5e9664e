"""M17: workflows run step by step, on the code as it is and on code, tests and findings that have to turn them red."""

import secrets

from grader.suite import check, evidence, shared

from ._runner import run_step
from ._steps import kind_steps, plan_of, test_steps
from ._variants import BESIDE, with_a_test, with_decorators, with_finding, word

_MOST_STEPS = 3
_LAST_LINES = 8


def _run(student, steps, files, beside=None):
    """The first of the steps that fails on these files, with its last words; None where all pass, as GitHub counts."""
    for one in steps:
        if one.is_forgiven:
            continue
        done = run_step(student, plan_of(one), files, beside)
        if done.returncode:
            said = "\n".join(done.output.strip().splitlines()[-_LAST_LINES:])[-700:]
            return {"step": one.words, "path": one.workflow.path, "line": one.step.line, "said": said}
    return None


@shared
def tested(submission, student, rng):
    """What became of the steps that run tests: on the code `as_it_is`, with a test that `fails`, with `broken` functions."""
    steps = test_steps(submission)[:_MOST_STEPS]
    assert steps, "No step that runs tests starts by itself on a push or a pull request, on any machine."
    module = f"kept_{secrets.token_hex(4)}"
    runs = submission.ci_test_runs()
    path, _, test = with_a_test(submission, runs, rng)
    code = with_decorators(submission, module)
    variants = {"as_it_is": (False, False), "fails": (True, False), "broken": (False, True)}
    told, order = {"functions": bool(code)}, list(variants)
    # What counts how often it was started does not know either what it is started on.
    secrets.SystemRandom().shuffle(order)
    for name in order:
        fails, breaks = variants[name]
        files = {path: test.replace("@WORD@", word(fails))}
        files |= {path: text.replace("@WORD@", word(breaks)) for path, text in code.items()}
        told[name] = _run(student, steps, files, {f"{module}.py": BESIDE})
    return told


def _require_pass(told, what):
    """Fail with the last words of a step that does not pass on what is right."""
    assert told is None, [
        evidence(told["path"], told["line"], f"the step fails on {what}: {told['said']}"),
    ]


@check(
    "Code that computes something else turns the workflow red",
    points=4,
    scope="exercises",
    environment="required",
    questions=[11],
    hint="Every function was made to return something else. Which of your tests runs in the workflow, and looks at what the "
    "code returns?",
)
def test_broken_code_is_noticed(submission, student, rng):
    told = tested(submission, student, rng)
    assert told["functions"], "There is no function in this repository whose result a test could look at."
    _require_pass(told["as_it_is"], "your code, with a test more that passes")
    assert told["broken"] is not None, (
        "Every function of your code was made to return something else: the steps that run tests end well all the same."
    )


@check(
    "A test that fails turns the workflow red",
    points=3,
    scope="exercises",
    environment="required",
    requires=["broken_code_is_noticed"],
    questions=[11],
    hint="Run the step's command here, with a test that cannot pass: `echo $?` behind it has to be something else than 0.",
)
def test_failing_test_is_noticed(submission, student, rng):
    told = tested(submission, student, rng)
    _require_pass(told["as_it_is"], "your code, with a test more that passes")
    assert told["fails"] is not None, (
        "A test was added that fails, beside your own: the steps that run tests end well all the same."
    )


def _judge(submission, student, rng, kind, program, finding):
    steps = kind_steps(submission, kind)[:_MOST_STEPS]
    assert steps, f"No step that runs {program} starts by itself on a push or a pull request, on any machine."
    path, clean, dirty = with_finding(submission, kind, rng)
    told, texts = {}, {"clean": clean, "dirty": dirty}
    order = list(texts)
    secrets.SystemRandom().shuffle(order)
    for name in order:
        told[name] = _run(student, steps, {path: texts[name]})
    _require_pass(told["clean"], "your code, with a function more that is in order")
    assert told["dirty"] is not None, f"{finding} was put into {path}: the steps end well all the same."


@check(
    "Code that a linter complains about turns the workflow red",
    points=2,
    scope="exercises",
    environment="required",
    questions=[6, 11],
    hint="The linter has to look at the folder that your code is in, and its exit code has to reach GitHub.",
)
def test_finding_is_noticed(submission, student, rng):
    _judge(submission, student, rng, "lint", "a linter", "An import that nobody uses")


@check(
    "Code that is not formatted turns the workflow red",
    points=2,
    scope="exercises",
    environment="required",
    questions=[6, 11],
    hint="A formatter that mends the files of a machine which is thrown away tells nobody. It has a mode in which it only looks.",
)
def test_bad_format_is_noticed(submission, student, rng):
    _judge(submission, student, rng, "format", "a formatter", "A function that is not formatted")


@check(
    "A wrong type turns the workflow red",
    points=2,
    scope="exercises",
    environment="required",
    requires=["broken_code_is_noticed"],
    questions=[6, 11],
    hint="A type checker finds out whether functions are given and give what their hints say. Which files does it look at?",
)
def test_wrong_type_is_noticed(submission, student, rng):
    _judge(
        submission,
        student,
        rng,
        "types",
        "a type checker",
        "A function that gives a word in the place of a number",
    )
