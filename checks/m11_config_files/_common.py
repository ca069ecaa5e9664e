"""M11: which of the students' scripts is configured by Hydra, and how their settings are called."""

import posixpath
import re

from grader.suite import work_folders

from ..common.python import import_folders, own

_NAMED = re.compile(r"m_?11|config|vae|hydra", re.IGNORECASE)
_OTHERS = re.compile(r"log(?:ger|ging)?(?:_hydra)?\.py$|sweep|m_?14|m_?15|m_?30", re.IGNORECASE)
#: What a setting may be called, by its last name.
KINDS = {
    "seed": re.compile(r"(?:^|_)seed(?:_everything)?$|^random_state$", re.IGNORECASE),
    "learning rate": re.compile(r"^(?:lr|learning_?rate|step_?size|eta|alpha)$", re.IGNORECASE),
    "batch size": re.compile(r"batch_?size$|^bs$", re.IGNORECASE),
    "number of epochs": re.compile(
        r"^(?:n_?|num_?|max_?)?(?:epochs?|steps|iterations|iters?)$", re.IGNORECASE
    ),
    "size of the hidden layer": re.compile(
        r"hidden|(?:^|_)(?:units|width|neurons)$|^n_?h(?:id)?$", re.IGNORECASE
    ),
}


def hydra_scripts(submission):
    """The students' programs that Hydra starts with a configuration from files, best first: pairs of file and folder of it."""
    files = own(submission, submission.python_files())
    paths = {file.path for file in files}
    found = []
    for file, call in submission.calls("hydra.main"):
        given = call.argument("config_path")
        if file.path not in paths:
            continue
        folder = posixpath.normpath(posixpath.join(posixpath.dirname(file.path), given or "."))
        if folder.startswith(("..", "/")):
            folder = posixpath.dirname(file.path)
        order = (
            bool(_OTHERS.search(file.path)),
            not _NAMED.search(file.path),
            file.path.count("/"),
            file.path,
        )
        found.append((order, file, folder))
    return [(file, folder) for _, file, folder in sorted(found, key=lambda one: one[0])]


def folders_of_work(submission):
    """The folders that hold a program of Hydra's and its configuration, if that has hyperparameters."""
    settings = [config.path for config in submission.configs() if config.hyperparameters]
    found = []
    for file, folder in hydra_scripts(submission):
        if not submission.mentions("hydra.core.config_store.ConfigStore") and not any(
            path.startswith(f"{folder}/") or folder in ("", ".") for path in settings
        ):
            continue
        [home] = work_folders(submission, [file.path])
        while home not in ("", ".") and not f"{folder}/".startswith(f"{home}/"):
            home = posixpath.dirname(home)
        found.append(home or ".")
    return list(dict.fromkeys(found))


def how_to_start(file):
    """How a program is started: its words behind `python`, and the folders that its imports are looked for in."""
    folders = import_folders(file.path)
    # A module of a package with relative imports runs by its name.
    if re.search(r"^\s*from\s+\.", file.text, re.MULTILINE):
        dotted = file.path.removesuffix(".py").replace("/", ".").removeprefix("src.")
        return ["-m", dotted], [*folders, "src"]
    return [file.path], folders


def leaves(data, above=""):
    """The settings of a configuration by their dotted names, as they can be overridden."""
    found = {}
    for key, value in data.items() if isinstance(data, dict) else ():
        name = f"{above}{key}"
        if isinstance(value, dict):
            found.update(leaves(value, f"{name}."))
        else:
            found[name] = value
    return found


def named_settings(config):
    """The dotted name of the first setting of each kind that is a number, where there is one."""
    found = {}
    for name, value in leaves(config).items():
        if type(value) not in (int, float):
            continue
        for kind, pattern in KINDS.items():
            if pattern.search(name.rpartition(".")[2]):
                found.setdefault(kind, name)
    return found


def targets(config, above=""):
    """The parts of a configuration that say what they become: pairs of a dotted name and its `_target_`."""
    found = []
    for key, value in config.items() if isinstance(config, dict) else ():
        if isinstance(value, dict):
            if isinstance(value.get("_target_"), str):
                found.append((f"{above}{key}", value["_target_"]))
            found += targets(value, f"{above}{key}.")
    return found


def optimizer_of(config):
    """The part of a configuration that becomes an optimizer: its dotted name and its `_target_`; empty where there is none."""
    told = [
        (name, target)
        for name, target in targets(config)
        if re.search(r"optim|sgd|adam|momentum|rmsprop|adagrad", f"{name} {target}", re.IGNORECASE)
        and re.fullmatch(r"[A-Za-z_][\w.]*", target)
    ]
    return told[0] if told else ("", "")


def option_groups(submission, folder):
    """The groups of a folder of configurations that have two files or more, those of experiments first; with the names."""
    groups = {}
    at = "" if folder in ("", ".") else f"{folder}/"
    for path in submission.files(f"{at}*/*.yaml", f"{at}*/*.yml", f"{at}*/*/*.yaml"):
        group, _, name = path.removeprefix(at).rpartition("/")
        if not group.startswith((".", "hydra", "outputs", "multirun")):
            groups.setdefault(group, []).append(name.rpartition(".")[0])
    several = [(group, sorted(names)) for group, names in groups.items() if len(names) > 1]
    return sorted(several, key=lambda one: (not one[0].startswith("exp"), one[0]))
