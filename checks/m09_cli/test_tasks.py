"""M9: tasks for the commands that are no Python: invoke, or whatever a project chose instead."""

import ast
import os
import re

from grader.suite import check, evidence, measure, not_applicable

from ._common import TASK_FILES, WALL_S, script_words, scripts

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


# What invoke makes of it: the tasks run in a repository with a remote, where `dvc` is a stand-in that notes what it is told.

_STAND_IN = r"""
import os, pathlib, sys

name, *words = sys.argv[1:]
here = pathlib.Path(__file__).parent
with open(here / "noted", "a", encoding="utf-8") as file:
    file.write(repr([name, *words]) + "\n")
if name == "dvc" and words[:1] == ["add"]:
    for folder in [word for word in words[1:] if os.path.isdir(word)]:
        folder = folder.rstrip("/" + os.sep)
        pathlib.Path(folder + ".dvc").write_text((here / "mark").read_text(encoding="utf-8"), encoding="utf-8")
        with open(pathlib.Path(folder).parent / ".gitignore", "a", encoding="utf-8") as ignored:
            ignored.write("/" + pathlib.Path(folder).name + "\n")
"""
_SET_UP = r"""
import os, shlex, subprocess, sys

away = os.path.abspath(tools)
os.makedirs(away, exist_ok=True)
for path, text in {"stand_in.py": stand_in, "mark": mark}.items():
    with open(os.path.join(away, path), "w", encoding="utf-8", newline="") as file:
        file.write(text)
for name, rest in commands.items():
    notes = [sys.executable, os.path.join(away, "stand_in.py"), name]
    real = [sys.executable, *rest] if rest is not None else None
    with open(os.path.join(away, name), "w", newline="") as file:
        file.write("#!/bin/sh\n" + shlex.join(notes) + ' "$@"\n')
        file.write("exec " + shlex.join(real) + ' "$@"\n' if real else "")
    os.chmod(os.path.join(away, name), 0o755)
    with open(os.path.join(away, name + ".cmd"), "w") as file:
        file.write("@" + subprocess.list2cmdline(notes) + " %*\n")
        file.write("@" + subprocess.list2cmdline(real) + " %*\n" if real else "")

def git(*words):
    subprocess.run(["git", *words], cwd=top, check=True, capture_output=True)

def write(texts):
    for path, text in texts.items():
        os.makedirs(os.path.dirname(os.path.join(top, path)), exist_ok=True)
        with open(os.path.join(top, path), "w", newline="") as file:
            file.write(text)

if branch:
    write(dict.fromkeys(notes_of_the_day, "before\n"))
    remote = os.path.join(away, "remote.git")
    git("init", "--quiet", "--bare", "--initial-branch", branch, remote)
    git("init", "--quiet", "--initial-branch", branch)
    for key, value in {"user.name": "A Student", "user.email": "student@example.org", "core.autocrlf": "false"}.items():
        git("config", key, value)
    with open(os.path.join(top, ".git", "info", "exclude"), "a") as file:
        file.write("/" + tools + "\n")
    git("remote", "add", "origin", remote)
    git("add", "--force", *notes_of_the_day)
    git("commit", "--quiet", "--message", "before")
    git("push", "--quiet", "--set-upstream", "origin", branch)
    write({**notes_of_the_day, folder + "/rows.csv": mark})
result = [away, sys.executable, os.environ["PATH"]]
"""
_PUSHED = r"""
import os, subprocess

def said(*words):
    git = ["git", "--git-dir", os.path.join(away, "remote.git"), *words]
    done = subprocess.run(git, capture_output=True, encoding="utf-8", errors="replace")
    return done.stdout if done.returncode == 0 else ""

noted = os.path.join(away, "noted")
result = {
    "message": said("log", "-1", "--format=%B", branch),
    "files": {path: said("show", branch + ":" + path) for path in paths},
    "noted": open(noted, encoding="utf-8").read()[:20_000] if os.path.exists(noted) else "",
}
"""
_TOOLS = ".tools"


def only_tasks(submission):
    file = task_file(submission)
    assert file, "There is no tasks.py with a function below `@task`."
    return file


def with_invoke(submission):
    if "invoke" not in submission.dependencies:
        submission.require_sound_declarations()
        not_applicable("invoke is not among the declared dependencies, so the tasks cannot be run.")


def task_name(function):
    """What invoke calls a task."""
    for decorator in function.decorators:
        given = decorator.call.keywords.get("name") if decorator.call else None
        if isinstance(given, ast.Constant):
            return str(given.value)
    return function.name.strip("_").replace("_", "-")


class Trial:
    """A repository with a remote, in which a task runs; without a branch, no repository."""

    def __init__(self, student, file, rng, *, commands, branch=""):
        self._student, self._branch = student, branch
        self._cwd = file.path.rpartition("/")[0] or "."
        self.mark = f"pointer {rng.getrandbits(64):016x}\n"
        self.folder = f"data_{rng.randrange(100, 999)}"
        self.notes = {f"notes_{rng.randrange(1000, 9999)}.txt": f"day {rng.getrandbits(32):08x}\n"}
        self.away, self.python, self._path = student.probe(
            _SET_UP,
            tools=_TOOLS,
            stand_in=_STAND_IN,
            commands=commands,
            branch=branch,
            notes_of_the_day=self.notes,
            folder=self.folder,
            mark=self.mark,
            top=self._cwd,
        )

    def run(self, name, *options):
        """Run a task where the stand-ins go before other programs."""
        path = f"{self.away}{os.pathsep}{self._path}"
        env = {"PATH": path, "GIT_TERMINAL_PROMPT": "0", "GIT_EDITOR": "true"}
        argv = ["python", "-m", "invoke", name, *options]
        return self._student.run(argv, cwd=self._cwd, env=env, timeout=WALL_S, changes=True).succeeded()

    def pushed(self, *paths):
        """The last commit's message and files in the remote, and what the stand-ins noted, as words in one text each."""
        found = self._student.probe(_PUSHED, away=self.away, branch=self._branch or "main", paths=list(paths))
        noted = [ast.literal_eval(line) for line in str(found["noted"]).splitlines() if line.startswith("[")]
        return found["message"].strip(), found["files"], [" ".join(map(str, words)) for words in noted]


