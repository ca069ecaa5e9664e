"""M9: whether a project can be run by commands at all: scripts with options, or tasks of its own."""

import re

from grader.suite import check, evidence, measure

from ..common.messages import show

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
