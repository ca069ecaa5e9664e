"""M19: the workflow of a staged model, run for an event that nobody has seen, and the script that promotes the model."""

from grader.suite import check, evidence, shared

from ._common import CPU_S, WALL_S, is_dispatched, performance_tests, promotion_scripts, variables
from ._event_run import run_workflow, secrets_of
from ._hidden_digits import Judged, as_files
from ._registry import Staged, stand_in, told

_FAILS = "def test_the_model():\n    raise AssertionError('the model is not good enough')\n"


def _workflow(submission):
    """The workflow that a staged model starts: where there are several, the one with most jobs."""
    found = [one for one in submission.workflows() if is_dispatched(one)]
    assert found, [
        "No workflow starts on a `repository_dispatch` of the type `staged_model`.",
        *(one.evidence(one.data.lines.get("on")) for one in submission.workflows()[:3]),
    ]
    return max(found, key=lambda one: (len(one.jobs), one.path))


def _stage(student, submission, rng):
    """Stage a good model: what the event says, and the secrets of the repository."""
    staged, data = Staged(rng), Judged(rng)
    for path, text in as_files(submission, data.rows).items():
        student.write(path, text)
    student.stub("wandb", stand_in([(staged, data.models["good"])]))
    return staged, secrets_of(_workflow(submission), staged.account, f"ghs_{rng.getrandbits(64):016x}")


@shared
def staged_run(student, submission, rng):
    """What becomes of a good model: whether it was tested, with which key, and what was linked."""
    workflow = _workflow(submission)
    staged, secrets = _stage(student, submission, rng)
    ran = run_workflow(student, workflow, staged.github(), secrets)
    downloads = [one["name"] for one in told(student, "download")]
    links = [one for one in told(student, "link") if one["name"] == staged.path]
    return {
        "path": workflow.path,
        "tested": staged.path in downloads,
        "keys": all(one.get("key") == staged.key for one in told(student, "api")),
        "linked": len(links),
        "promoted": any(_is_production(staged, one) for one in links),
        "failures": ran.failures[:3],
        "lacking": ran.lacking,
    }


def _is_production(staged, link):
    aliases = link.get("aliases")
    return isinstance(aliases, list) and "production" in aliases and staged.fits(str(link.get("target")))


@check(
    "The workflow tests the model that the event names",
    points=2,
    scope="exercises",
    environment="required",
    hint="What the event says is in its payload. A job hands it on in a variable: is it the one that the test reads? Keys come "
    "from the secrets of the repository.",
)
def test_staged_model_is_tested(submission, student, rng):
    found = staged_run(student, submission, rng)
    evidence(found["path"])
    why = (found["failures"] or ["no step of it fails"])[0]
    assert found["tested"], f"The workflow does not load the model of the event: {why}."
    assert found["keys"], "The registry is asked with another key than the secret of the repository."
    assert not found["failures"], f"With a good model, {why}."


@check(
    "The script links a model to the registered model of its name",
    points=2,
    scope="exercises",
    environment="required",
    hint="The path has three parts, and the last one a version. Which of these belong to the target? The aliases are an option "
    "of the command line.",
)
def test_model_is_linked(submission, student, rng):
    staged, alias = Staged(rng), f"alias-{rng.randrange(1000, 9999)}"
    path, _ = _link(student, submission, staged, staged.path, alias)
    evidence(path)
    links = told(student, "link")
    assert [one["name"] for one in links] == [staged.path], (
        "The script does not link the model that its argument names, once."
    )
    assert staged.fits(str(links[0].get("target"))), (
        "The target of the link is not `ENTITY/model-registry/NAME`, the words taken from the argument."
    )
    assert alias in (links[0].get("aliases") or []), (
        "The link does not have the alias that the command line gives."
    )


@check(
    "Without a model the script links nothing, and ends well",
    points=1,
    scope="exercises",
    environment="required",
    requires=["model_is_linked"],
    hint="An event that names no model leaves an empty argument. There is nothing to link then, and nothing to complain about.",
)
def test_nothing_is_linked_without_a_model(submission, student, rng):
    path, done = _link(student, submission, Staged(rng), "", "production")
    evidence(path)
    assert not told(student, "link"), "The script links something, though its argument is empty."
    assert done.returncode == 0, f"With an empty argument the script ends with exit code {done.returncode}."


def _link(student, submission, staged, argument, alias):
    """Run the script on a path; returns which one it is and what came of it."""
    paths = promotion_scripts(submission)
    assert paths, "No script calls `link` of an artifact of `wandb`."
    path = paths[0]
    student.stub("wandb", stand_in([(staged, "{}")]))
    programs = [one for one in submission.programs() if one.path == path]
    spelled = [name for one in programs for name in one.options if name.startswith("--") and "alias" in name]
    assert spelled, f"{path} has no option for the aliases."
    alone = {name for one in programs for name in one.alone}
    commands = [name for one in programs for name in one.commands if name not in alone][:1]
    env = {**dict.fromkeys(variables(submission), argument), **staged.account}
    done = student.run(
        ["python", path, *commands, argument, spelled[0], alias], env=env, timeout=WALL_S, cpu_s=CPU_S
    )
    if argument:
        assert done.returncode == 0, (
            f"{path} ends with exit code {done.returncode}: {' '.join(done.stderr.split())[-300:]}"
        )
    return path, done


@check(
    "A model that passed is promoted, one that failed is not",
    points=2,
    scope="exercises",
    environment="required",
    hint="Two jobs of a workflow run side by side unless one waits for the other. The word for a model in use is `production`.",
)
def test_only_what_passed_is_promoted(submission, student, rng):
    found = staged_run(student, submission, rng)
    evidence(found["path"])
    why = (found["failures"] or ["no step of it fails"])[0]
    assert found["linked"], f"A good model is not promoted: {why}."
    assert found["promoted"], (
        "A good model is not linked to its registered model with the alias `production`."
    )
    before = len(told(student, "link"))
    staged, secrets = _stage(student, submission, rng)
    for path in performance_tests(submission):
        student.write(path, _FAILS)
    run_workflow(student, _workflow(submission), staged.github(), secrets)
    assert len(told(student, "link")) == before, "A model is promoted although its performance test fails."


@check(
    "Each job of a staged model installs what it needs",
    points=1,
    scope="exercises",
    environment="required",
    requires=["staged_model_is_tested"],
    hint="A job begins on a machine of its own: what another job has installed is not there.",
)
def test_jobs_are_complete(submission, student, rng):
    found = staged_run(student, submission, rng)
    evidence(found["path"])
    assert not found["lacking"], found["lacking"][0]
