"""M17: the commands of a workflow, and which of them run tests or linters."""

import re

from grader.suite import box

#: A step that keeps what a formatter changed.
COMMITS = re.compile(r"auto-commit|create-pull-request|git\s+(?:commit|push|diff\s+--exit-code)")
_LINTERS = (
    *("ruff check", "flake8", "pylint", "mypy", "dmypy run", "pyright", "basedpyright", "ty check", "pyre"),
    *("pre-commit run", "prek run", "bandit", "pyflakes", "pycodestyle", "pydocstyle"),
)
_FORMATTERS = ("ruff format", "black", "isort", "yapf", "autopep8")
_TYPES = ("mypy", "dmypy run", "pyright", "basedpyright", "pyre", "ty check")
_CANNOT_CHANGE = {"--check", "--check-only", "--diff", "-c"}
#: Programs that bring what the tests need, or run them where it is.
PROVIDERS = {
    *(
        "pip",
        "pip3",
        "uv",
        "uvx",
        "pipx",
        "conda",
        "mamba",
        "micromamba",
        "poetry",
        "pipenv",
        "pdm",
        "hatch",
        "rye",
    ),
    *("pixi", "tox", "nox", "make", "just", "invoke", "inv", "docker", "docker-compose", "podman"),
}
_ONLY_ASKS = {"--version", "-V", "--help", "-h", "--show-settings", "--show-files"}
#: Commands of ruff that look at no code; without any command it checks (before version 0.5).
_RUFF = {"format", "rule", "config", "linter", "clean", "version", "help", "server", "analyze", "check"}


def commands(step):
    """The single commands of a step, comments left out; a hostile length is cut."""
    text = step.run[:20_000].replace("\\\n", " ")
    parts = [part.strip()[:2_000] for part in re.split(r"&&|\|\||[;|\n]", text)]
    return [part for part in parts if part and not part.startswith("#")]


def runs_of(submission, *wanted):
    """What CI runs of these kinds (`formats`, `lints`, `checks_types`), in a workflow."""
    return [
        run for run in submission.ci_runs() if run.workflow and any(is_one(run.command) for is_one in wanted)
    ]


def test_runs(submission):
    """The runs of tests that begin in a workflow."""
    return [one.run for one in submission.ci_test_runs() if one.run.workflow]


def formats(command):
    """Whether a command runs a formatter."""
    return command.runs(*_FORMATTERS) and not _ONLY_ASKS & set(command.words)


def can_fail(command):
    """Whether a formatter reports instead of changing."""
    return bool(_CANNOT_CHANGE & set(command.words))


def checks_types(command):
    """Whether a command runs a type checker."""
    return command.runs(*_TYPES) and not _ONLY_ASKS & set(command.words)


def lints(command):
    """Whether a command runs a linter, or a formatter that reports."""
    if _ONLY_ASKS & set(command.words):
        return False
    bare_ruff = command.plain[:1] == ("ruff",) and command.plain[1:2] not in [(word,) for word in _RUFF]
    return command.runs(*_LINTERS) or bare_ruff or (formats(command) and can_fail(command))


def refused(name, runs):
    """What to say where only workflows that GitHub refuses do it: whether the group did it before, nobody can tell here."""
    if runs:
        box(name, None, "Only a workflow does it that GitHub refuses at this commit.")
    return [run.workflow.evidence(run.step, "GitHub refuses this workflow") for run in runs[:3]]
