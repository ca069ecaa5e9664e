"""M11: the script is run with settings that nobody has seen, and what it trains has to follow from them."""

import math
import posixpath

from grader.suite import check, evidence, work

from ._common import folders_of_work, leaves
from ._judged import learned, log_problem, matrices, moved, same, sizes
from ._runs import FILES, composed, ended, first, plain, saved_of, sized


@work(
    "a script that `hydra.main` starts, with a learning rate, batch size, epochs or other settings of a training in YAML files"
)
def find_training(submission):
    # In a project whatever holds settings is work: the other file of this suite looks for that.
    return True if submission.profile == "project" else folders_of_work(submission)


@check(
    "A run trains, and leaves its weights and the configuration that it had",
    points=2,
    scope="exercises",
    environment="required",
    hint="Hydra makes a folder for each run, with `.hydra` in it: what is in there, and where are the weights? Can a setting be "
    "added on the command line?",
)
def test_run_is_recorded(submission, student, rng):
    told = first(student, submission, rng)
    evidence(told["script"])
    saved = saved_of(told)
    name, value = told["added"]
    assert saved["files"], (
        f"`python {told['script']} +{name}={value}` leaves no `.hydra` with {', '.join(sorted(FILES))}."
    )
    assert saved["config"].get(name) == value, (
        f"The configuration of the run does not have `{name}: {value}` of the command line."
    )
    assert f"+{name}={value}" in (saved["overrides"] or []), (
        "The overrides of the run are not those of the command line."
    )
    assert matrices(told), (
        f"{told['script']} leaves no weights (.npz, .pt, …), where it starts or in the folder of the run."
    )


@check(
    "The same seed gives the same weights, another one others",
    points=3,
    scope="exercises",
    environment="required",
    requires=["run_is_recorded"],
    hint="What draws at random (first weights, order of the data)? Each generator needs the seed before it draws.",
)
def test_seed_decides(submission, student, rng):
    found = plain(student, submission, rng)
    runs, names = found["runs"], found["names"]
    assert "seed" in names, f"No setting is a seed: {_told(names)}."
    for run in ("base", "again", "seed", "still", "learning rate"):
        ended(runs[run], f"with `{names['seed']}` on the command line")
    assert same(matrices(runs["base"]), matrices(runs["again"])), (
        f"Two runs with the same `{names['seed']}` end with different weights."
    )
    assert moved(runs["base"], runs["seed"]), f"Another `{names['seed']}` changes no weight."
    assert not moved(runs["still"], runs["base"]) or learned(
        *(runs[one] for one in ("still", "base", "learning rate"))
    ), "Twice the learning rate does not take the weights about twice as far from where they began."


@check(
    "Learning rate, batch size and number of epochs of the command line decide what is trained",
    points=5,
    scope="exercises",
    environment="required",
    requires=["seed_decides"],
    hint="Which numbers are still in the code? Give one of them another value on the command line, and compare the weights.",
)
def test_settings_reach_the_training(submission, student, rng):
    found = plain(student, submission, rng)
    runs, names = {**sized(student, submission, rng), **found["runs"]}, found["names"]
    for kind in ("learning rate", "batch size", "number of epochs"):
        assert kind in names, f"No setting is the {kind}: {_told(names)}."
        ended(runs[kind], f"with another {kind}")
        assert moved(runs["base"], runs[kind]), (
            f"Another `{names[kind]}` on the command line changes no weight."
        )


@check(
    "The size of the network is the configuration's",
    points=2,
    scope="exercises",
    environment="required",
    requires=["seed_decides"],
    hint="The hidden layer has as many numbers as the configuration says: look at the shapes of the weights.",
)
def test_network_has_the_size(submission, student, rng):
    found = plain(student, submission, rng)
    runs = {**sized(student, submission, rng), **found["runs"]}
    kind = "size of the hidden layer"
    assert kind in found["names"], f"No setting is the {kind}: {_told(found['names'])}."
    name = found["names"][kind]
    for run, value in zip(("base", kind), found["asked"][kind], strict=True):
        ended(runs[run], f"with `{name}={value}`")
        assert value in sizes(runs[run]), f"With `{name}={value}` no weights of that size are trained."
    assert moved(runs["still"], runs["base"]), "No learning rate moves these weights: they are not trained."


def _told(names):
    return ", ".join(names.values()) or "the configuration has no number of the training"


@check(
    "A setting that does not exist is refused",
    points=1,
    scope="exercises",
    environment="required",
    requires=["run_is_recorded"],
    hint="A mistyped name must not pass for a new setting: who reads its value would never know.",
)
def test_typos_are_refused(submission, student, rng):
    ended(plain(student, submission, rng)["runs"]["base"], "with other values of its settings")
    runs = sized(student, submission, rng)
    trains = not runs["typo"]["code"] or matrices(runs["typo"])
    assert not trains, "A run with a mistyped setting on the command line trains, as if nothing were wrong."


