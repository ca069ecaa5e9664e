"""M15: which of the students' files has the LightningModule, and which script trains it."""

import ast
import re

from grader.suite import work_folders

from ..common.python import import_folders, own
from ..common.words import LIGHTNING

_NAMED = re.compile(r"m_?15|lightning|boiler", re.IGNORECASE)
#: Exercises that train with Lightning, too: profiling and many devices.
_OTHERS = re.compile(r"m_?13|m_?30|profil|distribut|multi_?gpu", re.IGNORECASE)
_TRAINERS = ("Trainer", "LightningCLI")
#: CPU and wall seconds of the one process that trains and asks; importing takes most of it.
CPU_S, WALL_S = 150, 180.0


def own_code(submission):
    """The students' Python: no file as the course hands it out, and none that it calls a solution."""
    return [file for file in own(submission, submission.python_files()) if not _OTHERS.search(file.path)]


def modules(submission):
    """The students' files that define a LightningModule, best first."""
    found = [
        file
        for file in own_code(submission)
        if file.imports_module(*LIGHTNING) and any(one.inherits("LightningModule") for one in file.classes)
    ]
    return sorted(found, key=lambda file: (not _NAMED.search(file.path), file.path.count("/"), file.path))


def _makes_trainer(file):
    return file.imports_module(*LIGHTNING) and any(
        call.name.rpartition(".")[2] in _TRAINERS for call in file.calls()
    )


def _starts(file):
    """Whether a file does more than define when it is run."""
    for node in file.tree.body:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            return True
        if isinstance(node, (ast.For, ast.With)) or (
            isinstance(node, ast.If) and "__name__" in ast.unparse(node.test)
        ):
            return True
        if isinstance(node, ast.Assign) and any(
            isinstance(one, ast.Call) and ast.unparse(one.func).endswith(".fit") for one in ast.walk(node)
        ):
            return True
    return False


def scripts(submission):
    """The students' scripts that train with Lightning, themselves or by what they import, best first."""
    files = own_code(submission)
    using = [file for file in files if file.imports_module(*LIGHTNING)]
    stems = {file.name for file in using}
    found = []
    for file in files:
        imported = {part for name in file.imports for part in name.split(".")}
        if _starts(file) and (file in using or stems & imported):
            order = (
                not _makes_trainer(file),
                not _NAMED.search(file.path),
                "train" not in file.path.lower(),
                file.path.count("/"),
                file.path,
            )
            found.append((order, file))
    return [file for _, file in sorted(found, key=lambda one: one[0])]


def folders_of_work(submission):
    """The folders that hold a LightningModule or a script with a Trainer."""
    found = [file for file in scripts(submission) if _makes_trainer(file)] + modules(submission)
    return work_folders(submission, [file.path for file in found])


def how_to_start(submission, file):
    """The words behind a script's name, the folders that its imports are looked for in, and the package that it is in."""
    words = ["fit"] if file.calls("LightningCLI") else []
    known = [one for one in submission.programs() if one.path == file.path]
    alone = {name for program in known for name in program.alone}
    if "train" in {name for program in known for name in program.commands if name not in alone}:
        words = ["train"]
    package = ""
    if re.search(r"^\s*from\s+\.", file.text, re.MULTILINE):
        package = file.path.rpartition("/")[0].removeprefix("src/").replace("/", ".")
    return words, [*import_folders(file.path), "src"], package


def flavours(submission):
    """The packages that Lightning is imported from, by the names of their modules."""
    files = own_code(submission)
    found = [
        home
        for name, home in (("lightning", "lightning.pytorch"), ("pytorch_lightning", "pytorch_lightning"))
        if any(file.imports_module(name) for file in files)
    ]
    return found or ["lightning.pytorch"]
