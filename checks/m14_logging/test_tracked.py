"""M14: a training, run with a stand-in for the tracker, settings and data that nobody has seen: what it tells the tracker."""

from grader.suite import Evidence, check, evidence, measure, shared

from ._common import options, tracked_scripts
from ._tracker import WANDB, steps
from ._trained import near, put_data, series, settings, told, train

#: Batches of so many: an accuracy of one is a multiple of its inverse, and nobody writes these sizes by chance.
_SIZES = (17, 19, 23)
_EPOCHS = 2
_MEDIA = ("Image", "Histogram", "Table", "Video", "Audio", "Html", "Plotly", "Figure", "plot.")


@shared
def trained(student, submission, rng):
    """Two trainings with settings of the check: what was asked, what came of it, and what the tracker was told."""
    paths = tracked_scripts(submission)
    assert paths, (
        "No script that does something when it is run calls `wandb.init`, itself or in what it imports."
    )
    path = paths[0]
    spelled, words = options(submission, path)
    assert {"lr", "batch_size"} <= spelled.keys(), [
        Evidence(
            path, 1, "there are no options for the learning rate and the batch size, so nothing can be varied"
        )
    ]
    student.stub("wandb", WANDB)
    rows = put_data(student, submission, rng)
    low, high = (0.2, 0.9) if rows else (0.001, 0.01)
    runs, records = [], []
    for _ in range(2):
        asked = {"lr": round(rng.uniform(low, high), 5), "batch_size": rng.choice(_SIZES), "epochs": _EPOCHS}
        asked = {name: value for name, value in asked.items() if name in spelled}
        argv = [*words, *(str(one) for name, value in asked.items() for one in (spelled[name], value))]
        seen = train(student, submission, path, argv)
        records, before = told(student), len(records)
        new = records[before:]
        numbers, project = settings(new)
        logged = series(new)
        wanted = (
            [list(one) for one in steps(rows, asked["lr"], asked["batch_size"], asked.get("epochs", 1))]
            if rows
            else [[loss, None] for loss in seen]
        )
        runs.append(
            {
                "asked": asked,
                "config": {name: any(near(one, value) for one in numbers) for name, value in asked.items()},
                "project": bool(project),
                "steps": len(wanted),
                "logged": {name: len(values) for name, values in logged.items()},
                "losses": [name for name, values in logged.items() if _follows(values, wanted, 0)],
                "accuracies": [
                    name
                    for name, values in logged.items()
                    if (_follows(values, wanted, 1) if rows else _counts(values, wanted, asked["batch_size"]))
                ],
                "media": _media(new),
                "artifacts": _artifacts(new),
            }
        )
    return {"script": path, "runs": runs}


def _follows(values, wanted, place):
    """Whether numbers are those of each step, in order; rounded to two digits is near enough."""
    numbers = [one[place] for one in wanted]
    if not numbers or None in numbers or len(values) > 2 * len(numbers):
        return False
    rest = iter(values)
    whole = 100 if place and max(values, default=0) > 1.5 else 1
    return all(any(abs(value / whole - one) <= 6e-3 for value in rest) for one in numbers)


def _counts(values, wanted, size):
    """Whether numbers, one for each step, may be shares of a batch: nearly all are a whole number of its images."""
    whole = 100 if max(values, default=0) > 1.5 else 1
    shares = [value / whole for value in values]
    fits = [0 <= one <= 1 and abs(one * size - round(one * size)) < 0.02 for one in shares]
    return len(wanted) <= len(values) <= 2 * len(wanted) and sum(fits) >= 0.8 * len(values) > 0


def _media(records):
    found = set()
    for one in records:
        media = one.get("media") if one["call"] == "log" else None
        for kind in media.values() if isinstance(media, dict) else ():
            known = isinstance(kind, list) and len(kind) == 2 and isinstance(kind[0], str)
            if known and kind[0].startswith(_MEDIA) and type(kind[1]) is int and kind[1] > 0:
                found.add(kind[0])
    return sorted(found)


