"""GitHub workflows of a submission: their triggers, jobs and steps."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from grader.parsing.plain_shapes import table
from grader.repository.faults import Evidence, SubmissionFault, evidence
from grader.repository.formats.yaml_data import YamlList, YamlMap, yaml_documents
from grader.repository.python.by_name import ByName
from grader.repository.workflows.workflow_matrix import combinations, plain, resolve
from grader.repository.workflows.workflow_rules import rule_faults
from grader.repository.workflows.workflow_schema import schema_faults

#: Maximum number of places of a file that are named.
MAX_FAULTS = 20
#: Actions that keep what they download unless `cache: false` says otherwise.
_CACHING = ("prefix-dev/setup-pixi", "pre-commit/action", "j178/prek-action", "hynek/setup-cached-uv")


@dataclass(frozen=True, eq=False)
class WorkflowStep:
    """A step. `with_` and `env` hold text; `condition` is its `if`; `run` and `uses` are empty if absent."""

    name: str
    uses: str
    run: str
    with_: dict[str, str]
    env: dict[str, str]
    condition: str
    continue_on_error: bool
    working_directory: str
    shell: str
    line: int

    @property
    def action(self) -> str:
        """The action that it uses, without version: `actions/checkout`."""
        return self.uses.partition("@")[0]

    @property
    def version(self) -> str:
        """The version of the action that it uses: `v4`, or empty."""
        return self.uses.partition("@")[2]

    @property
    def is_off(self) -> bool:
        """Whether its condition is `false`, in any spelling."""
        return _is_false(self.condition)

    @property
    def caches(self) -> bool:
        """Whether its action keeps downloads between runs, by what it is told and by the default of its version."""
        if self.action in ("actions/cache", "actions/cache/restore"):
            return True
        chosen = {
            key: value.lower()
            for key, value in self.with_.items()
            if "cache" in key and "path" not in key and not key.startswith("no-")
        }
        if self.action == "astral-sh/setup-uv":
            major = re.match(r"v?(\d{1,4})", self.version)
            # From version 5 on it caches on GitHub's runners unless told not to; who pins a commit is past that.
            recent = re.fullmatch(r"[0-9a-f]{40}|main", self.version) or (major and int(major[1]) >= 5)
            return chosen.get("enable-cache", "auto" if recent else "false") != "false"
        if self.action in _CACHING:
            return chosen.get("cache", "true") != "false"
        return bool(self.uses) and any(value not in ("", "false", "no") for value in chosen.values())

    @property
    def local(self) -> str | None:
        """The path of the repository's own action that it uses (`""` is the root), or None."""
        return local_path(self.uses)


@dataclass(frozen=True, eq=False)
class WorkflowJob:
    """A job. `name` is its key in the file, `title` the displayed name; `matrix` has only the axes of `strategy.matrix`."""

    name: str
    title: str
    runs_on: tuple[str, ...]
    matrix: dict[str, list[Any]]
    include: tuple[Any, ...]
    exclude: tuple[Any, ...]
    fail_fast: bool
    steps: tuple[WorkflowStep, ...]
    env: dict[str, str]
    needs: tuple[str, ...]
    condition: str
    uses: str
    with_: dict[str, str]
    continue_on_error: bool
    line: int
    combinations: tuple[dict[str, Any], ...] = field(repr=False, default=())

    @property
    def is_off(self) -> bool:
        """Whether its condition is `false`, in any spelling."""
        return _is_false(self.condition)

    @property
    def local(self) -> str | None:
        """The path of the repository's own workflow that it calls, or None."""
        return local_path(self.uses)

    def resolve(self, text: str) -> list[str]:
        """Return the values of a text with `${{ matrix.… }}` over all jobs of the matrix."""
        return resolve(text, list(self.combinations))


def local_path(uses: str) -> str | None:
    """Return the path of what a `uses` names in its own repository: `./a/b`, `$/a/b`; None for anything else."""
    return uses[2:].replace("\\", "/").strip("/") if uses[:2] in ("./", "$/", ".\\") else None


class Workflow:
    """One workflow file: `.path`, `.name`, `.triggers`, `.jobs`, `.env`, `.permissions`; `accepted`: by GitHub.

    Raises:
        SubmissionFault: on construction: empty, malformed, or anything else for which GitHub refuses the file.
    """

    def __init__(self, path: str, text: str, *, accepted: bool = True) -> None:
        self.path = path
        self.text = text
        # GitHub follows anchors (since 2025), and knows no merge keys.
        documents = yaml_documents(text, path, merge=False)
        if not documents or documents[0] is None:
            raise SubmissionFault(f"{path} is empty: a workflow needs `on` and `jobs`.", evidence(path, 1))
        data = documents[0]
        if not isinstance(data, YamlMap) or len(documents) > 1:
            raise SubmissionFault(
                f"{path} is no workflow: one mapping with `on` and `jobs`.", evidence(path, 1)
            )
        self.data = data
        self.triggers = _triggers(data, path)
        self.jobs = _jobs(data, path)
        if accepted:
            _require_accepted(data, path)

    def __repr__(self) -> str:
        return f"Workflow({self.path!r})"

    @property
    def name(self) -> str:
        """Its `name`, or its path."""
        return plain(self.data.get("name")) or self.path

    @property
    def env(self) -> dict[str, str]:
        """The environment of all jobs."""
        return _texts(self.data.get("env"))

    @property
    def permissions(self) -> Any:
        """Its `permissions` as written: a mapping, a text, or None."""
        return self.data.get("permissions")

    @cached_property
    def steps(self) -> tuple[WorkflowStep, ...]:
        """The steps of all jobs."""
        return tuple(step for job in self.jobs for step in job.steps)

    def branches(self, event: str) -> list[str] | None:
        """Return the branch patterns of a trigger; None if it applies to all branches or is absent."""
        found = table(self.triggers, event).get("branches")
        return None if found is None else [plain(item) for item in _list(found)]

    def evidence(self, where: object = None, text: str = "") -> Evidence:
        """Return evidence at a line, or at a job or step; `text` defaults to the line."""
        line = where if isinstance(where, int) else getattr(where, "line", None)
        lines = self.text.split("\n")
        if not text and line and 0 < line <= len(lines):
            text = lines[line - 1].strip()
        return evidence(self.path, line, text)


