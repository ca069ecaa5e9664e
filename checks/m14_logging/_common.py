"""M14: which of the students' files logs, which trains and is tracked, and which configuration is a sweep."""

import posixpath
import re

from grader.suite import work_folders

from ..common.python import own

_LOGGERS = ("loguru", "logging", "structlog")
_TRACKER = "wandb"
_NAMED = re.compile(r"log(?:ger|ging|s)?(?:\.py$|[_/])", re.IGNORECASE)
_TRAINS = re.compile(r"train|main", re.IGNORECASE)
#: The course's try-out of a key, and its answers to other steps of this module.
_ASIDE = re.compile(r"(?:^|/)(?:wandb_?test(?:er)?|[\w]*regist[\w]*|[\w]*hydra[\w]*)\.py$", re.IGNORECASE)
#: Spellings of the settings of a training, as words of an option.
SETTINGS = {
    "lr": ("lr", "learning rate", "rate", "step size"),
    "batch_size": ("batch size", "bs", "batch"),
    "epochs": ("epochs", "n epochs", "num epochs", "max epochs", "number of epochs", "epoch"),
}
#: CPU and wall seconds of one run of a script; importing torch takes most of it.
CPU_S, WALL_S = 40, 60.0


def own_code(submission):
    """The students' Python: no file as the course hands it out, and none that it calls a solution."""
    return own(submission, submission.python_files())


def _starts(file):
    """Whether a file does more than define when it is run."""
    return any(type(node).__name__ in ("Expr", "If", "For", "With", "Try") for node in file.tree.body[1:])


def _tracks(file):
    return file.imports_module(_TRACKER)


def tracked_scripts(submission):
    """The paths of scripts that start runs of the tracker, best first."""
    starting = [
        file
        for file in own_code(submission)
        if _tracks(file) and file.calls("wandb.init") and not _ASIDE.search(file.path)
    ]
    stems = {file.name for file in starting}
    found = []
    for file in own_code(submission):
        imported = {part for name in file.imports for part in name.split(".")}
        if _starts(file) and not _ASIDE.search(file.path) and (file in starting or imported & stems):
            options = any(one.path == file.path for one in submission.programs())
            found.append(
                (not options, not _TRAINS.search(file.path), file.path.count("/"), len(file.path), file.path)
            )
    return [path for *_, path in sorted(found)]


def logging_scripts(submission):
    """The paths of scripts that log, or import what does: small ones with the name of a logger before a training."""
    files = own_code(submission)
    # M11's script logs, too, as Hydra has set it up: that is no exercise in logging.
    using = {
        file.path
        for file in files
        if file.imports_module(*_LOGGERS)
        and (file.imports_module("loguru") or not file.imports_module("hydra"))
    }
    stems = {file.name for file in files if file.path in using}
    found = []
    for file in files:
        imported = {part for name in file.imports for part in name.split(".")}
        if _starts(file) and (file.path in using or imported & stems):
            aside = bool(_ASIDE.search(file.path))
            found.append(
                (_tracks(file), aside, not _NAMED.search(file.path), file.path.count("/"), file.path)
            )
    return [path for *_, path in sorted(found)]


def sweeps(submission):
    """The configurations that are a sweep of a program."""
    return [
        config
        for config in submission.configs()
        if isinstance(config.data.get("parameters"), dict) and "program" in config.data
    ]


def program_of(submission, config):
    """The path of the program of a sweep, as seen from the top of the work or from beside the configuration."""
    named = str(config.data["program"]).strip()
    beside = posixpath.join(posixpath.dirname(config.path), named)
    found = [path for path in map(posixpath.normpath, (named, beside)) if submission.exists(path)]
    return found[0] if found else ""


def options(submission, path):
    """How the program of a file spells the settings of a training: `{"lr": "--learning-rate"}`; and the words before them."""
    known = [one for one in submission.programs() if one.path == path]
    spelled = {}
    for program in known:
        for option in program.options:
            plain = option.lstrip("-").replace("-", " ").replace("_", " ").lower()
            for setting, words in SETTINGS.items():
                if option.startswith("--") and plain in words:
                    spelled.setdefault(setting, option)
    alone = {name for program in known for name in program.alone}
    commands = [name for program in known for name in program.commands if name not in alone]
    return spelled, ["train"] if "train" in commands else []


def folders_of_work(submission):
    """The folders of the exercise, best first: one that has all of it, or what holds the best script of either kind."""
    tracked = work_folders(submission, tracked_scripts(submission))
    logged = work_folders(submission, logging_scripts(submission))
    found = [folder for folder in tracked if folder in logged]
    if not found and tracked and logged:
        best = tracked[0]
        while best != "." and best != logged[0] and not logged[0].startswith(f"{best}/"):
            best = best.rpartition("/")[0] or "."
        found = [best]
    return list(dict.fromkeys([*found, *tracked, *logged]))
