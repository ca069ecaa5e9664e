"""M13: where a profiler may be used, and which of the students' files and commands profile, print and are profiled."""

import ast
import re

from grader.suite import work_folders

from ..common.python import own

_PROFILES = (
    "cProfile.Profile",
    "cProfile.run",
    "cProfile.runctx",
    "profile.Profile",
    "profile.run",
    "profile.runctx",
)
_MENDED = re.compile(r"fast|opt|speed|quick|better", re.IGNORECASE)
#: CPU and wall seconds of one run of a script; importing torch takes most of it.
CPU_S, WALL_S = 60, 90.0


def code(submission):
    """The group's own Python, with tests and notebooks."""
    return submission.code(tests=True, notebooks=True)


def own_code(submission):
    """The students' Python: no file as the course hands it out, and none that it calls a solution."""
    return own(submission, submission.python_files())


def starts(file):
    """Whether a file does more than define when it is run."""
    for node in file.tree.body:
        calls = isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
        if calls or isinstance(node, (ast.For, ast.With)):
            return True
        if isinstance(node, ast.If) and "__name__" in ast.unparse(node.test):
            return True
    return False


def dump_commands(submission):
    """The commands that profile a script into a dump: the words behind `python`, what they dump, and the command."""
    found = []
    for command in submission.commands:
        words = list(command.words)
        for at, word in enumerate(words[:-3]):
            if word not in ("cProfile", "profile") or words[at - 1] != "-m":
                continue
            given = words[at + 1 :]
            if "-o" in given[:-1]:
                found.append((["-m", "cProfile", *given], given[given.index("-o") + 1], command))
    return sorted(found, key=lambda one: (one[2].path.count("/"), one[2].path, one[2].line or 0))


def _ordered(files):
    return sorted(files, key=lambda file: (not starts(file), file.path.count("/"), file.path))


def dump_scripts(submission):
    """The students' scripts that profile by cProfile in their code."""
    return _ordered(
        file for file in own_code(submission) if any(file.calls(name) for name in _PROFILES) and starts(file)
    )


def printing_scripts(submission):
    """The students' scripts that print a profile of cProfile."""
    return _ordered(
        file
        for file in own_code(submission)
        if (file.imports_module("pstats") or file.imports_module("cProfile"))
        and any(call.name.rpartition(".")[2] == "print_stats" for call in file.calls())
        and starts(file)
    )


def torch_scripts(submission):
    """The students' scripts that profile by torch, themselves or by what they import."""
    files = own_code(submission)
    using = [file for file in files if file.calls("torch.profiler.profile")]
    stems = {file.name for file in using}
    return _ordered(
        file
        for file in files
        if starts(file)
        and (file in using or stems & {part for name in file.imports for part in name.split(".")})
    )


def programs(submission):
    """The students' programs that train and print mistakes, and what stands before the number of epochs; mended ones first."""
    profiling = {file.path for file in [*dump_scripts(submission), *torch_scripts(submission)]}
    options = {one.path: one.options for one in submission.programs()}
    found = [
        file
        for file in submission.python_files()
        if file.path not in profiling
        and "mistake" in file.text
        and file.calls("print")
        and (file.uses("sys.argv") or "--epochs" in options.get(file.path, ()))
    ]
    found.sort(key=lambda file: (not _MENDED.search(file.name), file.path.count("/"), file.path))
    return [(file.path, ["--epochs"] if "--epochs" in options.get(file.path, ()) else []) for file in found]


def folders_of_work(submission):
    """The folders that hold work: a command or a script that profiles, or one that prints a profile."""
    paths = [command.path for _, _, command in dump_commands(submission)]
    for found in (dump_scripts, printing_scripts, torch_scripts):
        paths += [file.path for file in found(submission)]
    return work_folders(submission, paths)