@check(
    "The log of a run tells how each epoch went",
    points=1,
    scope="exercises",
    environment="required",
    requires=["run_is_recorded"],
    hint="What is printed is gone with the terminal. What a logger of `logging` says, Hydra writes into a file of the run.",
)
def test_log_tells(submission, student, rng):
    runs = {**sized(student, submission, rng), **plain(student, submission, rng)["runs"]}
    compared = [runs[one] for one in ("base", "number of epochs", "seed")]
    for run in compared:
        ended(run, "with other values of its settings")
    problem = log_problem(*compared)
    assert not problem, problem


@check(
    "Experiments are files that a command chooses by name, and each trains with its own settings",
    points=3,
    scope="exercises",
    environment="required",
    requires=["seed_decides"],
    hint="Two files in a folder of their own beside the main configuration; each says only what it changes. Mind where in the "
    "configuration their values end up.",
)
def test_experiments_are_chosen(submission, student, rng):
    group = plain(student, submission, rng)["group"]
    assert group["words"], "No folder of the configuration has two files to choose from."
    runs, configs, last = composed(student, submission, rng), [], []
    for name, word in group["words"].items():
        run = runs[f"option {name}"]
        ended(run, f"with `{word}`")
        saved = saved_of(run)
        assert saved["choices"].get(group["name"]) == name, f"`{word}` does not choose that file."
        configs.append(leaves(saved["config"]))
        last.append(run)
    changed = [name for name in configs[0] if configs[0][name] != configs[1].get(name)]
    assert changed, f"The files of `{group['name']}` give the same settings."
    assert moved(*last), f"Whichever file of `{group['name']}` is chosen, the same weights are trained."


@check(
    "One command runs the script with several values, and each run trains with its own",
    points=2,
    scope="exercises",
    environment="required",
    requires=["seed_decides"],
    hint="Several values of one setting, with commas, and `--multirun`. If all runs write one file, which of them can be found?",
)
def test_several_values(submission, student, rng):
    found = plain(student, submission, rng)
    rate = found["names"].get("learning rate")
    assert rate, f"No setting is the learning rate: {_told(found['names'])}."
    runs = {**composed(student, submission, rng), **found["runs"]}
    for run in ("base", "learning rate", "several"):
        ended(runs[run], f"with several values of `{rate}`")
    several, values = runs["several"], found["asked"]["learning rate"]
    jobs = {}
    for folder, one in several["saved"].items():
        value = leaves(one["config"] if isinstance(one.get("config"), dict) else {}).get(rate)
        if type(value) in (int, float):
            jobs.update({at: folder for at, wanted in enumerate(values) if math.isclose(value, wanted)})
    assert len(set(jobs.values())) == 2, (
        f"`-m {rate}={values[0]},{values[1]}` does not leave a folder for each."
    )
    assert moved(runs["base"], runs["learning rate"]), f"Another `{rate}` changes no weight."
    inside = [
        [one for path, one in several["weights"].items() if path.startswith(f"{jobs[at]}/")] for at in (0, 1)
    ]
    for at, run in enumerate(("base", "learning rate")):
        left = inside[at]
        if not any(inside):
            # All write one file: it is of the last run.
            left = [matrices(several) if at else matrices(runs[run])]
        assert any(same(one, matrices(runs[run])) for one in left), (
            f"The run with `{rate}={values[at]}` of several does not leave the weights of that run alone."
        )


@check(
    "The optimizer is what the configuration says, made with its values",
    points=3,
    scope="exercises",
    environment="required",
    requires=["seed_decides"],
    hint="A part of the configuration with `_target_` becomes an object by `hydra.utils.instantiate`; what is not known before "
    "the run, like the parameters, is given there.",
)
def test_optimizer_is_instantiated(submission, student, rng):
    found = plain(student, submission, rng)
    runs, (name, target) = {**composed(student, submission, rng), **found["runs"]}, found["optimizer"]
    assert "doubled" in runs, "No part of the configuration has the `_target_` of an optimizer."
    for run in ("base", "learning rate", "doubled"):
        ended(runs[run], f"with another `{name}._target_`")
    assert moved(runs["base"], runs["doubled"]), (
        f"`{name}._target_` says {target}, and another one on the command line changes nothing that is trained."
    )
    assert same(matrices(runs["doubled"]), matrices(runs["learning rate"])), (
        f"What `{name}._target_` becomes does not train with the configuration's learning rate."
    )


@check(
    "No output of runs is in git",
    points=1,
    scope="exercises",
    environment="required",
    requires=["run_is_recorded"],
    hint="Each run adds a folder: what belongs into `.gitignore`?",
)
def test_no_outputs_in_git(submission):
    left = [path for path in submission.all_files if "/.hydra/" in f"/{path}" and path.endswith(".yaml")]
    shown = sorted({posixpath.dirname(posixpath.dirname(path)) for path in left})
    assert not left, f"{len(shown)} outputs of runs are in git: {', '.join(shown[:3])}."
