"""M17: the files that workflows lean on, and the updates of dependencies."""

import posixpath
import re

from grader.suite import check, evidence, measure

from ..common.workflows import workflows_that_run
from ._common import commands

_REQUIREMENT = re.compile(r"(?:\s-r|\s--requirement|\s-c|\s--constraint)[ =]?\s*([\w./-]+)")
_SCRIPT = re.compile(r"(?:^|\s)(?:python3?(?:\s-u)?|bash|sh|uv\s+run)\s+([\w./-]+\.(?:py|sh))(?=\s|$)")
_PLAIN = re.compile(r"[\w./-]+")
_INTERVALS = ("daily", "weekly", "monthly", "quarterly", "semiannually", "yearly", "cron")
_PYTHON = ("pip", "uv", "conda", "pip-compile", "pipenv", "poetry")


@check(
    "The files that workflows use are in the repository",
    points=1,
    questions=[11],
    hint="Compare the paths in the workflow (`pip install -r …`, `cache-dependency-path`, `python-version-file`, scripts, "
    "uv.lock) with what git has: `git ls-files`.",
)
def test_referenced_files_exist(submission):
    missing, n_files = [], 0
    for workflow in workflows_that_run(submission):
        for job in workflow.jobs[:50]:
            steps = job.steps[:100]
            if any("checkout" in one.action and "repository" in one.with_ for one in steps):
                continue
            said = [command for one in steps for command in commands(one)]
            elsewhere = "working-directory" in workflow.text or any(one.startswith("cd ") for one in said)
            for step in steps:
                for path in _references(step):
                    n_files += 1
                    if (
                        not _is_there(submission, path, elsewhere)
                        and not _is_made(path, said)
                        and not _has_another_key(submission, step, path)
                    ):
                        missing.append(workflow.evidence(step, f"{path} is not in the repository"))
    measure("n_referenced_files", n_files)
    assert not missing, missing


def _references(step):
    found = []
    for command in commands(step):
        if re.search(r"\bpip3?\s+(?:install|sync)\b", command):
            found += _REQUIREMENT.findall(command)
        if re.search(r"\buv\s+sync\b.*--(?:locked|frozen)\b", command):
            found.append("uv.lock")
        found += _SCRIPT.findall(command)
    for key in ("cache-dependency-path", "python-version-file"):
        if key == "cache-dependency-path" and not step.with_.get("cache"):
            continue
        # A glob may be there in case; only plain names are promises.
        lines = [line.strip() for line in step.with_.get(key, "").split("\n")]
        found += [line for line in lines if _PLAIN.fullmatch(line)]
    if step.action == "docker/build-push-action" and _PLAIN.fullmatch(step.with_.get("file", "")):
        found.append(step.with_["file"])
    return [posixpath.normpath(path) for path in found if not path.startswith(("/", "~"))]


def _is_there(submission, path, elsewhere):
    if submission.exists(path):
        return True
    return elsewhere and bool(submission.files(f"**/{posixpath.basename(path)}"))


def _has_another_key(submission, step, path):
    """Whether actions/setup-python takes the key of pip's cache from a pyproject.toml where the file named is not there."""
    named = step.with_.get("cache-dependency-path", "").split()
    by_pip = step.action == "actions/setup-python" and step.with_.get("cache") == "pip" and path in named
    keys = [one for one in named if submission.exists(one)] + submission.files("**/pyproject.toml")
    return by_pip and bool(keys)


def _is_made(path, said):
    """Whether a step of the job writes the file itself."""
    name = re.escape(posixpath.basename(path))
    makes = re.compile(
        rf"(?:>|\s-o|--output-file|\btee\b|\btouch\b|\bcp\s\S+|\bmv\s\S+|curl|wget)[\s=]*\S*{name}"
    )
    return any(map(makes.search, said))


@check(
    "Dependabot keeps the Python dependencies up to date",
    points=1,
    questions=[11],
    required=False,
    hint="Write `.github/dependabot.yml` with `version: 2` and an entry of `updates` with `package-ecosystem: pip` (or uv), "
    '`directory: "/"` and `schedule: interval: weekly`.',
)
def test_dependabot_is_set_up(submission):
    paths = [path for path in submission.files(".github/dependabot.y*ml") if path.endswith((".yml", ".yaml"))]
    if not paths:
        renovate = submission.files("renovate.json*", ".github/renovate.json*", ".renovaterc*")
        if renovate:
            evidence(renovate[0], None, "Renovate does Dependabot's work")
            return
        lost = submission.files("**/*dependabot*.y*ml")
        assert not lost, [evidence(path, None, "GitHub reads .github/dependabot.yml only") for path in lost]
        raise AssertionError("There is no .github/dependabot.yml.")
    data = submission.yaml(paths[0])
    assert isinstance(data, dict), evidence(
        paths[0], 1, "it has to be a mapping with `version` and `updates`"
    )
    assert data.get("version") == 2, evidence(paths[0], data.lines.get("version", 1), "`version` has to be 2")
    updates = data.get("updates")
    assert isinstance(updates, list), evidence(
        paths[0], data.lines.get("updates", 1), "`updates` has to be a list"
    )
    updates = [update for update in updates if isinstance(update, dict)]
    python = [update for update in updates if update.get("package-ecosystem") in _PYTHON]
    assert python, evidence(paths[0], data.lines["updates"], "no entry for pip or uv")
    for update in python:
        schedule = update.get("schedule")
        interval = schedule.get("interval") if isinstance(schedule, dict) else None
        assert "directory" in update or "directories" in update, evidence(
            paths[0], update.line, "no `directory`"
        )
        assert interval in _INTERVALS, evidence(
            paths[0], update.line, "`schedule.interval` is daily, weekly or monthly"
        )
        evidence(paths[0], update.line, f"{update['package-ecosystem']}, {interval}")
