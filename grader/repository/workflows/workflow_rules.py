"""What GitHub refuses in a workflow beside its schema: its graph of jobs, identifiers, matrices, references and filters.

After WorkflowTemplateConverter of actions/runner and the converters of actions/languageservices.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from grader.repository.formats.yaml_data import YamlList, YamlMap
from grader.repository.workflows.workflow_matrix import plain
from grader.repository.workflows.workflow_schema import Wrong

_IDENTIFIER = re.compile(r"(?!__)[A-Za-z_][A-Za-z0-9_-]{0,98}")
#: `$/` is the repository of the file itself, `./` that of the run.
_ACTION = re.compile(r"[.$][/\\]|docker://|[^/\\@]+[/\\][^@]*[^/\\@][^@]*@[^@]+\Z")
_CALLED = re.compile(
    r"[.$]/\.github/workflows/[^/@]+\.ya?ml|[^/@]+/[^/@]+/\.github/workflows/[^/@]+\.ya?ml@.+"
)
_INPUTS = ("boolean", "choice", "environment", "number", "string")
_RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
_CRON = re.compile(r"(?:(?:[*\w]+)(?:-\w+)?(?:/\d+)?(?:,(?:[*\w]+)(?:-\w+)?(?:/\d+)?)*+(?: +|$)){5}")


def rule_faults(data: YamlMap) -> Iterator[Wrong]:
    """Yield the lines of a workflow that GitHub refuses although they fit its schema, and why."""
    yield from _triggers(data.get("on"))
    jobs = data["jobs"]
    for name, job in jobs.items():
        yield from _identifiers([(plain(name), jobs.lines[name])])
        if isinstance(job, YamlMap):
            yield from _job(plain(name), job, jobs.lines[name])
    yield from _graph({plain(name): job for name, job in jobs.items() if isinstance(job, YamlMap)}, jobs.line)


def _triggers(on: Any) -> Iterator[Wrong]:
    if not isinstance(on, YamlMap):
        return
    for event, config in on.items():
        keys = config if isinstance(config, YamlMap) else YamlMap()
        for name in ("branches", "tags", "paths"):
            if name in keys and f"{name}-ignore" in keys:
                yield (
                    keys.lines[f"{name}-ignore"],
                    f"`{name}` and `{name}-ignore` exclude each other for {plain(event)[:80]}",
                )
        for item in config if event == "schedule" and isinstance(config, list) else ():
            cron = plain(item.get("cron")) if isinstance(item, YamlMap) else ""
            if isinstance(item, YamlMap) and not _CRON.fullmatch(cron[:500]):
                yield item.line, f"Invalid cron expression '{cron[:80]}': five fields are expected"
            elif isinstance(item, YamlMap) and not _in_range(cron.split()):
                yield item.line, f"Invalid cron expression '{cron[:80]}': a number is out of range"
        given = keys.get("inputs") if event == "workflow_dispatch" else None
        for name, asked in given.items() if isinstance(given, YamlMap) else ():
            kind = plain(asked.get("type", "string")) if isinstance(asked, YamlMap) else "string"
            if kind not in _INPUTS:
                yield asked.lines["type"], f"Unexpected value '{kind[:80]}' as the type of {plain(name)[:80]}"
            elif kind == "choice" and not asked.get("options"):
                yield asked.line, f"Required property is missing: options of {plain(name)[:80]}"


def _in_range(fields: list[str]) -> bool:
    """Return whether the numbers of a cron expression are minutes, hours, days, months and days of the week."""
    return all(
        low <= int(number) <= high
        for field, (low, high) in zip(fields, _RANGES, strict=False)
        for number in re.findall(r"(?<![\w/])\d{1,9}", field)
    )


def _identifiers(found: list[tuple[str, int]]) -> Iterator[Wrong]:
    seen: set[str] = set()
    for name, line in found:
        if not _IDENTIFIER.fullmatch(name):
            yield line, f"The identifier '{name[:80]}' is invalid: letters, digits, '_' and '-' only"
        elif name.lower() in seen:
            yield line, f"The identifier '{name}' may not be used more than once within the same scope"
        seen.add(name.lower())


def _job(name: str, job: YamlMap, line: int) -> Iterator[Wrong]:
    used = job.get("uses")
    if isinstance(used, str) and not _CALLED.fullmatch(used):
        yield (
            job.lines["uses"],
            f"No workflow to call: '{used[:80]}'; `./.github/workflows/x.yml` or with a version",
        )
    steps = job.get("steps")
    if not used and not steps:
        yield line, f"No steps defined in `steps` and no workflow called in `uses` for the job {name[:80]}"
    steps = [one for one in steps if isinstance(one, YamlMap)] if isinstance(steps, YamlList) else []
    yield from _identifiers([(plain(one["id"]), one.lines["id"]) for one in steps if "id" in one])
    for step in steps:
        action = step.get("uses")
        if isinstance(action, str) and not _ACTION.match(action):
            said = f"Expected format {{org}}/{{repo}}[/path]@ref. Actual '{action[:80]}'"
            yield step.lines["uses"], said
    strategy = job.get("strategy")
    matrix = strategy.get("matrix") if isinstance(strategy, YamlMap) else None
    if isinstance(matrix, YamlMap):
        yield from _matrix(matrix)


def _matrix(matrix: YamlMap) -> Iterator[Wrong]:
    axes = {key: values for key, values in matrix.items() if key not in ("include", "exclude")}
    for key, values in axes.items():
        if isinstance(values, list) and not values:
            yield matrix.lines[key], f"Matrix vector '{plain(key)[:80]}' does not contain any values"
    if not axes and not matrix.get("include"):
        yield matrix.line, "Matrix must define at least one vector"
    known = {plain(key).lower() for key in axes}
    excluded = matrix.get("exclude")
    if "${{" in "".join(known):
        return
    for item in excluded if isinstance(excluded, list) else ():
        for key in item if isinstance(item, YamlMap) else ():
            if plain(key).lower() not in known and "${{" not in plain(key):
                said = f"Matrix exclude key '{plain(key)[:80]}' does not match any key within the matrix"
                yield item.lines[key], said


def _graph(jobs: dict[str, YamlMap], line: int) -> Iterator[Wrong]:
    """Yield needs of jobs that are not there, and circles: what is left when nothing more can start."""
    needed: dict[str, dict[str, str]] = {}
    waiting: dict[str, list[str]] = {}
    for name, job in jobs.items():
        needs = job.get("needs")
        listed = [plain(one) for one in (needs if isinstance(needs, list) else [needs] if needs else [])]
        needed[name] = {one.lower(): one for one in listed}
        for need in needed[name]:
            waiting.setdefault(need, []).append(name)
    ready = [name for name, needs in needed.items() if not needs]
    if jobs and not ready:
        yield line, "The workflow must contain at least one job with no dependencies"
    while ready:
        done = ready.pop()
        for name in waiting.get(done.lower(), ()):
            del needed[name][done.lower()]
            ready += [] if needed[name] else [name]
    names = {name.lower() for name in jobs}
    for name, left in needed.items() if any(not needs for needs in needed.values()) else ():
        for key, need in sorted(left.items()):
            said = f"Job '{name[:80]}' depends on job '{need[:80]}' which creates a cycle in the dependency graph"
            if key not in names:
                said = f"Job '{name[:80]}' depends on unknown job '{need[:80]}'"
            yield jobs[name].lines["needs"], said