@check(
    "`invoke python` says which Python runs",
    points=1,
    scope="exercises",
    environment="required",
    hint='In tasks.py: `@task` above `def python(ctx):` with `ctx.run("which python")` (Windows: `where python`).',
)
def test_python_task(submission, student, rng):
    file = only_tasks(submission)
    tasks = {task_name(function): function for function in tasks_of(file).values()}
    measure("n_invoke_tasks", len(tasks))
    assert "python" in tasks, f"{file.path} has no task `python`, but {', '.join(sorted(tasks))}."
    file_evidence(file, tasks["python"])
    with_invoke(submission)
    trial = Trial(student, file, rng, commands={"python": [], "python3": []})
    said = trial.run("python").output
    assert trial.away in said or trial.python in said, (
        "`invoke python` does not print the path of the Python that runs."
    )


def file_evidence(file, function):
    evidence(file.path, function.line, f"def {function.name}")


def saver(submission, *parameters):
    """The task with such parameters; one that is called like its program goes before others, one with few before many."""
    file = only_tasks(submission)
    name = "dvc" if "folder" in parameters else "git"
    fitting = [
        function
        for function in tasks_of(file).values()
        if all(parameter in function.args for parameter in parameters)
    ]
    fitting.sort(key=lambda one: (one.name != name, name not in one.name, len(one.args)))
    assert fitting, f"{file.path} has no task with {' and '.join(f'`{one}`' for one in parameters)}."
    file_evidence(file, fitting[0])
    with_invoke(submission)
    return file, fitting[0]


def branch_of(file):
    """The branch that tasks push to."""
    return "master" if re.search(r"\borigin\W+master\b", file.text) else "main"


def judge(message, found, files, wanted):
    assert found != "before", "After the task the remote has no new commit: add, commit and push."
    assert found == message, f"The commit's message is {found[:100]!r}, not the one that the task was given."
    assert all(files[path] == text for path, text in wanted.items()), (
        "What was pushed is not what lay in the working tree: add what changed before the commit."
    )


@check(
    "A task adds, commits with the message it is given, and pushes",
    points=2,
    scope="exercises",
    environment="required",
    hint='`def git(ctx, message):` with `ctx.run("git add .")`, `ctx.run(f"git commit -m \'{message}\'")` and '
    '`ctx.run("git push")`: quotes keep a message of several words together.',
)
def test_git_task(submission, student, rng):
    file, task = saver(submission, "message")
    trial = Trial(student, file, rng, commands={"dvc": None}, branch=branch_of(file))
    message = f"saved {rng.randrange(1000, 9999)} things"
    more = ["--folder", trial.folder] if "folder" in task.args else []
    trial.run(task_name(task), "--message", message, *more)
    found, files, _ = trial.pushed(*trial.notes)
    # A task for data alone adds its pointer, not the notes.
    judge(message, found, files, {} if more else trial.notes)


@check(
    "A task puts a data folder under DVC, commits, and pushes code and data",
    points=2,
    scope="exercises",
    required=False,
    environment="required",
    hint="In this order: `dvc add {folder}`, `git add`, `git commit -m`, `git push`, `dvc push`.",
)
def test_dvc_task(submission, student, rng):
    file, task = saver(submission, "folder", "message")
    trial = Trial(student, file, rng, commands={"dvc": None}, branch=branch_of(file))
    message, pointer = f"data of day {rng.randrange(100, 999)}", f"{trial.folder}.dvc"
    trial.run(task_name(task), "--folder", trial.folder, "--message", message)
    found, files, noted = trial.pushed(pointer)
    judge(message, found, files, {pointer: trial.mark})
    missing = in_order(noted, r"^dvc add", r"^dvc push")
    assert missing is None, "The task does not push the data (`dvc push`) after it has added them."


@check(
    "One task pulls the data and then starts the training",
    points=1,
    scope="exercises",
    required=False,
    environment="required",
    hint="A task may name those that go before it: `@task(pull_data)` above `def train(ctx):`.",
)
def test_combined_task(submission, student, rng):
    file = only_tasks(submission)
    tasks = tasks_of(file)
    fitting = [
        one for name, one in tasks.items() if in_order(commands_of(file, name), r"dvc pull", r"train") is None
    ]
    assert fitting, f"No task of {file.path} runs `dvc pull` and a training command after it."
    file_evidence(file, fitting[0])
    with_invoke(submission)
    own = {name: list(script_words(name, target)[1:]) for name, target in scripts(submission).items()}
    trial = Trial(student, file, rng, commands={**own, "python": [], "python3": [], "dvc": None})
    done = trial.run(task_name(fitting[0]))
    *_, noted = trial.pushed()
    missing = in_order(noted, r"^dvc pull", r"train")
    assert missing is None, (
        f"`invoke {task_name(fitting[0])}` does not run {missing.strip('^')!r} in its place."
    )
    made = [path for path in done.changed if _TOOLS not in path and "__pycache__" not in path]
    assert made, "The training that the task starts leaves no file."


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
