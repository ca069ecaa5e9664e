"""M6: a newcomer can tell how to run the project."""

import re

from grader.suite import check, evidence, measure, partial

from ._common import table

_COMMAND = re.compile(
    r"^\s*(?:[$>%#]\s+)?(?:(?:uv|poetry|pdm|pipenv|conda|hatch) run (?:-\S+ )*)?"
    r"(?P<tool>python3?|invoke|inv|make|just|torchrun|accelerate|dvc|docker|snakemake)\s+(?P<rest>\S.*)"
)
_UV_RUN = re.compile(r"^\s*(?:[$>%]\s+)?(?:uv|poetry|pdm|hatch) run (?P<rest>[\w./-]+.*)")
_SETTING_UP = re.compile(
    r"(?:-m )?(?:pip|venv|ensurepip|pre-commit|pre_commit|ruff|mypy|black|flake8|isort|pytest|coverage|python -m pip)\b"
    r"|--version|pull\b|push\b|(?:dev[-_])?requirements\b|create[-_]environment\b|(?:build|serve)[-_]docs\b|clean\b|--list"
)
_SCRIPT = re.compile(r"(?<![\w<{$])(?:[\w.-]+[/\\])*[\w-]+\.py\b")
_TARGET = re.compile(r"^([A-Za-z][\w-]*)[^:=\n]*:(?!=)", re.MULTILINE)


@check(
    "The README says how to run the project",
    points=1,
    questions=[4, 5],
    above=("README.md",),
    hint="Show the commands in a code block, in the order in which a newcomer types them: install, get the data, train.",
)
def test_readme_says_how_to_run(submission):
    paths = submission.files("README.md", "README.rst", "README.txt", "README", "readme.md")
    paths += [path for path in submission.files("*/README.md") if not path.startswith(("reports/", "docs/"))]
    assert paths, "There is no README."
    written = [path for path in paths if not submission.is_template(path)]
    assert written, f"`{paths[0]}` is empty, or as the template made it."
    stale = []
    for path in written:
        for number, line in _code(submission.lines(path)):
            missing = _runs(submission, line)
            if missing == []:
                evidence(path, number, line)
                return
            stale += [
                evidence(path, number, f"`{script}` is not in the repository") for script in missing or ()
            ]
    assert not stale, stale
    raise AssertionError(f"`{written[0]}` shows no command that runs the code.")


def _code(lines):
    """The lines in code blocks and code spans."""
    fenced = False
    for number, line in enumerate(lines, start=1):
        if line.lstrip().startswith(("```", "~~~")):
            fenced = not fenced
        elif fenced or line.startswith(("    ", "\t")):
            yield number, line.strip()
        else:
            for span in re.findall(r"`([^`]{3,300})`", line):
                yield number, span


def _runs(submission, line):
    """The scripts that a command names and that are not there; None where the line is no command that runs code."""
    match = _COMMAND.match(line) or _UV_RUN.match(line)
    if not match:
        return None
    rest, tool = match.group("rest"), match.groupdict().get("tool") or ""
    if _SETTING_UP.match(rest) or (tool == "docker" and not re.match(r"(?:compose|run|build)\b", rest)):
        return None
    files = submission.files("**/*.py")
    named = [name.replace("\\", "/").removeprefix("./") for name in _SCRIPT.findall(rest)]
    return [name for name in named if not any(path == name or path.endswith("/" + name) for path in files)]


@check(
    "Tasks run the steps of the project",
    points=1,
    required=False,
    questions=[4, 12],
    above=("tasks.py", "Makefile", "justfile", "pyproject.toml"),
    hint="One task for the data and one for training, in `tasks.py` (invoke), a Makefile, a justfile or "
    "`[project.scripts]`: nobody has to remember paths.",
)
def test_tasks_run_the_steps(submission):
    tasks = _tasks(submission)
    measure("n_tasks", len(tasks))
    assert tasks, "There is no `tasks.py`, Makefile, justfile or `[project.scripts]` with a task."
    data = [name for name in tasks if re.search(r"data|process|download", name, re.I)]
    train = [name for name in tasks if re.search(r"train|fit", name, re.I)]
    for name in [*data[:1], *train[:1]]:
        evidence(tasks[name], None, name)
    gone = [found for path in submission.files("tasks.py", "*/tasks.py") for found in _gone(submission, path)]
    assert not gone, gone
    assert data or train, f"None of the tasks ({', '.join(sorted(tasks)[:6])}) makes the data or trains."
    if not (data and train):
        partial(
            0.5,
            f"There is a task that {'makes the data' if data else 'trains'}, and none that "
            f"{'trains' if data else 'makes the data'}.",
        )


def _tasks(submission):
    """Where each task is defined, by its name."""
    found = {}
    for path in submission.files("tasks.py", "*/tasks.py"):
        for function in submission.python(path).functions:
            if any(decorator.name.rpartition(".")[2] == "task" for decorator in function.decorators):
                found[function.name] = path
    for path in submission.files("Makefile", "makefile", "*/Makefile", "justfile", "Justfile"):
        if not path.startswith("docs/"):
            found.update(dict.fromkeys(_TARGET.findall("\n".join(submission.lines(path))), path))
    for scripts in (
        table(submission.pyproject.get("project") or {}, "scripts"),
        _poetry_scripts(submission),
    ):
        found.update(dict.fromkeys(map(str, scripts), "pyproject.toml"))
    return found


def _poetry_scripts(submission):
    return table(table(table(submission.pyproject, "tool"), "poetry"), "scripts")


def _gone(submission, path):
    """Scripts that a tasks file names and that are not in the repository; `{…}` stands for anything."""
    for number, line in enumerate(submission.lines(path), start=1):
        for name in re.findall(r"(?:[\w.{}-]+/)+[\w{}-]+\.py\b", line.partition("#")[0]):
            glob = re.sub(r"\{[^{}/]*\}", "*", name)
            if not submission.files(glob, f"*/{glob}"):
                yield evidence(path, number, f"`{name}` is not in the repository")
