"""M19: the performance test of a staged model, on models of which the check knows how good they are."""

import posixpath

from grader.suite import check, evidence, shared

from ._common import CPU_S, WALL_S, home_of, performance_tests, variables
from ._hidden_digits import Judged, as_files
from ._registry import Staged, stand_in, told


@shared
def verdicts(student, submission, rng):
    """The exit code of the performance test for each model, and whether it took the model from the registry."""
    paths = performance_tests(submission)
    assert paths, "No test file takes a model from the registry by `wandb`."
    home, data = home_of(submission, paths[0]), Judged(rng)
    for path, text in as_files(submission, data.rows).items():
        student.write(path, text)
    kinds = list(data.models)
    rng.shuffle(kinds)
    staged = {kind: Staged(rng) for kind in kinds}
    student.stub("wandb", stand_in([(staged[kind], data.models[kind]) for kind in kinds]))
    found, said = {}, {}
    for kind, one in staged.items():
        env = {**dict.fromkeys(variables(submission), one.path), **one.account}
        argv = [
            "python",
            "-m",
            "pytest",
            *(posixpath.relpath(path, home) for path in paths),
            "-q",
            "-x",
            "-p",
            "no:cacheprovider",
        ]
        done = student.run(argv, env=env, timeout=WALL_S, cpu_s=CPU_S, cwd=home)
        found[kind], said[kind] = done.returncode, " ".join(done.output.split())[-300:]
    downloads = {one["name"] for one in told(student, "download")}
    loaded = all(one.path in downloads for one in staged.values())
    return {"path": paths[0], "codes": found, "said": said, "loaded": loaded}


@check(
    "The performance test passes a good model and fails a bad one",
    points=2,
    scope="exercises",
    environment="required",
    hint="Nine of ten images right is good, two of three is not. The event names the model: take that one from the registry, and "
    "count what it gets right.",
)
def test_bad_models_fail(submission, student, rng):
    found = verdicts(student, submission, rng)
    evidence(found["path"])
    assert found["loaded"], (
        f"The test does not download the model that a variable names: {found['said']['good']}"
    )
    codes = found["codes"]
    assert codes["good"] == 0, (
        f"The test fails a model that is right in 94 of 100 images: {found['said']['good']}"
    )
    assert codes["bad"] == 1, "The test does not fail a model that is right in 66 of 100 images."


@check(
    "The test set decides, not the training set",
    points=1,
    scope="exercises",
    environment="required",
    requires=["bad_models_fail"],
    hint="A model that has learnt its training set by heart is good there. On which images does the test count?",
)
def test_test_set_decides(submission, student, rng):
    codes = verdicts(student, submission, rng)["codes"]
    assert codes["good on test"] == 0, (
        "A model that is good on the test set and bad on the training set fails."
    )
    assert codes["bad on test"] == 1, (
        "A model that is bad on the test set and good on the training set passes."
    )
