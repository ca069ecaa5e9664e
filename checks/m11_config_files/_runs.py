"""M11: the runs of the students' script, each with settings that nobody has seen, shared by the checks."""

import os

from grader.suite import StudentFault, shared

from ._common import how_to_start, hydra_scripts, named_settings, optimizer_of, option_groups
from ._judged import matrices, reply
from ._trainings import FIRST, RUNS

#: Wall seconds of one run; CPU seconds of all of them.
RUN_S, CPU_S, WALL_S = 45, 150, 180.0
FILES = {"config.yaml", "hydra.yaml", "overrides.yaml"}
#: Doubles the learning rate that Hydra hands over, and makes what would have been made: so what follows is known.
_DOUBLING = """
from importlib import import_module

def Optimizer(*arguments, **named):
    for name in {names!r}:
        if name in named:
            named[name] *= 2
    home, _, last = {target!r}.rpartition(".")
    return getattr(import_module(home), last)(*arguments, **named)
"""


@shared
def first(student, submission, rng):
    """The first run: with no word of ours but a setting that is added."""
    scripts = hydra_scripts(submission)
    assert scripts, "No script of yours is started by `hydra.main`."
    file, folder = scripts[0]
    start, folders = how_to_start(file)
    added = f"extra_{rng.randrange(10**6)}", rng.randrange(1, 10**6)
    argv, told = [f"+{added[0]}={added[1]}"], {}
    if any(one.imports_module("torchvision") for one in submission.python_files()):
        told = _runs(student, submission, start, folders, {"first": argv})["first"]
        _ended(told, f"`python {' '.join([*start, *argv])}`")
    else:
        done = student.run(
            ["python", *start, *argv],
            timeout=RUN_S,
            cpu_s=RUN_S,
            env={"PYTHONPATH": os.pathsep.join(folders)},
            changes=True,
        ).succeeded()
        told = student.probe(FIRST, changed=list(done.changed), folders=folders, cpu_s=RUN_S)
    told = reply(told)
    return {**told, "script": file.path, "folder": folder, "added": list(added)}


def _runs(student, submission, start, folders, runs):
    names = {name for file in submission.python_files() for name in file.imports}
    own = {part for file in submission.python_files() for part in file.path.removesuffix(".py").split("/")}
    warm = sorted(name for name in names if name.partition(".")[0] not in own)
    found = student.probe(
        RUNS,
        start=start,
        folders=folders,
        warm=["hydra", "omegaconf", *warm][:60],
        runs=runs,
        seconds=RUN_S,
        cpu_s=CPU_S,
        timeout=WALL_S,
    )
    if not isinstance(found, dict) or set(found) != set(runs):
        raise StudentFault("reply", "What the runs left cannot be read.")
    return found


def saved_of(told):
    """The configuration that a run saved: the one of its folders that has all three files."""
    for one in told["saved"].values():
        if set(one["files"]) >= FILES and isinstance(one.get("config"), dict):
            return one
    return {"config": {}, "overrides": [], "choices": {}, "files": []}


@shared
def plain(student, submission, rng):
    """Runs of which the seed and the learning rate differ, and what else there is to ask for."""
    told = first(student, submission, rng)
    config = saved_of(told)["config"]
    names, asked = named_settings(config), _asked(rng)
    low = {kind: pair[0] for kind, pair in asked.items()}
    given = {
        "script": told["script"],
        "names": names,
        "asked": {kind: list(pair) for kind, pair in asked.items()},
        "group": _experiments(submission, told, saved_of(told)["choices"]),
        "optimizer": list(optimizer_of(config)),
    }
    runs = {"base": low, "again": low, "still": {**low, "learning rate": 0.0}}
    runs |= {kind: {**low, kind: asked[kind][1]} for kind in ("seed", "learning rate")}
    return {
        **given,
        "runs": _run(student, submission, given, {one: _words(names, runs[one]) for one in runs}),
    }


def _words(names, values):
    return [f"{names[kind]}={value}" for kind, value in values.items() if kind in names]


def _run(student, submission, given, runs):
    file = next(one for one, _ in hydra_scripts(submission) if one.path == given["script"])
    found = _runs(student, submission, *how_to_start(file), runs)
    return {name: {**reply(one), "code": one.get("code")} for name, one in found.items()}


@shared
def sized(student, submission, rng):
    """Runs with other values of the other settings, and one with a name that does not exist."""
    given = plain(student, submission, rng)
    names, asked = given["names"], given["asked"]
    low = {kind: pair[0] for kind, pair in asked.items()}
    kinds = ("batch size", "number of epochs", "size of the hidden layer")
    runs = {kind: _words(names, {**low, kind: asked[kind][1]}) for kind in kinds}
    known = [names[kind] for kind in (*kinds, "seed", "learning rate") if kind in names]
    runs["typo"] = [*_words(names, low), f"{min(known, key=_depth)}_{rng.randrange(100)}=1"]
    return _run(student, submission, given, runs)


def _depth(name):
    return name.count(".")


@shared
def composed(student, submission, rng):
    """Runs with each of two experiments, with several values at once, and with another optimizer."""
    given = plain(student, submission, rng)
    names, (optimizer, target) = given["names"], given["optimizer"]
    low = {kind: pair[0] for kind, pair in given["asked"].items()}
    runs = {f"option {name}": [word] for name, word in given["group"]["words"].items()}
    if rate := names.get("learning rate"):
        others = _words(names, {kind: value for kind, value in low.items() if kind != "learning rate"})
        runs["several"] = ["-m", *others, "{}={},{}".format(rate, *given["asked"]["learning rate"])]
        if "." in target:
            module = f"optimizer_{rng.getrandbits(30)}"
            called = sorted({rate.rpartition(".")[2], "lr", "learning_rate"})
            student.stub(module, _DOUBLING.format(names=called, target=target))
            runs["doubled"] = [*_words(names, low), f"{optimizer}._target_={module}.Optimizer"]
    return _run(student, submission, given, runs)


def _asked(rng):
    """Two values of each kind of setting; of the learning rate the second is twice the first."""
    # So small that what many epochs change is in proportion to it, too.
    rate = round(rng.uniform(0.00005, 0.0002), 7)
    hidden = rng.randrange(11, 19)
    return {
        "seed": (rng.randrange(1, 10**6), rng.randrange(10**6, 10**7)),
        "learning rate": (rate, 2 * rate),
        "batch size": (rng.choice((10, 12, 15)), rng.choice((24, 25, 30))),
        "number of epochs": (2, 4),
        "size of the hidden layer": (hidden, hidden + rng.randrange(10, 20)),
    }


def _experiments(submission, told, choices):
    """The group of experiments, and the word of the command line that takes each of the first two that is not taken already."""
    for group, names in option_groups(submission, told["folder"])[:1]:
        sign = "" if group in choices else "+"
        return {"name": group, "words": {name: f"{sign}{group}={name}" for name in names[:2]}}
    return {"name": "", "words": {}}


def ended(run, how):
    """Fail the check if a run did not end well, or left no weights."""
    _ended(run, f"A run {how}")
    assert matrices(run), f"A run {how} leaves no weights."


def _ended(run, what):
    # What an error says further is indented.
    said = [line for line in str(run.get("output", "")).splitlines() if line[:1].strip()][-1:]
    if run.get("code") is None:
        raise StudentFault("timeout", f"{what} does not come to an end.")
    assert run["code"] == 0, f"{what} fails: {''.join(said)[:300]}"
