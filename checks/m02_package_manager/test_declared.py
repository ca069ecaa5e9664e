"""M2: the script with what is declared for everybody and nothing else, the version that is pinned, and the extra."""

from grader.suite import check, evidence

from ._common import EXTRA, always, extras, is_conda, is_exact, pinned, tables
from ._declared_run import missing_of, readings
from ._script_run import declared_run, is_sound, run_with, why_not


@check(
    "The script runs with what is declared for everybody, and nothing else, and its numbers are right",
    points=4,
    scope="exercises",
    environment="required",
    hint="Which imports at the top of the script are neither Python's own nor declared? What is for developers, or for an extra, "
    "is not there for everybody.",
)
def test_script_runs_as_declared(submission, student, rng):
    found = declared_run(student, submission, rng)
    evidence(found["script"])
    assert not found["why"], f"{found['script']}: {found['why']}."


@check(
    "The version that is asked for is pinned, and is the one that runs",
    points=2,
    scope="exercises",
    environment="required",
    requires=["script_runs_as_declared"],
    hint="PEP 440 has several ways to bound a version; one of them allows a single release.",
)
def test_pinned_version_runs(submission, student, rng):
    ran = declared_run(student, submission, rng)["versions"]
    one, version = pinned(submission)
    if one is None and is_conda(submission):
        loose = [other for other in always(submission) if other.name in ran and not other.fixed]
        assert not loose, [evidence(other.path, other.line, other.said) for other in loose[:5]]
        return
    assert one is not None, "What the exercise asks to pin is not declared for everybody."
    assert is_exact(one), evidence(one.path, one.line, f"{one.said}; asked for is {version}, exactly")
    assert one.name in ran, f"When the script runs, it does not import {one.name}."
    assert ran[one.name] == version, f"What runs is {one.name} {ran[one.name]}."


@check(
    "The extra is used where it is there, and only then",
    points=4,
    scope="exercises",
    environment="required",
    requires=["script_runs_as_declared"],
    hint="An import need not stand at the top of a file. What should somebody read who asks for colour and has not installed the "
    "extra?",
)
def test_extra_is_optional(submission, student, rng):
    ran = declared_run(student, submission, rng)
    declared = extras(submission)
    if is_conda(submission):
        return
    assert declared, "The project declares no extra (an optional dependency)."
    both = sorted({one.name for one in declared} & {one.name for one in always(submission)})
    assert not both, f"{both[0]} is in an extra, and for everybody: nobody can do without it."
    if not tables(submission):
        evidence(declared[0].path, declared[0].line, declared[0].said)
        return
    assert EXTRA in {one.name for one in declared}, f"No extra brings {EXTRA}."
    path = ran["script"]
    text, numbers = readings(rng)
    for table in tables(submission):
        student.write(table, text)
    without = run_with(student, path, always(submission), "--colour")
    assert is_sound(without), "What the script did cannot be read."
    assert not without["error"], f"Without the extra, `{path} --colour` breaks: {without['error']}."
    assert without["code"], f"Without the extra, `{path} --colour` ends as if all were well."
    named = [EXTRA, *(one.group for one in declared if one.name == EXTRA)]
    told = without["said"] + without["printed"]
    assert any(name in told for name in named), (
        f"Without the extra, `{path} --colour` does not say what is missing."
    )
    rich = [one for one in declared if one.name == EXTRA]
    with_it = run_with(student, path, [*always(submission), *rich], "--colour")
    why = why_not(student, with_it)
    assert not why, f"With the extra, `{path} --colour` fails: {why}."
    assert EXTRA in with_it["versions"], f"With the extra, `{path} --colour` does not use {EXTRA}."
    missed = missing_of(with_it["printed"], numbers)
    assert not missed, f"With the extra, `{path} --colour` is not right: {missed}."
