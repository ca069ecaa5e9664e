"""M6: tables of a configuration, the steps of a project as commands, and what imports say."""

import ast
import re
from dataclasses import dataclass

from grader.suite import StudentFault

from ..common.raw_pictures import WRITE, is_raw

#: Names of the files, functions and tasks of each step.
STEPS = {
    "data": r"(?:make_?)?data(?:set|sets|_?module|_?loader)?|(?:pre)?process\w*|\w+_dataset|prepare\w*|\w*corrupt_mnist",
    "train": r"train\w*|\w+_train|fit\w*",
    "evaluate": r"eval\w*|predict\w*|score\w*",
    "visualize": r"(?:visuali[sz]|plot|draw)\w*",
}
#: Names of what a script wants to be told.
_WRITTEN = re.compile(r"process|out|dest|target|save", re.I)
_MODEL = re.compile(r"model|check|ckpt|weight", re.I)
_PICTURE = re.compile(r"fig|pic|plot|image|png|name|out", re.I)
RAW = "data/raw"
PROCESSED = "data/processed"
#: What one command may take.
WALL_S, CPU_S = 100.0, 60


def table(data, key):
    """A table of a TOML file; empty where it is missing, or no table."""
    value = data.get(key)
    return value if isinstance(value, dict) else {}


# The steps as commands.


@dataclass(frozen=True)
class Step:
    """A script, or a command of one: the words behind `python`, and the names of what it has to be told."""

    name: str
    path: str
    words: tuple
    wants: tuple = ()

    def __str__(self):
        return " ".join(("python", *self.words))

    def argv(self, *, raw=RAW, processed=PROCESSED, model="models/model.pt", picture="picture.png"):
        """The command with what it wants."""
        places = {"raw": raw, "processed": processed, "model": model, "picture": picture}
        return ["python", *self.words, *(places[self._kind(name)] for name in self.wants)]

    def _kind(self, name):
        if self.name == "data":
            return "processed" if _WRITTEN.search(name) else "raw"
        if _MODEL.search(name):
            return "model"
        return "picture" if _PICTURE.search(name) else "processed"


def step(submission, name):
    """The command of a step; fails where there is none."""
    found = _scripts(submission, name) or _commands(submission, name)
    assert found, f"No script that can be run does the step `{name}`: there is no `{name}.py` of your own."
    return found[0]


def _scripts(submission, name):
    ranked = [file for file in submission.code() if is_named(file.name, name)]
    others = [other for other in STEPS if other != name]
    ranked += [
        file
        for file in submission.find(name)
        if file not in ranked and not any(is_named(file.name, other) for other in others)
    ]
    programs = {one.path: one for one in submission.programs() if not one.commands}
    return [
        Step(name, file.path, _words(submission, file), programs[file.path].positionals)
        for file in ranked
        if file.path in programs and not submission.is_template(file.path)
    ]


def _commands(submission, name):
    """The steps that are commands of one program."""
    found = []
    for program in submission.programs():
        for command in program.commands:
            plain = command.replace("-", "_")
            function = program.file.functions.get(plain) if program.file else None
            if is_named(plain, name):
                spec = function.node.args if function else ast.arguments([], [], None, [], [], None, [])
                wants = [one.arg for one in spec.args[: len(spec.args) - len(spec.defaults)]]
                words = (*_words(submission, program.file), command)
                found.append(Step(name, program.path, words, tuple(wants)))
    return found


def is_named(text, name):
    """Whether a file, a command or a task is called as a step is."""
    return bool(re.fullmatch(STEPS[name], text, re.I))


def _words(submission, file):
    """How a file is run: as a script, or as a module where it imports its neighbours by dots."""
    package = submission.package
    relative = any(isinstance(node, ast.ImportFrom) and node.level for node in ast.walk(file.tree))
    if relative and package and package.name and file.path in package.paths:
        return ("-m", package.module_name(file.path))
    return (file.path,)


#: Runs a program as `python` does, with the same random numbers each time: what differs comes of what it read, or of a clock.
_PINNED = """
import os, random, runpy, sys
source = random.Random(1)
os.urandom = random._urandom = source.randbytes
random.seed(1)
try:
    import torch
    torch.manual_seed(1)
except ImportError:
    pass
words = sys.argv[1:]
if words[0] == "-m":
    sys.argv = words[1:]
    runpy.run_module(words[1], run_name="__main__", alter_sys=True)
else:
    sys.argv = words
    sys.path[0] = os.path.dirname(os.path.abspath(words[0]))
    runpy.run_path(words[0], run_name="__main__")
"""
_ALIKE = {"PYTHONHASHSEED": "0", "OMP_NUM_THREADS": "1", "SOURCE_DATE_EPOCH": "1700000000"}


