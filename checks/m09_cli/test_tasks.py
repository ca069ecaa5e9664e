"""M9: tasks for the commands that are no Python: invoke, or whatever a project chose instead."""

import ast
import re
import shlex

from grader.suite import check, evidence, measure, not_applicable

from ._common import TASK_FILES

TEMPLATE = (
    *("create_environment", "requirements", "dev_requirements", "preprocess_data", "train", "test"),
    *("docker_build", "build_docs", "serve_docs"),
)
TEMPLATE_COMMANDS = re.compile(
    r"conda create --name .*|pip install .*"
    r"|(uv run |python )?(src/)?[^ ]*/data\.py data/raw data/processed"
    r"|(uv run |python )?(src/)?[^ ]*/train\.py"
    r"|(uv run )?coverage (run -m pytest tests/|report -m -i)"
    r"|docker build -t (train|api):latest \. -f dockerfiles/(train|api)\.dockerfile --progress=.*"
    r"|(uv run )?mkdocs (build|serve) --config-file docs/mkdocs\.ya?ml( --site-dir build)?"
)
OTHER_TOOLS = (*TASK_FILES, "dodo.py")
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


# What tasks.py says.


def task_file(submission):
    """The file that defines invoke tasks, the root's first; None where there is none."""
    paths = sorted(submission.files("**/tasks.py"), key=lambda path: (path.count("/"), path))
    for path in paths:
        if not submission.is_template(path) and tasks_of(submission.python(path)):
            return submission.python(path)
    return None


def tasks_of(file):
    return {
        function.name: function
        for function in file.functions
        for decorator in function.decorators
        if decorator.name in ("invoke.task", "invoke.tasks.task", "task")
    }


def commands_of(file, name, seen=()):
    """What a task runs, as texts in order: the tasks before it, its own `ctx.run`, and tasks that it calls."""
    tasks = tasks_of(file)
    if name not in tasks or name in seen:
        return []
    function, found = tasks[name], []
    for decorator in function.decorators:
        if decorator.call:
            before = [*decorator.call.args, decorator.call.keywords.get("pre")]
            names = [node.id for one in before if one for node in ast.walk(one) if isinstance(node, ast.Name)]
            found += [text for other in names for text in commands_of(file, other, (*seen, name))]
    calls = sorted(file.calls(within=function.node), key=lambda call: (call.line, call.node.col_offset))
    for call in calls:
        if call.name.endswith((".run", ".sudo")) and call.args:
            found.append(text_of(call.args[0], function.node))
        elif call.name in tasks:
            found += commands_of(file, call.name, (*seen, name))
    return found


