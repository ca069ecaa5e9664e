"""M2: where the exercise lies, what of its declarations everybody gets, and which script runs on them."""

import re

from grader.suite import work_folders

from ..common.python import FINDABLE, own

#: The columns of the exercise's table. Who has no such table does the course's own exercise: a script with imports.
COLUMNS = ("sensor", "hour", "value")
#: What each exercise asks to pin, and to which version.
PINS = {"jinja2": "3.0.3", "scikit-learn": "1.2.2"}
#: The extra of the exercise: its package.
EXTRA = "rich"
_NAMED = re.compile(r"(?:^|[/_-])m_?0?2(?:[/_.-]|$)|package_?manage|virtual_?env", re.IGNORECASE)
_CONDA = ("environment.yml", "environment.yaml")
_LIKELY = re.compile(r"import|package|main|hello|script|app", re.IGNORECASE)
_MOST = 3


def tables(submission):
    """The paths of tables with the exercise's columns."""
    found = []
    for path in submission.files("*.csv", "**/*.csv"):
        head = re.split(r"[\s,;]+", submission.bytes(path)[:200].decode(errors="replace").lower())[
            : len(COLUMNS)
        ]
        if tuple(sorted(head)) == tuple(sorted(COLUMNS)):
            found.append(path)
    return found


def exercise_folders(submission):
    """The folders of the exercise, best first: with its table, then with its pin or its name."""
    scripts = [file.path for file in _scripts(submission) if _NAMED.search(file.path)]
    pinned = [
        one.path for one in submission.requirements if one.name == "scikit-learn" and _is_exact(one, one.name)
    ]
    found = work_folders(submission, tables(submission))
    if scripts or pinned:
        found += work_folders(submission, [*scripts, *pinned])
    return list(dict.fromkeys(found))


def _scripts(submission):
    return [file for file in own(submission, submission.python_files()) if not FINDABLE.search(file.path)]


def scripts(submission):
    """The paths of scripts that may be the exercise's, the likely ones first: they import something that Python has not."""
    has_tables, found = bool(tables(submission)), []
    names = {file.name for file in submission.python_files()}
    for file in _scripts(submission):
        wanted = {name.partition(".")[0] for name in file.imports}
        declared = sum(submission.declares(name) for name in wanted - names)
        reads = ".csv" in file.text
        if declared or reads or wanted & {"numpy", "jinja2", "pandas", "sklearn"}:
            rank = not reads if has_tables else -declared
            found.append((rank, not _LIKELY.search(file.name), file.path.count("/"), file.path))
    return [path for *_, path in sorted(found)[:_MOST]]


def project_path(submission):
    """The pyproject.toml that describes the project; empty where another kind of file declares what is needed."""
    for path in submission.files("pyproject.toml", "**/pyproject.toml"):
        data = submission.toml(path)
        if isinstance(data.get("project"), dict) or isinstance(data.get("tool", {}).get("poetry"), dict):
            return path
    return ""


def always(submission):
    """The dependencies that everybody gets who installs the project: of no group, and of no extra."""
    named = [one for one in submission.requirements if not one.group and not one.extra]
    project = project_path(submission)
    # A requirements file beside a project may be exported with all groups.
    return [one for one in named if one.path == project] if project else named


def extras(submission):
    return [one for one in submission.requirements if one.extra]


def development(submission):
    """The dependencies of groups, and of requirements files of another name."""
    return [one for one in submission.requirements if one.group and not one.extra]


def is_conda(submission):
    """Whether the course's older way was taken: an environment file, and no project."""
    there = submission.files(*_CONDA, *(f"**/{name}" for name in _CONDA))
    return bool(there) and not project_path(submission)


def pinned(submission):
    """The dependency that the exercise asks to pin, and the version asked for; None where it is not declared."""
    for one in always(submission):
        if one.name in PINS and (one.name != "jinja2" or tables(submission)):
            return one, PINS[one.name]
    return None, ""


def _is_exact(one, name):
    return one.specifier.replace(" ", "") == f"=={PINS[name]}"


def is_exact(one):
    return _is_exact(one, one.name)
