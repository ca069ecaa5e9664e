"""M14: settings are searched, not guessed. And what counts as work on this module at all."""

import posixpath
import re

from grader.suite import Evidence, check, measure, not_applicable, partial, work

from ..common.messages import show
from ._common import folders_of_work

#: Calls that search: one of them will do.
_SEARCHES = (
    *("wandb.sweep", "wandb.agent", "ray.tune.run", "ray.tune.Tuner", "ray.tune.run_experiments"),
    *("hyperopt.fmin", "skopt.gp_minimize", "skopt.forest_minimize", "skopt.BayesSearchCV", "flaml.tune.run"),
    *("GridSearchCV", "RandomizedSearchCV", "HalvingGridSearchCV", "HalvingRandomSearchCV", "BayesSearchCV"),
    *(
        "hyperparameter_search",
        "HyperparameterTuningJob",
        "keras_tuner.RandomSearch",
        "keras_tuner.Hyperband",
    ),
    *("keras_tuner.BayesianOptimization", "keras_tuner.GridSearch", "bayes_opt.BayesianOptimization"),
    *("OptunaSearchCV", "TuneSearchCV", "TuneGridSearchCV", "pycaret.classification.tune_model"),
    *(
        "nevergrad.optimizers.NGOpt",
        "smac.HyperparameterOptimizationFacade",
        "dspy.BootstrapFewShotWithRandomSearch",
    ),
)
_PROGRAMS = (
    "wandb sweep",
    "wandb agent",
    "gcloud ai hp-tuning-jobs create",
    "ray job submit --tune",
    "nnictl create",
)
_NAMED = re.compile(r"sweep|hparam|hyper_?param|grid_?search|optuna|(?:^|_)tun(?:e|ing)", re.IGNORECASE)


@work(
    "code that logs, an experiment tracker, or a sweep: own code in a project; in an exercise a script that logs by loguru or "
    "logging (my_logger.py), or one that calls `wandb.init` (train.py)"
)
def find_work(submission):
    if submission.profile == "project":
        return bool(submission.code(notebooks=True))
    return folders_of_work(submission)


def _wandb_sweep(config):
    """The parameters of a sweep of W&B, which may be part of a larger file; the course's own example has no method."""
    parts = [config.data, *(value for value in config.data.values() if isinstance(value, dict))]
    for data in parts:
        parameters = data.get("parameters")
        if isinstance(parameters, dict) and not {"method", "program", "metric", "command"}.isdisjoint(data):
            return parameters
    return None


def _varies(parameter):
    """Whether a parameter of a sweep takes more than one value."""
    if not isinstance(parameter, dict):
        return False
    values = parameter.get("values")
    nested = parameter.get("parameters")
    return (
        (isinstance(values, list) and len(values) > 1)
        or {"min", "max"} <= set(parameter)
        or {"mu", "sigma"} <= set(parameter)
        or (isinstance(nested, dict) and any(map(_varies, nested.values())))
    )


def _searches(submission):
    """Evidence of what searches in code, commands and files."""
    for name in _SEARCHES:
        yield from (file.evidence(call) for file, call in submission.calls(name, notebooks=True))
    optimized = submission.calls("optimize", notebooks=True)
    studies = submission.calls("optuna.create_study", notebooks=True)
    if optimized:
        yield from (file.evidence(call) for file, call in studies)
    yield from (command.evidence for command in submission.running(*_PROGRAMS))
    yield from (command.evidence for command in submission.commands if _is_multirun(command.words))
    for path in submission.files("**/wandb/sweep-*/*.yaml", "**/multirun/**/multirun.yaml")[:3]:
        yield Evidence(path, None, "a sweep that was run")
    for config in submission.configs():
        wandb, search = _wandb_sweep(config), config.is_sweep or config.values.get("hydra.mode") == "MULTIRUN"
        if (wandb and any(map(_varies, wandb.values()))) or (search and not wandb):
            yield config.evidence("parameters" if wandb else "")