def text_of(node, around):
    """A command as text; what an f-string puts in stands in braces, and names assigned in the task are looked up."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        parts = [text_of(part, around) if isinstance(part, ast.Constant) else "{…}" for part in node.values]
        return "".join(parts)
    if isinstance(node, ast.IfExp):
        return text_of(node.body, around)
    if isinstance(node, ast.BinOp):
        return text_of(node.left, around) + text_of(node.right, around)
    if isinstance(node, ast.Name):
        for other in ast.walk(around):
            if isinstance(other, ast.Assign) and node.id in map(ast.unparse, other.targets):
                return "{…}" if isinstance(other.value, ast.Name) else text_of(other.value, around)
    return "{…}"


def in_order(commands, *wanted):
    """Whether commands that contain the wanted texts come one after the other; `&&` joins commands of one line."""
    singles = [single.strip() for command in commands for single in re.split(r"&&|;|\n", command)]
    place = 0
    for pattern in wanted:
        while place < len(singles) and not re.search(pattern, singles[place]):
            place += 1
        if place == len(singles):
            return pattern
        place += 1
    return None


def only_tasks(submission):
    file = task_file(submission)
    assert file, "There is no tasks.py with a function below `@task`."
    return file


# What invoke makes of it.


def with_invoke(submission):
    if "invoke" not in submission.dependencies:
        submission.require_sound_declarations()
        not_applicable("invoke is not among the declared dependencies, so the tasks cannot be run.")


def dry(student, file, name, *options):
    """The commands that `invoke --dry` prints; nothing is run."""
    folder = file.path.rpartition("/")[0] or "."
    argv = ["python", "-m", "invoke", "--dry", name.replace("_", "-"), *options]
    said = student.run(argv, cwd=folder).succeeded().stdout
    return [line.strip() for line in COLOUR.sub("", said).splitlines() if line.strip()]


@check(
    "`invoke python` says which Python runs",
    points=1,
    scope="exercises",
    environment="required",
    hint='In tasks.py: `@task` above `def python(ctx):` with `ctx.run("which python")` (Windows: `where python`).',
)
def test_python_task(submission, student):
    file = only_tasks(submission)
    tasks = tasks_of(file)
    measure("n_invoke_tasks", len(tasks))
    assert "python" in tasks, f"{file.path} has no task `python`, but {', '.join(sorted(tasks))}."
    file_evidence(file, tasks["python"])
    with_invoke(submission)
    folder = file.path.rpartition("/")[0] or "."
    said = student.run(["python", "-m", "invoke", "python"], cwd=folder).succeeded().stdout
    assert re.search(r"[\\/]\S*python\S*", said), "`invoke python` prints no path of a Python."


def file_evidence(file, function):
    evidence(file.path, function.line, f"def {function.name}")


def saver(submission, *patterns):
    """The task that takes a message and has all the patterns among its commands."""
    file = only_tasks(submission)
    fitting = [
        function
        for name, function in tasks_of(file).items()
        if "message" in function.args
        and all(any(re.search(pattern, text) for text in commands_of(file, name)) for pattern in patterns)
    ]
    return file, fitting


@check(
    "A task adds, commits with the message it is given, and pushes",
    points=2,
    scope="exercises",
    environment="required",
    hint='`def git(ctx, message):` with `ctx.run("git add .")`, `ctx.run(f"git commit -m \'{message}\'")` and '
    '`ctx.run("git push")`: quotes keep a message of several words together.',
)
def test_git_task(submission, student, rng):
    file, fitting = saver(submission, "git commit")
    fitting = sorted(
        fitting, key=lambda function: any("dvc" in text for text in commands_of(file, function.name))
    )
    assert fitting, f"{file.path} has no task with a parameter `message` that runs `git commit`."
    file_evidence(file, fitting[0])
    with_invoke(submission)
    message = f"saved {rng.randrange(1000, 9999)} things"
    said = dry(student, file, fitting[0].name, "--message", message, *folders(fitting[0]))
    judge(said, message, r"^git add", r"^git commit", r"^git push")


def folders(function):
    return ["--folder", "data"] if "folder" in function.args else []


def judge(said, message, *wanted):
    missing = in_order(said, *wanted)
    assert missing is None, (
        f"A dry run prints {'; '.join(said)[:300]!r}: no {missing.strip('^')} in its place."
    )
    commit = next(single for line in said for single in line.split("&&") if re.search("git commit", single))
    try:
        words = shlex.split(commit)
    except ValueError:
        words = []
    assert any(message in word for word in words), (
        f"The message is not one quoted word of `{commit.strip()[:200]}`."
    )


@check(
    "A task puts a data folder under DVC, commits, and pushes code and data",
    points=2,
    scope="exercises",
    required=False,
    environment="required",
    hint="In this order: `dvc add {folder}`, `git add`, `git commit -m`, `git push`, `dvc push`.",
)
def test_dvc_task(submission, student, rng):
    file, fitting = saver(submission, "dvc add")
    fitting = [function for function in fitting if "folder" in function.args]
    assert fitting, f"{file.path} has no task with `folder` and `message` that runs `dvc add`."
    file_evidence(file, fitting[0])
    with_invoke(submission)
    message, folder = f"data of day {rng.randrange(100, 999)}", f"data_{rng.randrange(100, 999)}"
    said = dry(student, file, fitting[0].name, "--folder", folder, "--message", message)
    judge(said, message, rf"^dvc add .*{folder}", r"^git add", r"^git commit", r"^git push", r"^dvc push")


@check(
    "One task pulls the data and then starts the training",
    points=1,
    scope="exercises",
    required=False,
    hint="A task may name those that go before it: `@task(pull_data)` above `def train(ctx):`.",
)
def test_combined_task(submission):
    file = only_tasks(submission)
    found = [
        function
        for name, function in tasks_of(file).items()
        if in_order(commands_of(file, name), r"dvc pull", r"train") is None
    ]
    assert found, f"No task of {file.path} runs `dvc pull` and a training command after it."
    file_evidence(file, found[0])


# Projects.


@check(
    "The project has commands of its own beside the template's",
    points=1,
    scope="project",
    required=False,
    questions=[12],
    hint="Add a task to tasks.py for what you do every day: fetch the data, start the service, build and push an image.",
)
def test_project_commands(submission):
    run = {command.path for command in submission.commands}
    others = [
        path
        for path in submission.files(*OTHER_TOOLS, "*/Makefile")
        if not submission.is_template(path)
        and (path in run or not path.lower().endswith(("makefile", "justfile")))
    ]
    tables = submission.pyproject.get("tool", {})
    others += [f"pyproject.toml [tool.{name}]" for name in ("poe", "taskipy", "pixi") if name in tables]
    file = task_file(submission)
    tasks = tasks_of(file) if file else {}
    own = [name for name in tasks if name not in TEMPLATE or changed(file, name)]
    measure("n_invoke_tasks", len(tasks))
    measure("n_own_tasks", len(own))
    for name in own[:10]:
        file_evidence(file, tasks[name])
    for path in others:
        evidence(path)
    assert own or others or tasks, "There is no tasks.py, Makefile or other file of project commands."
    assert own or others, f"The tasks of {file.path} are those of the template, unchanged."


def changed(file, name):
    """Whether a task of the template's runs something else by now."""
    commands = [" ".join(text.split()) for text in commands_of(file, name)]
    return any(not TEMPLATE_COMMANDS.fullmatch(text) for text in commands if text != "{…}")
