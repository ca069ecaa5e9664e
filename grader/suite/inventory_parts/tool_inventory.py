"""The tools that a repository declares, configures and runs, and what its workflows and images do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from grader.parsing.plain_shapes import records, table
from grader.repository.commands.invoke_tasks import invoke_tasks
from grader.repository.commands.make_rules import make_targets
from grader.repository.faults import tolerant
from grader.repository.formats.dockerfile import Dockerfile
from grader.repository.submission_view import SubmissionView
from grader.repository.workflows.workflow import Workflow, WorkflowJob, WorkflowStep
from grader.suite.inventory_parts.coverage_scope import left_out

MAX_COMMANDS = 1_500
_ENV = re.compile(r"\$\{\{\s{0,20}env\.(\w{1,100})\s{0,20}\}\}")
_VERSION = re.compile(r"\d{1,2}\.\d{1,3}(?:\.\d{1,3})?")
_SECTION = re.compile(r"^\[([\w.:-]{1,80})", re.MULTILINE)
_ROLES = {
    "train": r"train",
    "evaluate": r"eval|predict|infer",
    "api": r"uvicorn|fastapi|gunicorn|bentoml|\bapi|backend|serve|server",
    "frontend": r"streamlit|gradio|frontend|\bgui\b|nginx|npm|\bui\b",
    "monitoring": r"drift|monitor",
    "data": r"preprocess|\bdata\b|dvc",
    "test": r"pytest|\btests?\b",
}


def place(path: str, line: int | None, text: str) -> dict[str, Any]:
    """Return a place of the repository as the inventory keeps it."""
    return {"path": path, "line": line, "text": text[:200]}


def dependencies(view: SubmissionView) -> dict[str, dict[str, Any]]:
    """Return each declared dependency and the first place that declares it."""
    found: dict[str, dict[str, Any]] = {}
    for one in view.requirements:
        found.setdefault(one.name[:200], place(one.path, one.line, f"{one.name}{one.specifier}"))
    return found


def settings(view: SubmissionView) -> dict[str, dict[str, Any]]:
    """Return tool tables of pyproject.toml (`tool.ruff`), sections of setup.cfg and tox.ini, and the required Python versions."""
    found = {**dict(_pythons(view)), **dict(left_out(view))}
    for path in view.files("**/pyproject.toml"):
        lines = (tolerant(view.text, path) or "").split("\n")
        for name in table(tolerant(view.toml, path), "tool"):
            at = (number for number, line in enumerate(lines, 1) if line.startswith(f"[tool.{name}"))
            found.setdefault(f"tool.{name}"[:200], place(path, next(at, None), f"[tool.{name}]"))
    for path in view.files("**/setup.cfg", "**/tox.ini"):
        for number, name in _sections(view, path):
            found.setdefault(name, place(path, number, f"[{name}]"))
    return found


def _pythons(view: SubmissionView) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield where the project states its Python version: `requires-python`, `.python-version`, a constant of its tasks."""
    patterns = (
        ("**/pyproject.toml", "project.requires-python", re.compile(r"\s*(?:requires-)?python\s*=")),
        ("**/.python-version", ".python-version", re.compile(r"\s*\d")),
        ("**/tasks.py", "tasks.python", re.compile(r"\s*PYTHON_?VERSION\s*[:=]", re.IGNORECASE)),
        ("**/Makefile", "make.python", re.compile(r"\s*PYTHON_?VERSION\s*[:?]?=", re.IGNORECASE)),
    )
    for glob, name, pattern in patterns:
        for path in view.files(glob):
            for number, line in enumerate((tolerant(view.lines, path) or [])[:2_000], 1):
                if pattern.match(line[:200]):
                    yield name, place(path, number, line.strip())
                    break