def _is_multirun(words):
    """Whether a command runs a Hydra program several times: `train.py -m lr=0.1,0.01`."""
    if "--multirun" in words:
        return True
    after = [at for at, word in enumerate(words) if word.endswith(".py")]
    rest = words[after[0] + 1 :] if after else ()
    return "-m" in rest and any("=" in word and ("," in word or "(" in word) for word in rest)


def _weak(submission):
    """What may be a search, and may be anything."""
    for file, call in submission.calls("optuna.create_study", "ParameterGrid", notebooks=True):
        yield file.evidence(call)
    for config in submission.configs():
        if _wandb_sweep(config):
            yield config.evidence("parameters")
    pictures = submission.files(*(f"**/*.{suffix}" for suffix in ("png", "jpg", "jpeg")))
    scripts = submission.files("**/*.py", "**/*.sh", "**/*.ipynb")
    for path in [*scripts, *pictures]:
        name = posixpath.basename(path).replace("fine_tun", "").replace("fine-tun", "")
        own = not submission.is_template(path) and not submission.is_sample_figure(path)
        if _NAMED.search(name) and own and not name.startswith("test_"):
            yield Evidence(path, None, "named like a search")


def _shown(submission):
    """Searches that a README shows: whether they were run is in no file."""
    for path in submission.files("README.md", "*/README.md", "docs/**/*.md"):
        text = "" if path.startswith("reports/") else submission.text(path).replace("\\\n", "  ")
        lines = [line for line in text.splitlines() if ".py" in line and _is_multirun(line.split())]
        yield from (Evidence(path, None, line.strip()[:120]) for line in lines[:3])


@check(
    "Hyperparameters are searched",
    points=1,
    scope="project",
    questions=[14],
    boxes=["w1-19"],
    required=False,
    hint="Write `configs/sweep.yaml` with `program`, `method`, `metric` and `parameters`, then `wandb sweep configs/sweep.yaml`, "
    "`wandb agent …`; or an Optuna study, or a Hydra multirun.",
)
def test_hyperparameters_are_searched(submission):
    found = list(_searches(submission))
    measure("n_sweeps", len(found))
    show(found[:4])
    if found:
        return
    weak = list(_weak(submission))
    if weak:
        partial(0, "Something is named like a search, but nothing in it takes several values.", weak[:3])
    if shown := list(_shown(submission)):
        partial(0, "A README shows a search, and nothing in the repository says that it was run.", shown[:3])
    assert found, (
        "No sweep: neither a configuration with parameters to vary, nor code or a command that searches."
    )


@check(
    "Sweeps vary what their program takes",
    points=1,
    scope="project",
    questions=[14],
    required=False,
    requires=("hyperparameters_are_searched",),
    hint="`program` is a path from where you start the agent, and each name in `parameters` an option of it, written "
    "alike: W&B calls `program --batch_size=32`. A Hydra program needs `${args_no_hyphens}` in `command`.",
)
def test_sweeps_fit_their_program(submission):
    sweeps = [config for config in submission.configs() if _wandb_sweep(config) and "program" in config.data]
    if not sweeps:
        not_applicable("No sweep of W&B names a program.")
    wrong = [
        Evidence(config.path, config.line(key), why)
        for config in sweeps
        for key, why in _misfits(submission, config)
    ]
    assert not wrong, wrong[:10]


def _misfits(submission, config):
    program = str(config.data["program"]).split()[0] if str(config.data["program"]).strip() else ""
    folder = posixpath.dirname(config.path)
    paths = [posixpath.normpath(path) for path in (program, posixpath.join(folder, program))]
    path = next((path for path in paths if submission.exists(path)), None)
    if path is None:
        if program.endswith(".py") and not submission.files(f"**/{program.removeprefix('./')}"):
            yield "program", f"there is no {program}"
        return
    command = config.data.get("command")
    own = isinstance(command, list) and "${args}" not in command
    for name in config.data["parameters"]:
        for known in [one for one in submission.programs() if one.path == path]:
            taken = known.accepts(f"--{name}")
            if known.framework in ("argparse", "typer", "click", "fire") and not own and taken is False:
                yield f"parameters.{name}", f"{path} has no option --{name}"