def _artifacts(records):
    """The files of models that were logged: `[path, size, whether this run wrote it, digest]`."""
    found = []
    for one in records:
        if one["call"] == "artifact" and "model" in str(one.get("type")).lower():
            found += [file for file in one["files"] if isinstance(file, list) and len(file) == 4]
    return found[:20]


@check(
    "Each run tells the tracker its project and its settings",
    points=2,
    scope="exercises",
    environment="required",
    hint="What a run was started with is its `config`. Start the training with other options than its defaults: does the tracker "
    "get these, or numbers that were written down once?",
)
def test_config_is_tracked(submission, student, rng):
    found = trained(student, submission, rng)
    evidence(found["script"])
    for run in found["runs"]:
        lost = [f"{name} = {run['asked'][name]}" for name, there in run["config"].items() if not there]
        assert not lost, (
            f"The run's config does not have {', '.join(lost)}, with which {found['script']} was started."
        )
        assert run["project"], f"{found['script']} starts a run of no project."


@check(
    "The loss of every step is tracked, as it was computed",
    points=3,
    scope="exercises",
    environment="required",
    requires=["config_is_tracked"],
    hint="Compare two lists: the losses of all steps, printed, and what the tracker was told. Are they equally long, and equal?",
)
def test_loss_is_tracked(submission, student, rng):
    for run in trained(student, submission, rng)["runs"]:
        measure("n_steps", run["steps"])
        kept = ", ".join(f"{name} {count} times" for name, count in list(run["logged"].items())[:6])
        assert run["logged"], "No number is logged to the run."
        assert run["losses"], (
            f"In {run['steps']} steps of a training of the check no name has the loss of each step; logged: {kept}."
        )


@check(
    "The accuracy of every step is tracked, too",
    points=1,
    scope="exercises",
    environment="required",
    requires=["loss_is_tracked"],
    hint="The share of right answers in the batch of a step, between 0 and 1, belongs beside its loss.",
)
def test_accuracy_is_tracked(submission, student, rng):
    for run in trained(student, submission, rng)["runs"]:
        kept = [name for name in run["accuracies"] if name not in run["losses"]]
        assert kept, (
            f"No name has the accuracy of each of {run['steps']} steps; logged: {', '.join(run['logged'])[:300]}."
        )


@check(
    "More than numbers is tracked: a picture, a table, a distribution or a plot",
    points=1,
    scope="exercises",
    environment="required",
    requires=["config_is_tracked"],
    hint="The tracker has types for what is no number; one of them suits the predictions of a trained model.",
)
def test_media_is_tracked(submission, student, rng):
    for run in trained(student, submission, rng)["runs"]:
        assert run["media"], "All that is logged to the run is numbers or text, or is empty."


@check(
    "The trained model is logged as an artifact",
    points=2,
    scope="exercises",
    environment="required",
    requires=["config_is_tracked"],
    hint="An artifact of type `model` gets the file that this training has just written, and then is logged to the run itself.",
)
def test_model_is_an_artifact(submission, student, rng):
    kept = []
    for run in trained(student, submission, rng)["runs"]:
        assert run["artifacts"], "No artifact of the type `model` that holds a file is logged to the run."
        fresh = [file for file in run["artifacts"] if file[1] and file[2] is True]
        assert fresh, f"{run['artifacts'][0][0]} of the artifact is empty, or was not written by this run."
        kept.append({file[3] for file in fresh})
    assert kept[0] != kept[1], "The artifact holds the same bytes whatever was trained."


@check(
    "No key and no folder of a run is committed",
    points=1,
    scope="exercises",
    environment="required",
    requires=["config_is_tracked"],
    hint="Keys come from `wandb login` or a variable of the machine. `wandb/` and `.env` belong in `.gitignore`.",
)
def test_no_keys(submission):
    kept = [Evidence(one.path, one.line, "looks like a key or a password") for one in submission.secrets]
    assert not kept, kept[:5]
    runs = [path for path in submission.all_files if "wandb/run-" in path or "wandb/offline-run-" in path]
    assert not runs, [Evidence(path, None, "a file of a run") for path in runs[:5]]
