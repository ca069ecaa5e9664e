"""M14: experiments are tracked."""

import ast
import re

from grader.suite import Evidence, check, measure, partial

from ..common.messages import only_declared, show

#: What writes to a tracker, by tracker: calls of these dotted names or of what is in them.
_WRITES = {
    "wandb": (
        *(
            "wandb.log",
            "wandb.log_artifact",
            "wandb.log_model",
            "wandb.log_code",
            "wandb.watch",
            "wandb.save",
        ),
        *("wandb.summary.update", "wandb.run.log", "wandb.run.log_artifact", "wandb.Artifact", "wandb.Table"),
        *("wandb.sklearn", "wandb.xgboost", "wandb.lightgbm", "wandb.keras", "wandb.integration"),
        *("wandb.run.summary", "wandb.use_artifact", "wandb.fastai", "wandb.plot"),
    ),
    "mlflow": ("mlflow",),
    "trackio": ("trackio.log",),
    "comet": ("comet_ml.Experiment", "comet_ml.start", "comet_ml.ExperimentConfig"),
    "neptune": ("neptune.init_run", "neptune.init"),
    "clearml": ("clearml.Task.init",),
    "aim": ("aim.Run",),
    "dvclive": ("dvclive.Live",),
    "swanlab": ("swanlab.log",),
    "Vertex AI": (
        "google.cloud.aiplatform.log_metrics",
        "google.cloud.aiplatform.start_run",
        "google.cloud.aiplatform.log_params",
    ),
    "TensorBoard": (
        *("torch.utils.tensorboard.SummaryWriter", "torch.utils.tensorboard.writer.SummaryWriter"),
        *(
            "tensorboardX.SummaryWriter",
            "tensorflow.summary.scalar",
            "tensorflow.keras.callbacks.TensorBoard",
        ),
        "keras.callbacks.TensorBoard",
    ),
}
#: Loggers and callbacks of training frameworks: made in code, or named as a target of a configuration.
_LOGGERS = {
    **dict.fromkeys(("WandbLogger", "WandBLogger", "WandbCallback", "WandbTracker"), "wandb"),
    **dict.fromkeys(("WandbMetricsLogger", "WandbModelCheckpoint", "WandbEvalCallback"), "wandb"),
    **dict.fromkeys(("MLFlowLogger", "MLflowLogger", "MLflowCallback", "MLFlowCallback"), "mlflow"),
    **dict.fromkeys(("NeptuneLogger", "NeptuneCallback"), "neptune"),
    **dict.fromkeys(("CometLogger", "CometMLLogger", "CometCallback"), "comet"),
    **dict.fromkeys(("DVCLiveLogger", "DVCLiveCallback"), "dvclive"),
    **dict.fromkeys(("TensorBoardLogger", "TensorBoardCallback", "TensorboardLogger"), "TensorBoard"),
    "AimLogger": "aim",
    "ClearMLLogger": "clearml",
}
#: What `report_to=` and its like are told.
_REPORTED_TO = {
    **{name: name for name in ("wandb", "mlflow", "neptune", "clearml", "trackio", "dvclive", "swanlab")},
    "tensorboard": "TensorBoard",
    "comet_ml": "comet",
}
_REPORTS = ("report_to", "log_with", "loggers", "logger", "tracker", "trackers")
_READS_TARGETS = (
    "instantiate",
    "instantiate_class",
    "LightningCLI",
    "get_class",
    "import_module",
    "locate",
    "TrainingArguments",
    "SFTConfig",
)
_DECLARED = ("wandb", "mlflow", "neptune", "comet-ml", "clearml", "trackio", "dvclive", "aim")
_STARTS = ("wandb.init", "wandb.login", "wandb.setup", "mlflow.start_run", "mlflow.set_experiment")
_TRAINERS = ("Trainer", "Seq2SeqTrainer", "SFTTrainer", "DPOTrainer", "SentenceTransformerTrainer", "YOLO")
#: The course's own try-out.
_TRIES_OUT = re.compile(r"(?:^|/)wandb_?test(?:er)?\.py$", re.IGNORECASE)


def _code(submission):
    return [file for file in submission.code(notebooks=True) if not _TRIES_OUT.search(file.path)]


