"""M12: where the repaired code lies, and snippets that ask its classes and watch its script.

The exercise comes with a small library that has torch's names; the course's own script is written in torch. All snippets ask the
library that the classes are made of, so they serve both, and whatever else has these names.
"""

import ast
import re

from grader.suite import StudentFault, evidence

from ..common.python import own

#: What a script of another exercise with an autoencoder uses: profiling, configuration, logging, boilerplate.
_OTHERS = (
    "hydra",
    "omegaconf",
    "wandb",
    "cProfile",
    "torch.profiler",
    "lightning",
    "pytorch_lightning",
    "loguru",
)
_NAMED = re.compile(r"bug|m_?12", re.IGNORECASE)
ENCODER, DECODER = re.compile(r"encoder", re.IGNORECASE), re.compile(r"decoder", re.IGNORECASE)
#: CPU and wall seconds of one run of the script.
CPU_S, WALL_S = 60, 90.0

#: `defined(path)`: what a file defines, without what it starts: the course's script trains as soon as it is imported.
#: `near(folders)`: imports look there first.
DEFINED = """
import ast, os, sys, types

import numpy as np

def near(folders):
    for folder in reversed(folders):
        sys.path.insert(0, os.path.abspath(folder))

def starts_nothing(node):
    if isinstance(node, (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)):
        return True
    calls = [one.func for one in ast.walk(node) if isinstance(one, ast.Call)]
    names = [getattr(one, "attr", getattr(one, "id", "")) for one in calls]
    return isinstance(node, (ast.Assign, ast.AnnAssign)) and all(name in ("device", "is_available", "Path") for name in names)

def defined(path):
    with open(path, encoding="utf-8-sig") as file:
        tree = ast.parse(file.read())
    tree.body = [node for node in tree.body if starts_nothing(node)]
    module = types.ModuleType("defined_" + str(abs(hash(path))))
    module.__file__ = os.path.abspath(path)
    sys.modules[module.__name__] = module
    exec(compile(tree, path, "exec"), vars(module))
    return module

def library_of(made):
    base = [one for one in type(made).__mro__ if one.__name__ == "Module"][-1]
    name = "torch" if base.__module__.startswith("torch.") else base.__module__
    return sys.modules[name]

def numbers(tensor):
    return np.asarray(tensor.detach().data, dtype=np.float64)
"""


def own_code(submission):
    """The students' Python: no file as the course hands it out, and none that it calls a solution."""
    return own(submission, submission.python_files())


def _defines(file, pattern):
    return [
        cls
        for cls in file.classes
        if pattern.search(cls.name) and not (pattern is ENCODER and cls.name.lower().startswith("auto"))
    ]


def candidates(submission):
    """Files that define an encoder or a decoder of this exercise, best first."""
    found = [
        file
        for file in own_code(submission)
        if (_defines(file, ENCODER) or _defines(file, DECODER))
        and (_NAMED.search(file.path) or not file.imports_module(*_OTHERS))
    ]
    return sorted(found, key=lambda file: (not _NAMED.search(file.path), file.path.count("/"), file.path))


def place(submission, pattern, what):
    """The file and name of the encoder or decoder; fails the check where there is none."""
    for file in candidates(submission):
        for cls in _defines(file, pattern):
            file.evidence(cls)
            evidence(file.path, cls.line, f"class {cls.name}")
            return file.path, cls.name
    raise AssertionError(f"No Python file defines a class `{what}`.")


def trains(file):
    """Whether a file has a training loop, or a part of one."""
    return any(call.name.endswith("backward") for call in file.calls())


def script(submission):
    """The path of the script that trains: what starts something when it is run, and has the training in it or imports it."""
    own = own_code(submission)
    stems = {file.name for file in [*candidates(submission), *filter(trains, own)]}
    found = []
    for file in own:
        imported = {part for name in file.imports for part in name.split(".")}
        if any(_starts(node) for node in file.tree.body) and (trains(file) or stems & imported):
            found.append((not _NAMED.search(file.path), not trains(file), file.path.count("/"), file.path))
    assert found, "There is no script that trains the autoencoder."
    return min(found)[-1]


def _starts(node):
    """Whether a statement of a module does more than define."""
    if isinstance(node, ast.If) and "__name__" in ast.unparse(node.test):
        return True
    calls = isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
    return calls or isinstance(node, (ast.For, ast.While, ast.With))


def table(value, what):
    """A reply that has to be rows of finite numbers, as lists; raises StudentFault if it is not."""
    rows = value if isinstance(value, list) else None
    if not rows or not all(isinstance(row, list) and len(row) == len(rows[0]) and row for row in rows):
        raise StudentFault("reply", f"{what} is no table of numbers.")
    if not all(isinstance(one, (int, float)) and abs(one) < 1e30 for row in rows for one in row):
        raise StudentFault("reply", f"{what} has values that are no finite numbers.")
    return rows