def _sections(view: SubmissionView, path: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate((tolerant(view.lines, path) or [])[:5_000], 1):
        match = _SECTION.match(line)
        if match:
            yield number, match.group(1)


def hooks(view: SubmissionView) -> dict[str, dict[str, Any]]:
    """Return the pre-commit hooks by id."""
    found: dict[str, dict[str, Any]] = {}
    for path in view.files("**/.pre-commit-config.yaml", "**/.pre-commit-config.yml"):
        for repo in records(tolerant(view.yaml, path), "repos"):
            for hook in records(repo, "hooks"):
                name = hook.get("id")
                if isinstance(name, str):
                    found.setdefault(name[:200], place(path, getattr(hook, "line", None), f"id: {name}"))
    return found


def actions(view: SubmissionView) -> dict[str, dict[str, Any]]:
    """Return the actions that workflows use, without version."""
    found: dict[str, dict[str, Any]] = {}
    for workflow in view.workflows():
        for step in _live(workflow):
            if step.action:
                found.setdefault(step.action[:200], place(workflow.path, step.line, f"uses: {step.uses}"))
    return found


def _live(workflow: Workflow) -> list[WorkflowStep]:
    """Return the steps that are not switched off."""
    return [step for job in workflow.jobs if not job.is_off for step in job.steps if not step.is_off]


def commands(view: SubmissionView) -> list[dict[str, Any]]:
    """Return the commands that the repository itself runs."""
    return [
        {
            "words": [word[:300] for word in command.plain[:40]],
            "source": command.source,
            "path": command.path,
            "line": command.line,
        }
        for command in view.commands[:MAX_COMMANDS]
    ]


def workflows(view: SubmissionView) -> list[dict[str, Any]]:
    """Return the triggers of each workflow and the runners of its jobs."""
    tested = {one.run.workflow.path for one in view.ci_test_runs() if one.run and one.run.workflow}
    return [
        {
            "path": workflow.path,
            "name": workflow.name[:200],
            "triggers": [event[:100] for event in workflow.triggers][:50],
            "runs_on": sorted({system[:100] for job in workflow.jobs for system in job.runs_on})[:50],
            "python_versions": sorted({v for job in workflow.jobs for v in _versions(view, workflow, job)})[
                :50
            ],
            "caches": any(step.caches for step in _live(workflow)),
            "runs_tests": workflow.path in tested,
            "uses": sorted({step.action[:200] for step in workflow.steps if step.action})[:100],
        }
        for workflow in view.workflows()[:200]
    ]


def _versions(view: SubmissionView, workflow: Workflow, job: WorkflowJob) -> Iterator[str]:
    env = {**workflow.env, **job.env}
    for step in job.steps:
        asked = step.with_.get("python-version", "")
        if "python-version-file" in step.with_:
            path = step.with_["python-version-file"]
            asked += "\n" + (
                "\n".join(view.lines(path)[:3]) if view.exists(path) and not path.endswith(".toml") else ""
            )
        known = {**env, **step.env}
        for value in job.resolve(_with_env(asked, known)):
            value = _with_env(value, known)
            yield from _VERSION.findall(value)[:10]
        if "uv python install" in step.run or "--python" in step.run:
            for value in job.resolve(step.run[:2_000]):
                yield from re.findall(r"(?:uv python install|--python)[ =]{1,3}(\d\.\d{1,2})", value)[:10]


def _with_env(text: str, env: dict[str, str]) -> str:
    return _ENV.sub(lambda match: env.get(match.group(1), ""), text)


def images(view: SubmissionView) -> list[dict[str, Any]]:
    """Return the purpose of each Dockerfile."""
    return [
        {
            "path": image.path,
            "roles": sorted(
                role for role, words in _ROLES.items() if re.search(words, _purpose(image), re.IGNORECASE)
            ),
            "bases": [
                f"{stage.image}:{stage.tag}".rstrip(":")[:200] for stage in image.stages if stage.of is None
            ][:20],
            "ports": [port[:20] for port in image.exposed][:20],
            "start": [word[:200] for word in _start(image)][:40],
        }
        for image in view.dockerfiles()[:200]
    ]


def _start(image: Dockerfile) -> list[str]:
    return [word for command in (image.entrypoint, image.cmd) if command for word in command.words]


def _purpose(image: Dockerfile) -> str:
    return f"{image.path} {' '.join(_start(image))}"[:2_000]


def remotes(view: SubmissionView) -> list[dict[str, Any]]:
    """Return the remotes of DVC."""
    return [
        {"name": one.name[:200], "url": one.url[:300], "path": one.path, "line": one.line}
        for one in view.dvc.remotes[:50]
    ]


def scripts(view: SubmissionView) -> list[str]:
    """Return the commands that an installation of the project puts on the path."""
    data = view.pyproject
    declared = [*table(data, "project", "scripts"), *table(data, "tool", "poetry", "scripts")]
    return [name[:200] for name in declared[:200]]


def tasks(view: SubmissionView) -> list[str]:
    """Return the tasks of invoke as they are typed."""
    return invoke_tasks(view, view.modules)[0]


def targets(view: SubmissionView) -> list[str]:
    """Return the targets of Makefiles and justfiles."""
    return make_targets(view)[0]