def _tracked(submission):
    """(tracker, evidence) of what writes to a tracker."""
    files = _code(submission)
    started = any(file.calls("wandb.init") for file in files)
    for file in files:
        for call in file.calls():
            tracker = _tracker(file, call) or _of_a_run(file, call, started)
            if tracker:
                yield tracker, file.evidence(call)
        # transformers and ultralytics report to wandb by themselves, once it is there.
        for name in _TRAINERS if started else ():
            for call in file.calls(name):
                if call.name.startswith(("transformers.", "trl.", "sentence_transformers.", "ultralytics.")):
                    yield "wandb", file.evidence(call)
    if any(file.calls(name) for file in files for name in _READS_TARGETS):
        yield from _targets(submission)
    for command in submission.commands:
        for at, word in enumerate(command.words):
            name, _, value = word.lstrip("-").partition("=")
            told = value or next(iter(command.words[at + 1 :]), "")
            if name == "report_to" and told in _REPORTED_TO:
                yield _REPORTED_TO[told], command.evidence


def _tracker(file, call):
    """The tracker that a call writes to, by the name of the call or by what it is told to report to."""
    last = call.name.rpartition(".")[2]
    if last in _LOGGERS:
        return _LOGGERS[last]
    for tracker, names in _WRITES.items():
        within = f"{call.name}.".startswith(tuple(f"{name}." for name in names))
        writes = tracker != "mlflow" or last.startswith(("log", "autolog", "save_model", "register"))
        if within and writes and file.imports_module(call.name.partition(".")[0]):
            return tracker
    told = [text for name in _REPORTS for text in _texts(call.keywords.get(name))]
    return next((_REPORTED_TO[text] for text in told if text in _REPORTED_TO), None)


def _texts(node):
    items = node.elts if isinstance(node, ast.List | ast.Tuple) else [node]
    return [item.value for item in items if isinstance(item, ast.Constant) and isinstance(item.value, str)]


def _of_a_run(file, call, started):
    """`run.log(…)`, where `wandb.init` made the run here or in another file."""
    owner, _, last = call.name.rpartition(".")
    if not started or last not in ("log", "log_artifact", "log_model", "watch", "link_artifact"):
        return None
    name = owner.rpartition(".")[2].strip("_").lower()
    made = name in {
        target.id.lower()
        for start in file.calls("wandb.init")
        for node in ast.walk(file.tree)
        if isinstance(node, ast.Assign) and node.value is start.node
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    return "wandb" if made or name == "run" or "wandb" in name or name.endswith("_run") else None


def _line(data, key):
    """The line of a key, where the file's kind has lines."""
    return getattr(data, "lines", {}).get(key)


def _targets(submission):
    """(tracker, evidence) of the loggers that configurations name."""
    for config in submission.configs():
        todo = [config.data]
        while todo:
            data = todo.pop()
            for key in ("_target_", "class_path") if isinstance(data, dict) else ():
                last = str(data.get(key) or "").rpartition(".")[2]
                if last in _LOGGERS:
                    line = _line(data, key)
                    yield _LOGGERS[last], Evidence(config.path, line, str(data[key]))
            told = data.get("report_to") if isinstance(data, dict) else None
            for name in told if isinstance(told, list) else [told]:
                if isinstance(name, str) and name in _REPORTED_TO:
                    yield (
                        _REPORTED_TO[name],
                        Evidence(config.path, _line(data, "report_to"), f"report_to: {name}"),
                    )
            inside = data.values() if isinstance(data, dict) else data
            todo += [value for value in inside if isinstance(value, dict | list)]


@check(
    "Training is logged to an experiment tracker",
    points=1,
    scope="project",
    questions=[13, 14],
    boxes=["w1-18"],
    required=False,
    hint='`run = wandb.init(project=…, config=…)` and `run.log({"train_loss": loss})` in the training loop, or Lightning\'s '
    "`Trainer(logger=WandbLogger())`.",
)
def test_training_is_tracked(submission):
    found = list(_tracked(submission))
    trackers = sorted({tracker for tracker, _ in found})
    measure("n_tracking_calls", len(found))
    measure("trackers", ", ".join(trackers))
    show(next(place for name, place in found if name == tracker) for tracker in trackers)
    if found:
        return
    started = [
        file.evidence(call) for name in _STARTS for file in _code(submission) for call in file.calls(name)
    ]
    if started:
        partial(0, "A run is started, but nothing is logged to it.", started[:3])
    assert found, _what_is_missing(submission)


def _what_is_missing(submission):
    imported = [
        place
        for place in submission.imports("wandb", "mlflow", "neptune", "comet_ml", notebooks=True)
        if not _TRIES_OUT.search(place.path)
    ]
    return imported[:3] or only_declared(submission, _DECLARED, "No code logs to an experiment tracker.")
