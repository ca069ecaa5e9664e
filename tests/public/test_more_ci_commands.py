"""More of what CI runs: wrappers, functions of scripts, stages of images and hooks, paths and variables of the runner."""

from __future__ import annotations

import pytest

from tests.public.test_ci_commands import ACTION, PATH, SETUP, composite, flow, run, verdict_of

RUNS = [
    "nice -n 10 pytest",
    "stdbuf -oL pytest",
    "faketime '2024-01-01' pytest",
    "doppler run -- pytest",
    "op run --env-file=.env -- python -m pytest",
    "find tests -name 'test_*.py' -exec pytest {} +",
    # mimi-net/miminet#477: files of a shard.
    "find tests -name 'test_*.py' | sort | awk 'NR % 3 == 1' | xargs pytest",
    "xargs -n 1 pytest < list.txt",
    "sudo bash -c 'pytest'",
    "pwsh -c 'pytest tests'",
    "powershell -Command pytest tests",
    "cmd /c pytest",
    "pytest-3 tests",
    "run_tests() {\n  pytest tests\n}\nrun_tests",
    "function t {\n  pytest\n}\nretry 3 t",
    "case $1 in\n  unit) pytest ;;\n  *) exit 1 ;;\nesac",
]
RUNS_NOT = [
    "run_tests() {\n  pytest tests\n}\necho no",
    "function t {\n  pytest\n}\nruff check",
    "find tests -name pytest -exec cat {} +",
    "grep -v pytest r.txt | xargs pip install",
    "echo pytest | xargs echo",
]


@pytest.mark.parametrize("command", RUNS)
def test_wrapped_commands_run_tests(command: str) -> None:
    assert verdict_of({PATH: run(command)}) == "passed"


@pytest.mark.parametrize("command", RUNS_NOT)
def test_commands_that_run_none(command: str) -> None:
    assert verdict_of({PATH: run(command)}) == "failed"


STAGES = "FROM a AS base\nRUN x\nFROM base AS test\nRUN pytest\nFROM base AS prod\nRUN y\n"
HOOK = "repos:\n- repo: local\n  hooks:\n  - {{id: t, name: t, entry: pytest tests, language: system{}}}\n"
TOX = "[tox]\nenvlist = {}\n[testenv]\ncommands = pytest\n[testenv:lint]\ncommands = ruff check\n"
NOTIFY = "import nox\n\n\n@nox.session\ndef a(session):\n    session.notify('{}')\n\n\n@nox.session\ndef t(session):\n    session.run('pytest')\n"
SCRIPT = composite("{run: '{}/run.sh', shell: bash}")

#: A step, the files that it leads to, and whether tests run.
FOLLOWED: dict[str, tuple[str, dict[str, str], bool]] = {
    "a stage of tests": ("- run: docker build --target test .", {"Dockerfile": STAGES}, True),
    # BuildKit makes what the last stage needs.
    "the last stage": ("- run: docker build .", {"Dockerfile": STAGES}, False),
    "the last stage takes from it": ("- run: docker build .", {"Dockerfile": f"{STAGES}COPY --from=test /r /r\n"}, True),
    "a stage of an action": (
        "- uses: docker/build-push-action@v6\n  with: {context: ., target: prod}", {"Dockerfile": STAGES}, False
    ),
    "hooks": ("- run: pre-commit run --all-files", {".pre-commit-config.yaml": HOOK.format("")}, True),
    "hooks of a later stage": ("- run: pre-commit run -a", {".pre-commit-config.yaml": HOOK.format(", stages: [pre-push]")}, False),
    "the later stage": ("- run: pre-commit run -a --hook-stage pre-push", {".pre-commit-config.yaml": HOOK.format(", stages: [push]")}, True),
    "another hook": ("- run: pre-commit run ruff --all-files", {".pre-commit-config.yaml": HOOK.format("")}, False),
    "make, define": ("- run: make t", {"Makefile": "define unit\npytest tests\nendef\nt:\n\t$(unit)\n"}, True),
    "make, call": ("- run: make t", {"Makefile": "in_env = uv run $(1)\nt:\n\t$(call in_env,pytest)\n"}, True),
    "make, call of another": ("- run: make t", {"Makefile": "in_env = uv run $(1)\nt:\n\t$(call in_env,ruff)\n"}, False),
    "tox, commands of a base": ("- run: tox -e t", {"tox.ini": "[base]\ncommands = pytest\n[testenv:t]\ncommands = {[base]commands}\n"}, True),
    "tox, by its variable": ("- run: tox\n  env: {TOXENV: py312}", {"tox.ini": TOX.format("lint")}, True),
    "tox, another by its variable": ("- run: tox\n  env: {TOXENV: lint}", {"tox.ini": TOX.format("py312")}, False),
    "nox, notified": ("- run: nox -s a", {"noxfile.py": NOTIFY.format("t")}, True),
    "nox, another notified": ("- run: nox -s a", {"noxfile.py": NOTIFY.format("docs")}, False),
    "invoke, joined words": (
        "- run: inv t",
        {"tasks.py": "from invoke import task\n\n\n@task\ndef t(c):\n    c.run(' '.join(['python', '-m', 'pytest']))\n"},
        True,
    ),
    "an action's own script": ("- uses: ./.github/actions/t", {ACTION: SCRIPT.replace("{}", "${{ github.action_path }}"), ".github/actions/t/run.sh": "pytest\n"}, True),
    "an action's own script, by its variable": ("- uses: ./.github/actions/t", {ACTION: SCRIPT.replace("{}", "$GITHUB_ACTION_PATH"), ".github/actions/t/run.sh": "pytest\n"}, True),
    "from the workspace": ("- run: bash ${{ github.workspace }}/ci/t.sh", {"ci/t.sh": "pytest\n"}, True),
    "from the workspace, by its variable": ("- run: bash $GITHUB_WORKSPACE/ci/t.sh", {"ci/t.sh": "pytest\n"}, True),
    "a development container": ("- uses: devcontainers/ci@v0.3\n  with: {runCmd: make t}", {"Makefile": "t:\n\tpytest\n"}, True),
    "an image as an action": ("- uses: docker://python:3.12\n  with: {args: python -m pytest}", {}, True),
    "an image as an action, its entry point": ("- uses: docker://python:3.12\n  with: {entrypoint: pytest, args: tests}", {}, True),
    "an image as an action that lints": ("- uses: docker://python:3.12\n  with: {args: ruff check}", {}, False),
}  # fmt: skip


@pytest.mark.parametrize("name", FOLLOWED)
def test_what_a_step_leads_to(name: str) -> None:
    step, files, runs = FOLLOWED[name]
    assert verdict_of({PATH: flow(SETUP + step), **files}) == ("passed" if runs else "failed")
