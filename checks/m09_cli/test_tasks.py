"""M9: tasks for the commands that are no Python: invoke, or whatever a project chose instead."""

import ast
import os
import re

from grader.suite import check, measure, not_applicable

from ._common import (
    PUSHED,
    SET_UP,
    STAND_IN,
    WALL_S,
    commands_of,
    file_evidence,
    in_order,
    script_words,
    scripts,
    task_file,
    tasks_of,
)

# What invoke makes of it: the tasks run in a repository with a remote, where `dvc` is a stand-in that notes what it is told.

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
            SET_UP,
            tools=_TOOLS,
            stand_in=STAND_IN,
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
        found = self._student.probe(PUSHED, away=self.away, branch=self._branch or "main", paths=list(paths))
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