def run(student, step, *, changes=True, pinned=False, **places):
    """Run a step to its end; it has to end well. `pinned` gives it the same random numbers each time."""
    argv = step.argv(**places)
    if pinned:
        argv[1:1] = ["-c", _PINNED]
    env = {"MPLBACKEND": "Agg", **(_ALIKE if pinned else {})}
    try:
        return student.run(argv, changes=changes, timeout=WALL_S, cpu_s=CPU_S, env=env).succeeded()
    except StudentFault as fault:
        # What the students typed is the command without the program of ours that comes first.
        fault.message = fault.message.replace(f"-c {_PINNED} ", "")
        raise


# What they write.

_DATA = (".npz", ".npy", ".pt", ".pth", ".csv", ".json", ".pkl", ".pickle", ".joblib", ".parquet")
CHECKPOINTS = (".pt", ".pth", ".ckpt", ".safetensors")
_MODELS = (*CHECKPOINTS, *_DATA, ".onnx", ".bin", ".h5", ".keras")


def is_data(path):
    """Whether a file that a step wrote may be processed data."""
    return path.endswith(_DATA) and "__pycache__" not in path


def is_model(path):
    """Whether a file that a step wrote may be a trained model."""
    return path.endswith(_MODELS) and "process" not in path and "__pycache__" not in path


# The raw data.


def kind_of_raw(submission):
    """Whether the raw data of a repository is that of the exercise, CSV files, or the course's tensors."""
    raw = [path for path in submission.all_files if is_raw(path)]
    if any(path.endswith(".csv") for path in raw) or not submission.imports("torch"):
        return "csv"
    texts = " ".join(file.text for file in submission.code())
    return "tensors" if raw or "train_images" in texts else "csv"


def raw_folders(submission):
    """The folders in which the repository's scripts may look for raw data; the first is that of its own raw files."""
    own = [path.rpartition("/")[0] for path in submission.all_files if is_raw(path) and "/" in path]
    own = [folder for folder in own if "process" not in folder]
    named = [
        node.value.removeprefix("./").rstrip("/")
        for file in submission.code()
        for node in ast.walk(file.tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.fullmatch(r"[\w./-]{3,80}", node.value)
        and re.search(r"raw|corrupt", node.value)
        and "/" in node.value
        and "." not in node.value.rpartition("/")[2]
    ]
    found = dict.fromkeys([*own, RAW, *named])
    return [name for name in found if not name.startswith("/") and ".." not in name.split("/")][:12]


def write_raw(student, submission, pictures):
    """Put raw data in the place of the repository's own."""
    old = [path for path in submission.all_files if is_raw(path)][:200]
    student.probe(WRITE, files=pictures.files, folders=raw_folders(submission), old=old)


# Imports.

#: Imports modules in turn. Each is noted down before: where a process ends, the last one noted is the one it ended in.
_IMPORT = """
import importlib, os, sys
if beside:
    sys.path.insert(0, os.path.abspath(beside))
if only:
    here = os.getcwd()
    sys.path[:] = [os.path.abspath(only), *(one for one in sys.path if not (one + os.sep).startswith(here + os.sep))]
    os.makedirs(elsewhere, exist_ok=True)
    progress = os.path.abspath(progress)
    os.chdir(elsewhere)
progress = os.path.abspath(progress)
for name in names:
    with open(progress, "a") as file:
        file.write(name + "\\n")
    importlib.import_module(name)
"""
_PROGRESS = ".imported"
#: What the import of one module may take.
_IMPORT_CPU_S = 20


def imports(student, names, *, only="", beside=""):
    """`{name: fault or None}` of modules imported in one process; those behind one that fails are tried in another.

    `only` is a folder below the working copy that takes the place of the repository on the import path; the working folder is
    another one then. `beside` is a folder that comes first on the path, as that of a script does.
    """
    found, left, turn = {}, list(names), 0
    while left:
        turn += 1
        progress = f"{_PROGRESS}.{turn}"
        try:
            student.probe(
                _IMPORT,
                names=left,
                only=only,
                beside=beside,
                elsewhere=".elsewhere",
                progress=progress,
                cpu_s=min(_IMPORT_CPU_S * len(left), CPU_S),
            )
        except StudentFault as fault:
            culprit = _last_begun(student, progress, left)
            found.update(dict.fromkeys(left[: left.index(culprit)]), **{culprit: fault})
            left = left[left.index(culprit) + 1 :]
            continue
        found.update(dict.fromkeys(left))
        break
    return found


def _last_begun(student, progress, names):
    """The module that a process ended in, as it says itself; the first where it says nothing."""
    try:
        begun = student.read(progress).split()
    except StudentFault:
        begun = []
    return next((name for name in reversed(begun) if name in names), names[0])
