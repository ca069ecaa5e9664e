"""M15: the training runs on pictures that nobody has seen, and the LightningModule is asked by a Trainer of the check."""

import math
import re

from grader.suite import check, evidence

from ._trained import CLASSES, COUNTS, trained

_NEAR = 1e-3
_LOSS, _RIGHT = re.compile(r"loss", re.IGNORECASE), re.compile(r"acc", re.IGNORECASE)


@check(
    "The script trains by a Trainer, and leaves a checkpoint that loads",
    points=3,
    scope="exercises",
    environment="required",
    hint="What a Trainer does when nobody tells it otherwise: where is the `.ckpt` of your run? `load_from_checkpoint` makes the "
    "model from that file alone, so the file has to know what `__init__` was given.",
)
def test_script_trains(submission, student, rng):
    found = trained(student, submission, rng)
    assert found["script"], "No script of yours starts a training with Lightning."
    evidence(found["script"])
    assert not found["error"], f"{found['script']} does not end well: {found['error']}"
    assert found["losses"], f"{found['script']} trains no batch by `Trainer.fit`."
    kept = found["checkpoints"]
    assert kept, f"{found['script']} leaves no checkpoint (.ckpt)."
    loaded = [one for one in kept if "refused" not in one]
    assert loaded, f"{kept[0]['path']} does not load: {kept[0].get('refused', '')}"
    assert any(one["moved"] for one in loaded), f"{loaded[0]['path']} has the weights of before the training."


@check(
    "The checkpoint of the training recognises the pictures that it was validated on",
    points=3,
    scope="exercises",
    environment="required",
    requires=["script_trains"],
    hint="Is the loss lower at the end than at the beginning? Does what you read belong together, pictures and labels? "
    "A fifth of the batches is little, so it takes some epochs.",
)
def test_learns(submission, student, rng):
    found = trained(student, submission, rng)
    loaded = [one for one in found["checkpoints"] if "refused" not in one]
    assert any(one["ours"] for one in loaded), (
        f"{found['script']} is not trained on the pictures and labels that its table has."
    )
    best = max(one["right"] / one["total"] for one in loaded)
    assert best >= 0.5, f"The best checkpoint of {found['script']} is right on {best:.0%} of the pictures."


@check(
    "The LightningModule gives ten scores for each picture, which depend on that picture alone",
    points=2,
    scope="exercises",
    environment="required",
    hint="`forward` is what it was before; `super().__init__()` comes before the first layer.",
)
def test_forward(submission, student, rng):
    scores = _scores(trained(student, submission, rng))
    for (shape, rows), count in zip(scores, COUNTS, strict=True):
        assert shape == [count, CLASSES], f"For {count} pictures the model gives shape {shape}."
        near = [
            abs(a - b) < _NEAR
            for one, other in zip(rows, scores[0][1], strict=False)
            for a, b in zip(one, other, strict=True)
        ]
        assert all(near), "In evaluation mode a picture's scores change with the other pictures of the batch."
    rows = scores[-1][1]
    assert any(abs(a - b) > 1e-6 for a, b in zip(rows[0], rows[1], strict=True)), (
        "The model gives the same scores for all pictures."
    )


def _scores(found):
    scores = found["scores"]
    assert not isinstance(scores, str), f"The model gives no scores for a batch of pictures: {scores}."
    return scores


def _fit(found, number):
    """What became of fitting one of the hidden batches; fails the check where it could not be fitted."""
    _scores(found)
    one = found["fitted"][number] if number < len(found["fitted"]) else "it was not tried"
    assert not isinstance(one, str), (
        f"A Trainer with `fast_dev_run` does not get through a hidden batch: {one}"
    )
    return one


@check(
    "`training_step` gives the loss of its batch",
    points=4,
    scope="exercises",
    environment="required",
    hint="The loss compares the scores of these pictures with the labels of this batch, and is a tensor that leads back to the "
    "parameters: no `.item()`, no `.detach()`.",
)
def test_training_step(submission, student, rng):
    found = trained(student, submission, rng)
    losses = []
    for number in range(3):
        fit = _fit(found, number)
        loss = next(iter(fit["losses"]), None)
        assert loss is not None, (
            "`training_step` gives no loss that is one number, or a dict with it as `loss`."
        )
        assert fit["moved"], "A step of the training leaves all parameters as they were."
        losses.append(loss)
    right, some, wrong = losses
    assert right < some < wrong, (
        "The loss is not higher the more labels of a batch are others than the model's own answers: "
        f"{right:.3g} with none, {some:.3g} with half, {wrong:.3g} with all."
    )


@check(
    "`configure_optimizers` gives an optimizer of the model's parameters, whose steps lower the loss",
    points=3,
    scope="exercises",
    environment="required",
    hint="The optimizer has `self.parameters()`, all of them. Fit one small batch again and again: where does its loss go?",
)
def test_optimizer(submission, student, rng):
    fit = _fit(trained(student, submission, rng), 3)
    assert not fit["foreign"], f"{fit['foreign']} parameters of the optimizer are not the model's."
    assert fit["stepped"] == fit["parameters"], (
        f"The optimizer has {fit['stepped']} of the model's {fit['parameters']} parameters."
    )
    assert fit["moved"], "The optimizer's steps leave all parameters as they were."
    assert fit["after"] < fit["before"] - _NEAR, (
        f"After {len(fit['losses'])} steps on one batch its labels are no likelier: {fit['before']:.3f} was {fit['after']:.3f}."
    )


