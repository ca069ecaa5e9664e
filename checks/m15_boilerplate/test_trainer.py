"""M15: the training loop is a framework's."""

from grader.suite import check, evidence, measure, not_applicable, work

from ..common.messages import only_declared, show
from ..common.words import LIGHTNING
from ._common import folders_of_work

#: Other trainers that take the loop over; the course accepts them as well.
_OTHERS = (
    *(
        "transformers.Trainer",
        "transformers.Seq2SeqTrainer",
        "setfit.Trainer",
        "sentence_transformers.SentenceTransformerTrainer",
    ),
    *(
        "trl.SFTTrainer",
        "fastai",
        "ignite.engine",
        "skorch",
        "composer.Trainer",
        "catalyst",
        "keras",
        "tensorflow.keras",
    ),
    *("ultralytics.YOLO", "stable_baselines3", "autogluon"),
)
_DECLARED = ("lightning", "pytorch-lightning", "fastai", "pytorch-ignite", "skorch")


def _modules(submission):
    """Classes that hand their steps to Lightning, with their files: subclasses of subclasses, too."""
    files = [file for file in submission.code() if file.imports_module(*LIGHTNING)]
    known = {"LightningModule"}
    found = []
    for _ in range(3):
        for file in submission.code():
            for one in file.classes:
                if (
                    (file, one) not in found
                    and one.inherits(*known)
                    and (file in files or one.inherits(*known - {"LightningModule"}))
                ):
                    found.append((file, one))
                    known.add(one.name)
    return found


def _trainers(submission):
    """Where a Lightning Trainer is made: called, or named as a target of a configuration."""
    places = [
        file.evidence(call)
        for file, call in submission.calls("Trainer", "LightningCLI")
        if call.name.split(".")[0] in LIGHTNING
    ]
    # Hydra makes it from its name: `_target_: lightning.pytorch.Trainer`.
    for config in submission.configs():
        for key, value in config.values.items():
            if (
                key.endswith("_target_")
                and str(value).startswith(LIGHTNING)
                and str(value).endswith("Trainer")
            ):
                places.append(config.evidence(key))
    return places


@work("code that uses PyTorch Lightning or another trainer, or declares one")
def find_work(submission):
    if submission.profile != "project":
        return folders_of_work(submission)
    return bool(
        submission.imports(*LIGHTNING)
        or submission.mentions(*_OTHERS)
        or not submission.dependencies.isdisjoint(_DECLARED)
    )


@check(
    "A trainer runs the training",
    points=1,
    scope="project",
    questions=[3, 13],
    boxes=["w1-20"],
    required=False,
    hint="Derive your model from `LightningModule`, move loss and optimizer into it, and let `Trainer(...).fit(model)` run "
    "the loop.",
)
def test_a_trainer_runs_the_training(submission):
    modules, trainers = _modules(submission), _trainers(submission)
    others = submission.mentions(*_OTHERS)
    for file, one in modules[:3]:
        evidence(file.path, one.line, f"class {one.name}")
    show([*trainers, *others][:3])
    measure("n_lightning_modules", len(modules))
    assert (modules and trainers) or others, _what_is_missing(submission, modules, trainers)


def _what_is_missing(submission, modules, trainers):
    if modules:
        return [
            file.evidence(one, f"{one.name} is a LightningModule, but no Trainer is made")
            for file, one in modules[:3]
        ]
    if trainers:
        return trainers[:3]
    return only_declared(submission, _DECLARED, "No code uses a trainer.")


@check(
    "Each LightningModule has its training step and its optimizer",
    points=1,
    scope="project",
    questions=[13],
    required=False,
    requires=("a_trainer_runs_the_training",),
    hint="`training_step` returns the loss, `configure_optimizers` the optimizer.",
)
def test_modules_define_their_steps(submission):
    modules = _modules(submission)
    if not modules:
        not_applicable("Another trainer than Lightning runs the training.")
    methods = {one.name: {method.name for method in one.methods if not method.is_stub} for _, one in modules}
    bases = {one.name: [base.rpartition(".")[2] for base in one.bases] for _, one in modules}
    for name, found in methods.items():
        for base in bases[name]:
            found |= methods.get(base, set())
    wrong = [
        file.evidence(one, f"{one.name} has no {missing}")
        for file, one in modules
        if not any(one.name in above for above in bases.values())
        for missing in ("training_step", "configure_optimizers")
        if missing not in methods[one.name]
    ]
    assert not wrong, wrong
