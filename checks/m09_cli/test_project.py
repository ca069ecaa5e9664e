"""M9: whether a project can be run by commands at all: scripts with options, or tasks of its own."""

import re

from grader.suite import check, evidence, measure

from ..common.messages import show
from ._common import TASK_FILES, commands_of, file_evidence, task_file, tasks_of

#: What the course's template puts into tasks.py.
_TEMPLATE = re.compile(
    r"conda create --name .*|pip install (?:-U pip .*|-r requirements.*|-e .*)"
    r"|(?:python )?(?:src/)?\S*/data\.py data/raw data/processed|(?:python )?(?:src/)?\S*/train\.py"
    r"|coverage (?:run -m pytest tests/?|report -m -i)|docker build -t (?:train|api):latest \. -f dockerfiles/\S+ --progress=.*"
    r"|mkdocs (?:build|serve) --config-file docs/mkdocs\.ya?ml(?: --site-dir build)?"
)
_TASKS = ("task", "makefile", "justfile", "pyproject")


@check(
    "The project is run by commands",
    points=1,
    scope="project",
    required=False,
    questions=[12],
    boxes=["w1-11"],
    hint="Give the scripts for data, training and evaluation options (typer, argparse, hydra), and write tasks for what you do "
    "every day.",
)
def test_the_project_is_run_by_commands(submission):
    programs = [one for one in submission.programs() if one.framework != "plain"]
    tasks = [
        one
        for one in submission.commands
        if one.source in _TASKS and not _TEMPLATE.fullmatch(" ".join(one.plain)[:500])
    ]
    measure("n_programs", len(programs))
    measure("n_own_commands", len(tasks))
    for program in programs[:5]:
        evidence(program.path, program.line, f"{program.framework}: {', '.join(program.options[:8])}")
    show(tasks[:3])
    template = [one.evidence for one in submission.commands if one.source in _TASKS]
    assert programs or tasks, (
        template[:2]
        or "No script reads options, and no tasks.py, Makefile or other file has commands of its own."
    )


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