@check(
    "Training steps log their loss and their accuracy",
    points=2,
    scope="exercises",
    environment="required",
    requires=["training_step"],
    hint="`self.log` takes a name and a value: one with `loss`, one with `acc` in its name. Which share of the answers is right?",
)
def test_training_logs(submission, student, rng):
    found = trained(student, submission, rng)
    fits = [_fit(found, number) for number in range(3)]
    names = {name for fit in fits for name in fit["metrics"]}
    losses = [name for name in names if _LOSS.search(name)]
    assert any(
        all(_among(fit["losses"][0], fit["metrics"].get(name, [])) for fit in fits) for name in losses
    ), f"`training_step` logs no value with `loss` in its name that is its loss: {_told(names)}."
    rights = [name for name in names if _RIGHT.search(name)]
    assert any(_falls([fit["metrics"].get(name, []) for fit in fits]) for name in rights), (
        f"`training_step` logs no value with `acc` in its name that is the share of right answers: {_told(names)}."
    )


def _told(names):
    return f"it logs {', '.join(sorted(names))[:200]}" if names else "it logs nothing"


def _among(wanted, values):
    return any(abs(one - wanted) <= _NEAR * max(1.0, abs(wanted)) for one in values)


def _falls(values):
    """Whether shares of right answers fall as labels are others; dropout may change some answers."""
    if not all(values):
        return False
    return any(
        all(0 <= one <= whole for one in series)
        and series[0] - series[1] > whole / 6
        and series[1] - series[2] > whole / 6
        for whole in (1, 100)
        for series in zip(*values, strict=False)
    )


def _validated(found, number):
    _scores(found)
    one = found["validated"][number] if number < len(found["validated"]) else "it was not tried"
    assert not isinstance(one, str), f"A Trainer does not get through the validation of hidden batches: {one}"
    return one


@check(
    "The validation logs the accuracy that the model has on hidden pictures",
    points=3,
    scope="exercises",
    environment="required",
    hint="`validation_step` gets its own batches and logs by `self.log`, with `acc` in the name; the Trainer takes the mean over "
    "the batches, and switches dropout off.",
)
def test_validation(submission, student, rng):
    found = trained(student, submission, rng)
    both = [_validated(found, number) for number in range(2)]
    names = [name for name in both[0] if _RIGHT.search(name)]
    assert names, f"The validation logs no value with `acc` in its name: {_told(both[0])}."
    for name in names:
        shown = [one.get(name, -1.0) for one in both]
        if any(
            all(
                abs(value / whole - share) < 0.006
                for value, share in zip(shown, found["shares"], strict=True)
            )
            for whole in (1, 100)
        ):
            return
    raise AssertionError(
        f"The validation logs `{names[0]}` = {both[0][names[0]]:.3g}, which is not the share of right answers."
    )


@check(
    "Early stopping and checkpoints follow a value that the validation logs, in the right direction",
    points=2,
    scope="exercises",
    environment="required",
    requires=["script_trains"],
    hint="`monitor` names what is logged, letter by letter; `mode` says whether less of it is better, or more.",
)
def test_callbacks(submission, student, rng):
    found = trained(student, submission, rng)
    following = [(kind, name, mode) for kind, name, mode in found["callbacks"] if name]
    assert following, f"No EarlyStopping or ModelCheckpoint of {found['script']} monitors a value."
    better, worse = (_validated(found, number) for number in range(2))
    for kind, name, mode in following:
        assert name in better, (
            f"{kind} monitors `{name}`, which the validation does not log: {_told(better)}."
        )
        assert better[name] != worse.get(name), (
            f"`{name}`, which {kind} monitors, is the same whatever is validated."
        )
        wanted = "min" if better[name] < worse.get(name, better[name]) else "max"
        assert mode == wanted, f"{kind} takes `{name}` for better the other way round (mode={mode})."


@check(
    "The Trainer is told when to end, and takes a fifth of the training's batches",
    points=1,
    scope="exercises",
    environment="required",
    requires=["script_trains"],
    hint="How long, and how much of the data in each epoch, are two arguments of the Trainer.",
)
def test_limits(submission, student, rng):
    found = trained(student, submission, rng)
    assert any(name in ("max_epochs", "max_steps", "max_time") for name in found["limits"]), (
        "The Trainer is not told after how many epochs, steps or minutes to end."
    )
    assert len(found["batches"]) == 2, "Nobody can tell how many batches the training has."
    taken, there = found["batches"]
    assert taken <= max(1, 0.25 * there), f"Each epoch takes {taken} of the {there} batches of the training."


@check(
    "The Trainer's logger gets the losses of the training and what the validation found",
    points=2,
    scope="exercises",
    environment="required",
    requires=["script_trains"],
    hint="Does the logger get anything from so few batches? A warning of your run says how often it is asked, and how to "
    "change that.",
)
def test_logger(submission, student, rng):
    found = trained(student, submission, rng)
    assert found["logger"], "The Trainer has no logger."
    values = {}
    for one in found["logged"]:
        for name, value in one.items():
            values.setdefault(name, []).append(value)
    steps = [loss for _, loss in found["losses"] if loss is not None]
    epochs = {}
    for epoch, loss in found["losses"]:
        epochs.setdefault(epoch, []).append(loss or 0.0)
    means = [sum(losses) / len(losses) for losses in epochs.values()]
    followed = [
        name
        for name, series in values.items()
        if _LOSS.search(name)
        and len(set(series)) > 1
        and (_follows(series, steps) or _follows(series, means))
    ]
    assert followed, f"{found['logger'][0]} does not get the losses of the training: {_told(values)}."
    validated = [name for name in _validated(found, 0) if name in values]
    assert validated, f"{found['logger'][0]} gets nothing of what the validation logs: {_told(values)}."


def _follows(values, wanted):
    """Whether numbers are some of those that are wanted, in their order."""
    rest = iter(wanted)
    return all(any(math.isclose(value, one, rel_tol=_NEAR, abs_tol=1e-6) for one in rest) for value in values)
