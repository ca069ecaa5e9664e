"""M6: a newcomer can tell how to run the project."""

import re
import shlex

from grader.suite import check, evidence, measure, partial

from ..common.raw_pictures import RawPictures
from ._common import CPU_S, WALL_S, is_data, is_model, is_named, kind_of_raw, table, write_raw

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
    required=False,
    scope="project",
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
    scope="project",
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


# What the exercise asks for: the same commands, run.

_MOST_COMMANDS = 10
#: Commands of a README that set up, look around or test.
_NO_STEP = re.compile(
    r"--help|--list|--version|\b-h\b|\bpytest\b|<[\w -]+>|\.\.\.|\.venv|-m venv\b|\bpip\b|\bsetup\.py\b"
    r"|\b(?:uvicorn|streamlit|mkdocs|tensorboard|jupyter|http\.server)\b"
)
_ENTRY = (
    "import importlib, sys; sys.argv[0] = {name!r}; "
    "sys.exit(getattr(importlib.import_module({module!r}), {attribute!r})())"
)


def _words(line, scripts):
    """A command as words that can be run here: without what picks an environment, console scripts by what they point to."""
    try:
        words = shlex.split(line.strip().lstrip("$> ").replace("\\", "/"), comments=True)
    except ValueError:
        return []
    if words[:1] and words[0] in ("uv", "poetry", "pdm", "hatch", "pipenv") and words[1:2] == ["run"]:
        words = words[2:]
        while words and words[0].startswith("-"):
            words = words[1:]
        words = ["python", *words] if words and words[0].endswith(".py") else words
    if not words:
        return []
    first = words[0].rpartition("/")[2]
    if first in scripts:
        module, _, attribute = scripts[first].partition(":")
        code = _ENTRY.format(name=first, module=module.strip(), attribute=attribute.strip())
        return ["python", "-c", code, *words[1:]]
    if first in ("invoke", "inv"):
        return ["python", "-m", "invoke", *words[1:]]
    if first in ("make", "just"):
        return words
    return ["python", *words[1:]] if re.fullmatch(r"python3?(\.\d+)?", first) else []


def _scripts_of(submission):
    declared = table(submission.pyproject.get("project") or {}, "scripts") or _poetry_scripts(submission)
    return {str(name): target for name, target in declared.items() if isinstance(target, str)}


def _expanded(submission, student, words):
    """The commands behind one that starts a task: invoke is asked for them; a task that runs nothing itself stays as it is."""
    scripts = _scripts_of(submission)
    if words[:3] == ["python", "-m", "invoke"]:
        dry = student.run([*words[:3], "--dry", *words[3:]]).succeeded().stdout
        lines = [line for line in re.sub(r"\x1b\[[0-9;]*m", "", dry).splitlines() if line.strip()]
        return _split(lines, scripts) or [words]
    if words[0] in ("make", "just"):
        tasks = _tasks(submission)
        return [
            command
            for name in words[1:]
            if name in tasks
            for command in _split(_recipe("\n".join(submission.lines(tasks[name])), name), scripts)
        ]
    return [words]


def _split(lines, scripts):
    return [
        words
        for line in lines
        for one in line.split("&&")
        if (words := _words(one, scripts)) and words[0] == "python"
    ]


def _started(name, path, scripts):
    """The command that starts a task."""
    if name in scripts:
        return _words(name, scripts)
    if path.rpartition("/")[2] == "tasks.py":
        return ["python", "-m", "invoke", name.replace("_", "-")]
    return ["just" if "justfile" in path.lower() else "make", name]


def _recipe(text, name, seen=()):
    """The lines that a target of a Makefile or a justfile runs, those of the targets before it first."""
    if name in seen:
        return []
    head = rf"^{re.escape(name)}\b[^:=\n]*:(?!=)([^\n]*)\n((?:[ \t]+[^\n]*\n?)*)"
    match = re.search(head, text + "\n", re.MULTILINE)
    if not match:
        return []
    before = [line for other in match.group(1).split() for line in _recipe(text, other, (*seen, name))]
    variables = dict(re.findall(r"^(\w+)[ \t]*[:?]?=[ \t]*([^\n]*)", text, re.MULTILINE))

    def put(found):
        return variables.get(found.group(1), found.group(0))

    lines = [re.sub(r"\$[({](\w+)[)}]", put, line) for line in match.group(2).splitlines()]
    return [*before, *(line.strip().lstrip("@-") for line in lines)]


def _run_until_trained(student, submission, rng, commands, what):
    """Run commands in turn on raw data, until they made both data and a model; fail where they never do."""
    write_raw(student, submission, RawPictures(rng, kind_of_raw(submission)))
    data = set()
    for words in commands[:_MOST_COMMANDS]:
        done = student.run(
            words, changes=True, timeout=WALL_S, cpu_s=CPU_S, env={"MPLBACKEND": "Agg"}
        ).succeeded()
        models = {path for path in done.changed if is_model(path) and (data or "model" in path)} - data
        made = {path for path in done.changed if is_data(path)} - models
        if models and (data or made):
            evidence(min(models), None, f"made by {what[0].lower()}{what[1:]}")
            return
        data |= made
    assert data, f"{what} ended well and made no data."
    raise AssertionError(f"{what} ended well and left no model.")


@check(
    "The README's commands, typed in their order, make the data and train",
    points=2,
    questions=[4, 5],
    scope="exercises",
    environment="required",
    requires=["model_has_learned"],
    hint="Show the commands in a code block, in the order in which a newcomer types them: install, make the data, train, "
    "evaluate.",
)
def test_readme_commands_run(submission, student, rng):
    paths = submission.files("README.md", "README.rst", "README.txt", "README", "readme.md")
    assert paths, "There is no README."
    scripts = _scripts_of(submission)
    lines = [line for _, line in _code(submission.lines(paths[0])) if not _NO_STEP.search(line)]
    commands = [words for line in lines if (words := _words(line, scripts))]
    commands = [words for number, words in enumerate(commands) if words not in commands[:number]]
    commands = [one for words in commands[:_MOST_COMMANDS] for one in _expanded(submission, student, words)]
    assert commands, f"`{paths[0]}` shows no command that runs the code."
    _run_until_trained(student, submission, rng, commands, f"The commands of `{paths[0]}`")


@check(
    "A task makes the data, and one trains",
    points=2,
    questions=[4],
    scope="exercises",
    environment="required",
    requires=["model_has_learned"],
    hint="One task for the data and one for training, in `tasks.py` (invoke), a Makefile, a justfile or `[project.scripts]`.",
)
def test_tasks_work(submission, student, rng):
    tasks = _tasks(submission)
    assert tasks, "There is no `tasks.py`, Makefile, justfile or `[project.scripts]` with a task."
    commands = []
    for name, kind in (("data", "makes the data"), ("train", "trains")):
        fitting = [task for task in sorted(tasks) if is_named(task.replace("-", "_"), name)]
        fitting += [task for task in sorted(tasks) if name in task.lower() and task not in fitting]
        assert fitting, f"None of the tasks ({', '.join(sorted(tasks)[:6])}) {kind}."
        start = _started(fitting[0], tasks[fitting[0]], _scripts_of(submission))
        found = _expanded(submission, student, start)
        assert found, f"The task `{fitting[0]}` runs no Python."
        commands += found
    _run_until_trained(student, submission, rng, commands, "The tasks")