def _is_false(condition: str) -> bool:
    return re.sub(r"[${}\s]", "", condition).lower() == "false"


def _require_accepted(data: YamlMap, path: str) -> None:
    # The rules are about what fits the schema.
    wrong = schema_faults(data) or list(rule_faults(data))
    if wrong:
        line, said = wrong[0]
        places = [evidence(path, at, text) for at, text in wrong[:MAX_FAULTS]]
        raise SubmissionFault(f"{path}, line {line}: GitHub refuses it: {said}.", places)


def _triggers(data: YamlMap, path: str) -> dict[str, Any]:
    on = data.get("on")
    if isinstance(on, str):
        return {on: {}}
    if isinstance(on, list) and on and all(isinstance(event, str) for event in on):
        return {event: {} for event in on}
    if isinstance(on, dict) and on:
        return {plain(event): {} if config is None else config for event, config in on.items()}
    line = data.lines.get("on", 1)
    raise SubmissionFault(f"{path}, line {line}: no trigger: `on` names no event.", evidence(path, line))


def _jobs(data: YamlMap, path: str) -> ByName[WorkflowJob]:
    jobs = data.get("jobs")
    if not isinstance(jobs, YamlMap) or not jobs:
        line = data.lines.get("jobs", 1)
        raise SubmissionFault(f"{path}, line {line}: no jobs.", evidence(path, line))
    found = []
    for name, job in jobs.items():
        line = jobs.lines[name]
        if not isinstance(job, YamlMap):
            message = f"{path}, line {line}: the job `{plain(name)[:80]}` is no mapping."
            raise SubmissionFault(message, evidence(path, line))
        found.append(_job(plain(name), job, line, path))
    return ByName(found)


def _job(name: str, data: YamlMap, line: int, path: str) -> WorkflowJob:
    strategy = table(data, "strategy")
    matrix = table(strategy, "matrix")
    axes = {plain(key): _list(value) for key, value in matrix.items() if key not in ("include", "exclude")}
    include, exclude = _list(matrix.get("include")), _list(matrix.get("exclude"))
    jobs = combinations(axes, include, exclude)
    return WorkflowJob(
        name=name,
        title=plain(data.get("name")) or name,
        runs_on=_runs_on(data.get("runs-on"), jobs),
        matrix=axes,
        include=tuple(include),
        exclude=tuple(exclude),
        fail_fast=strategy.get("fail-fast") is not False,
        steps=read_steps(data, path, line),
        env=_texts(data.get("env")),
        needs=tuple(plain(item) for item in _list(data.get("needs"))),
        condition=plain(data.get("if")),
        uses=plain(data.get("uses")),
        with_=_texts(data.get("with")),
        continue_on_error=data.get("continue-on-error") is True,
        line=line,
        combinations=tuple(jobs),
    )


def _runs_on(value: Any, jobs: list[dict[str, Any]]) -> tuple[str, ...]:
    if isinstance(value, dict):
        value = value.get("labels") or value.get("group")
    found: list[str] = []
    for item in _list(value):
        found += resolve(plain(item), jobs)
    return tuple(dict.fromkeys(found))


def read_steps(job: YamlMap, path: str, line: int) -> tuple[WorkflowStep, ...]:
    """Return the steps of a job, or of the `runs` of a composite action."""
    steps = job.get("steps")
    if steps is None:
        return ()
    if not isinstance(steps, YamlList):
        raise SubmissionFault(
            f"{path}, line {job.lines['steps']}: `steps` is no list.", evidence(path, job.lines["steps"])
        )
    found = []
    for index, data in enumerate(steps):
        at = steps.lines[index]
        if not isinstance(data, dict):
            raise SubmissionFault(f"{path}, line {at}: a step that is no mapping.", evidence(path, at))
        found.append(
            WorkflowStep(
                name=plain(data.get("name")),
                uses=plain(data.get("uses")),
                run=plain(data.get("run")),
                with_=_texts(data.get("with")),
                env=_texts(data.get("env")),
                condition=plain(data.get("if")),
                continue_on_error=data.get("continue-on-error") is True,
                working_directory=plain(data.get("working-directory")),
                shell=plain(data.get("shell")),
                line=at,
            )
        )
    return tuple(found)


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]


def _texts(value: Any) -> dict[str, str]:
    return {plain(key): plain(item) for key, item in table(value).items()}
