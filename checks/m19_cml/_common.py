"""M19: which of the students' files is what, and which workflow an event starts."""

import ast
import re

from ..common.label_tables import label_tables
from ..common.python import FINDABLE, own

_STATISTICS = re.compile(r"statistic|describe|explor|summar", re.IGNORECASE)
_VARIABLE = re.compile(r"""(?:getenv|environ(?:\.get)?)\s{0,3}[(\[]\s{0,3}["'](\w{1,60})["']""")
_LINKS = re.compile(r"\.link(?:_artifact)?\(")
_NUMBER = re.compile(r"\d+")
#: CPU and wall seconds of one call; importing matplotlib takes most of it.
CPU_S, WALL_S = 40, 60.0
#: A report has no more numbers than this: who prints all numbers has told nothing.
_MOST_NUMBERS = 300


def own_code(submission):
    """The students' Python: no file as the course hands it out, and none that it calls a solution."""
    return own(submission, submission.python_files())


def statistics_scripts(submission):
    """The paths of scripts that describe the data, best first: by their names, and by what a workflow runs."""
    run = {
        word.removeprefix("./")
        for one in submission.ci_runs()
        for word in one.command.words
        if word.endswith(".py")
    }
    found = [
        (not _STATISTICS.search(file.name), file.path not in run, file.path.count("/"), file.path)
        for file in own_code(submission)
        if not FINDABLE.search(file.path) and (_STATISTICS.search(file.name) or file.path in run)
        if not _LINKS.search(file.text)
    ]
    return [path for *_, path in sorted(found)]


def described_by_name(submission):
    """The paths of scripts that a name says to be about statistics of data."""
    return [file.path for file in own_code(submission) if re.search(r"statistic", file.name, re.IGNORECASE)]


def promotion_scripts(submission):
    """The paths of scripts that link an artifact, best first."""
    found = [
        file
        for file in own_code(submission)
        if _LINKS.search(file.text) and file.imports_module("wandb") and not FINDABLE.search(file.path)
    ]
    return [file.path for file in sorted(found, key=lambda file: ("link" not in file.name, file.path))]


def performance_tests(submission):
    """The test files that ask the registry: themselves, by a `conftest.py` of theirs, or by a module that they import."""
    files = own_code(submission)
    tests = [file for file in files if FINDABLE.search(file.path)]
    asking = {file.name for file in files if file.imports_module("wandb")}
    above = [
        file.path.rpartition("/")[0]
        for file in files
        if file.name == "conftest" and asking & {"conftest", *_parts(file)}
    ]
    groups = (
        [file.path for file in tests if file.imports_module("wandb")],
        [file.path for file in tests if any(file.path.startswith(f"{folder}/") for folder in above)],
        [file.path for file in tests if asking & _parts(file)],
    )
    return next(filter(None, groups), [])[:10]


def _parts(file):
    return {part for name in file.imports for part in name.split(".")}


def home_of(submission, path):
    """The folder in which a workflow starts what lies at a path, where it names one; else the top."""
    folders = [run.command.folder for run in submission.ci_runs() if run.workflow]
    return next((one for one in folders if one not in ("", ".") and path.startswith(f"{one}/")), ".")


def variables(submission):
    """The variables that the code reads, but for those of an account: one of them has the model's path."""
    found = [name for file in own_code(submission) for name in _VARIABLE.findall(file.text[:100_000])]
    return [name for name in dict.fromkeys(found) if not name.startswith("WANDB_") and name != "PATH"][:20]


def data_sets(submission):
    """The paths of the training and the test table; where none is committed, those of the exercise."""
    tables = label_tables(submission)
    found = {
        part: [path for path in tables if part in path.rpartition("/")[2].lower()]
        for part in ("train", "test")
    }
    return {part: paths or [f"data/{part}.csv"] for part, paths in found.items()}


def data_paths(submission):
    """The files whose change is a change of the data: the tables, or what DVC has in their place."""
    tables = label_tables(submission)
    return (tables or [one.path for one in submission.dvc.metafiles] or ["data/train.csv"])[:6]


def data_event(workflow, path):
    """The event of a pull request or a push that changes this file and starts the workflow; empty if there is none."""
    for event in ("pull_request", "push"):
        if event in workflow.triggers and _starts(workflow.triggers[event], path):
            return event
    return ""


def is_dispatched(workflow):
    """Whether the event of a staged model starts the workflow."""
    if "repository_dispatch" not in workflow.triggers:
        return False
    config = workflow.triggers["repository_dispatch"]
    types = config.get("types") if isinstance(config, dict) else None
    return types is None or "staged_model" in _texts(types)


def _texts(value):
    return [str(one) for one in (value if isinstance(value, list) else [value])]


def _starts(config, path):
    """Whether a change of one file on the way to `main` starts what has these settings."""
    if not isinstance(config, dict):
        return True
    branches, ignored = config.get("branches"), config.get("branches-ignore")
    if branches is not None and not any(_matches(branches, name) for name in ("main", "master")):
        return False
    if ignored is not None and all(_matches(ignored, name) for name in ("main", "master")):
        return False
    types = config.get("types")
    if types is not None and not {"opened", "synchronize"} & set(_texts(types)):
        return False
    wanted, left_out = config.get("paths"), config.get("paths-ignore")
    if wanted is not None:
        return _matches(wanted, path)
    return left_out is None or not _matches(left_out, path)


def _matches(patterns, name):
    """Whether GitHub's patterns take a name: the last one that fits decides, and `!` takes back."""
    found = False
    for pattern in _texts(patterns)[:50]:
        if re.fullmatch(_as_regex(pattern.removeprefix("!")[:300]), name):
            found = not pattern.startswith("!")
    return found


def _as_regex(pattern):
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", pattern)
    known = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return "".join(known.get(part) or re.escape(part) for part in parts)


def classes_of_data(submission):
    """The classes with a length and items, as `(path, name)`, best first."""
    found = [
        (file.path, node.name)
        for file in own_code(submission)
        for node in ast.walk(file.tree)
        if isinstance(node, ast.ClassDef)
        and {"__len__", "__getitem__"} <= {one.name for one in node.body if isinstance(one, ast.FunctionDef)}
    ]
    return sorted(found)


def numbers(text):
    """The whole numbers of a report; none where there are too many to have been meant."""
    found = [int(one) for one in _NUMBER.findall(text) if len(one) < 10]
    return found if len(found) <= _MOST_NUMBERS else []


def are_in_order(wanted, found):
    """Whether numbers come one after the other among those found."""
    rest = iter(found)
    return all(one in rest for one in wanted)
