"""What CI runs: commands are parsed, and followed through whatever starts them; each with the twin that runs no tests."""

import textwrap
from pathlib import Path
from typing import Any

import pytest

from grader.suite.inventory_parts.tool_inventory import workflows
from grader.testing import run_check
from tests.places import CHECKS
from tests.view_sample import view

SUITE = CHECKS / "m17_github_actions"
PATH = ".github/workflows/ci.yml"
SETUP = "- uses: actions/checkout@v4\n- run: pip install -e .\n"


def flow(steps: str, more: str = "", on: str = "[push, pull_request]") -> str:
    head = (
        f"on: {on}\njobs:\n  test:\n    runs-on: ubuntu-latest\n{textwrap.indent(more, '    ')}    steps:\n"
    )
    return head + textwrap.indent(textwrap.dedent(steps).strip() + "\n", "      ")


def run(command: str) -> str:
    return flow(f"{SETUP}- run: |\n{textwrap.indent(command, '    ')}\n")


def composite(*steps: str, inputs: str = "") -> str:
    return f"name: a\n{inputs}runs:\n  using: composite\n  steps:\n" + "".join(
        f"    - {one}\n" for one in steps
    )


def verdict_of(files: dict[str, str], check: str = "tests_run_in_a_workflow") -> str:
    return run_check(SUITE, check, files, profile="project").verdict.value


RUNS = [
    # P15; mrabarnett/mrab-regex#448, HKUDS/ViMax#64
    'pytest tests/ -k "not download and not slow"',
    "pytest -m 'not network'",
    "pytest \\\n  --timeout=60 \\\n  -q tests",
    "python -m pytest --ignore=tests/add --help-me=no tests",
    "pip install -e . && pytest",
    "cd tests; pytest . | cat",
    "coverage run --source=src -m pytest -q",
    "python -bb -X dev -m coverage run -m unittest discover",
    "uv run --with pytest pytest",
    "uvx --with-editable . pytest@8.3 tests",
    "uv run --no-sync --directory . python -m pytest",
    "poetry run python -m pytest",
    "conda run -n a --no-capture-output pytest",
    "xvfb-run -a -s '-screen 0 1x1x8' pytest",
    "sudo -E env A=b timeout 60 pytest",
    "py -3.12 -m pytest",
    ".venv\\Scripts\\python -m pytest",
    "docker run --rm -e A=b -v $PWD:/x image pytest -q",
    "docker compose -f c.yml run --rm api pytest",
    # ViktorHJ/02476_project1
    "docker run --rm --entrypoint bash image -lc 'uv run coverage erase && uv run coverage run -m pytest tests/'",
    # ckc-org/skeletor#122
    "docker-compose exec -T api bash -c 'cd /x && pytest'",
    "false || pytest",
    "true && pytest",
    "[ -d tests ] && pytest || exit 1",
    "if [ -d tests ]; then\n  pytest\nfi",
    "for d in a b; do (cd $d && pytest); done",
    "(cd docs && make html)\npytest tests",
    "PYTEST='python -m pytest'\n$PYTEST tests",
    "${RUNNER:-pytest} tests",
    "git clone https://x/y#egg=z; pytest",
    "bash -lc '\npip install .\npytest\n'",
    "bash <<'END'\npytest\nEND",
    "result=$(pytest -q)",
    "python -c 'import sys, pytest; sys.exit(pytest.main([\"tests\"]))'",
    "python -c \"import subprocess; subprocess.run(['pytest', 'tests'], check=True)\"",
    "hatch test",
    "nose2 -v",
]
RUNS_NOT = [
    "echo pytest",
    "echo run: pytest tests; echo done",
    'echo "Run\npytest tests\nby hand"',
    "printf 'pytest\\n' > run.sh",
    "pytest --version",
    "pytest --collect-only -q",
    "pytest --co",
    "python -m pytest -h",
    "pip install pytest",
    "uv add --dev pytest",
    "uv tool install pytest",
    "conda install -y pytest",
    "pipx inject a pytest",
    "which pytest",
    "python -c 'import pytest; print(pytest.__version__)'",
    "python -c \"print('pytest')\"",
    "python -c '\nimport pytest\nprint(pytest)\n'",
    "cat <<END > run.sh\npytest tests\nEND",
    "python - <<'END'\nimport pytest\nEND",
    "true || pytest",
    ": || pytest tests",
    "false && pytest",
    "if false; then\n  pytest\nfi",
    "if true; then\n  echo no\nelse\n  pytest\nfi",
    "exit 0\npytest",
    "# pytest",
    "ruff check . # pytest",
    "grep -r pytest .",
    "git commit -m 'run pytest'",
    "mypy tests/pytest",
    "coverage report -m pytest",
    "docker build -t pytest .",
    "docker run --rm --name pytest image",
    "docker run image pip install pytest",
    "chmod +x ./pytest",
    "make test",
    "tox",
    "nox -s tests",
    "invoke test",
    "npm test",
    "hatch run test",
]


@pytest.mark.parametrize("command", RUNS)
def test_commands_that_run_tests(command: str) -> None:
    assert verdict_of({PATH: run(command)}) == "passed"


@pytest.mark.parametrize("command", RUNS_NOT)
def test_commands_that_only_say_the_word(command: str) -> None:
    assert verdict_of({PATH: run(command)}) == "failed"


INVOKE = "from invoke import task\n\n\n@task(aliases=['t'])\ndef check_all(c):\n    c.run('{}')\n"
NOX = "import nox\n\n\n@nox.session(name='unit')\ndef a(session):\n    session.run('pytest', '-q')\n\n\n@nox.session\ndef lint(session):\n    session.run('ruff', 'check')\n"
TOX = "[tox]\nenv_list = py312, lint\n[testenv]\ncommands =\n    coverage erase\n    pytest {posargs}\n[testenv:lint]\ncommands = ruff check\n"
HOOKS = "repos:\n- repo: local\n  hooks:\n  - {id: a, name: a, entry: uv run pytest, language: system}\n"
COMPOSE = (
    "services:\n  tests:\n    build: .\n    command: pytest\n  api:\n    build: .\n    command: uvicorn a:b\n"
)

#: What a step says, the files that it leads to, and whether tests run.
FOLLOWED: dict[str, tuple[str, dict[str, str], bool]] = {
    # P18
    "make": ("make check", {"Makefile": "check:\n\tpython -m pytest tests\n\truff check .\n"}, True),
    "make, another recipe": ("make lint", {"Makefile": "check:\n\tpytest\nlint:\n\truff check\n"}, False),
    "make, what a target needs": ("make ci", {"Makefile": ".PHONY: ci\nci: lint unit ## all = CI\nlint:\n\truff\nunit: ; @pytest\n"}, True),
    "make, the first target": ("make", {"Makefile": "all: lint\nlint:\n\truff check\ntest:\n\tpytest\n"}, False),
    "make, the default goal": ("make", {"Makefile": ".DEFAULT_GOAL := t\nall:\n\truff\nt:\n\tpytest\n"}, True),
    "make in a folder": ("make -C app test", {"app/Makefile": "PY ?= uv run\nRUN = $(PY) pytest\ntest:\n\t@$(RUN) tests\n", "Makefile": "test:\n\techo\n"}, True),
    "make calls make": ("make a", {"Makefile": "a:\n\t$(MAKE) b\nb:\n\t-pytest\n"}, True),
    "make, a recipe that says it": ("make test", {"Makefile": "test:\n\t@echo pytest\n"}, False),
    "just": ("just t", {"justfile": "default: lint\nlint:\n    ruff\nt *args: lint\n    @pytest {{args}}\n"}, True),
    "just, the first recipe": ("just", {"justfile": "lint:\n    ruff\nt:\n    pytest\n"}, False),
    "invoke, by another name": ("uv run inv t", {"tasks.py": INVOKE.format("pytest tests")}, True),
    "invoke, a task that says it": ("inv check-all", {"tasks.py": INVOKE.format("echo pytest")}, False),
    "nox": ("nox -s unit", {"noxfile.py": NOX}, True),
    "nox, all sessions": ("pipx run nox", {"noxfile.py": NOX}, True),
    "nox, another session": ("nox -s lint", {"noxfile.py": NOX}, False),
    "nox, a list": ("nox --list", {"noxfile.py": NOX}, False),
    "tox": ("tox -e py", {"tox.ini": TOX}, True),
    "tox, all": ("python -m tox", {"tox.ini": TOX}, True),
    "tox, another environment": ("tox run -e lint", {"tox.ini": TOX}, False),
    "tox in pyproject": ("tox", {"pyproject.toml": "[tool.tox.env_run_base]\ncommands = [['pytest', 'tests']]\n"}, True),
    "tox, the old way in pyproject": ("uvx --with tox-uv tox p", {"pyproject.toml": "[tool.tox]\nlegacy_tox_ini = '''\n[testenv]\ncommands = pytest\n'''\n"}, True),
    "hatch": ("hatch run cov", {"pyproject.toml": "[tool.hatch.envs.default.scripts]\ntest = 'pytest {args}'\ncov = ['test --cov', 'coverage xml']\n"}, True),
    "hatch, an environment": ("hatch run t:all", {"hatch.toml": "[envs.t.scripts]\nall = 'pytest'\n"}, True),
    "hatch, another script": ("hatch run lint", {"hatch.toml": "[envs.default.scripts]\nall = 'pytest'\nlint='ruff check'\n"}, False),
    "pdm": ("pdm run t", {"pyproject.toml": "[tool.pdm.scripts]\nt = {composite = ['lint', 'u']}\nu = {cmd = ['pytest', 'a']}\nlint = 'ruff'\n"}, True),
    "poe": ("uv run poe all", {"pyproject.toml": "[tool.poe.tasks]\nall = ['lint', 'unit']\nlint = 'ruff check'\nunit.cmd = 'pytest'\n"}, True),
    "poe, another task": ("poe lint", {"pyproject.toml": "[tool.poe.tasks]\nlint = 'ruff check'\nunit.cmd = 'pytest'\n"}, False),
    "taskipy": ("poetry run task t", {"pyproject.toml": "[tool.taskipy.tasks]\nt = 'pytest'\n"}, True),
    "go-task": ("task ci", {"Taskfile.yml": "version: '3'\ntasks:\n  ci: {deps: [unit]}\n  unit:\n    cmds:\n      - task: u\n  u: pytest\n"}, True),
    "go-task, another": ("task lint", {"Taskfile.yml": "version: '3'\ntasks:\n  lint: ruff check\n  u: pytest\n"}, False),
    "pixi": ("pixi run -e dev t", {"pixi.toml": "[tasks]\na = 'x'\n[feature.dev.tasks]\nt = {cmd = 'pytest', depends-on = ['a']}\n"}, True),
    "pixi, what a task needs": ("pixi run ci", {"pyproject.toml": "[tool.pixi.tasks]\nu = 'pytest'\nci = {depends-on = ['u']}\n"}, True),
    "rye": ("rye run t", {"pyproject.toml": "[tool.rye.scripts]\nt = {chain = ['u']}\nu = {cmd = 'pytest'}\n"}, True),
    "pipenv": ("pipenv run t", {"Pipfile": "[scripts]\nt = 'pytest -q'\n"}, True),
    "npm": ("npm test", {"package.json": '{"scripts": {"test": "npm run py && jest", "py": "cd .. && pytest"}}'}, True),
    "npm, another script": ("npm run build", {"package.json": '{"scripts": {"test": "pytest", "build": "vite"}}'}, False),
    "a script": ("chmod +x ci/run.sh\n./ci/run.sh", {"ci/run.sh": "#!/bin/sh\nset -e\n. ./ci/env.sh\nPY=python3\nrun() {\n  $PY -m pytest\n}\nrun\n", "ci/env.sh": "A=b\n"}, True),
    "a sourced script": ("source ci/run.sh", {"ci/run.sh": "pytest\n"}, True),
    "a script that ends": ("bash ci/run.sh", {"ci/run.sh": "exit 0\npytest\n"}, False),
    "a script that is only named": ("cat ci/run.sh", {"ci/run.sh": "pytest\n"}, False),
    "a Python script": ("python ci/run.py", {"ci/run.py": "import subprocess, sys\nsubprocess.check_call([sys.executable, '-m', 'pytest'])\n"}, True),
    "a Python script's main": ("python -m ci.run", {"ci/run.py": "import pytest\n\nraise SystemExit(pytest.main(['tests']))\n"}, True),
    "a test file that runs itself": ("python tests/test_a.py", {"tests/test_a.py": "import unittest\n\nif __name__ == '__main__':\n    unittest.main()\n"}, True),
    "a test file that does not": ("python tests/test_a.py", {"tests/test_a.py": "def test_a():\n    assert 1\n"}, False),
    "a declared program": ("uv run unit", {"pyproject.toml": "[project.scripts]\nunit = 'p.dev:unit'\n", "src/p/dev.py": "import pytest\n\n\ndef unit():\n    pytest.main()\n"}, True),
    "pre-commit": ("pre-commit run -a", {".pre-commit-config.yaml": HOOKS}, True),
    "docker build, RUN": ("docker build -f d/t.dockerfile .", {"d/t.dockerfile": "FROM a\nRUN pytest\n"}, True),
    "docker build, CMD": ("docker build -f d/t.dockerfile .", {"d/t.dockerfile": 'FROM a\nCMD ["pytest"]\n'}, False),
    "docker run of what was built": ("docker build -t t:1 -f d/t.dockerfile .\ndocker run --rm t:1", {"d/t.dockerfile": 'FROM a\nCMD ["pytest"]\n'}, True),
    "docker run of something else": ("docker build -t t -f d/t.dockerfile .\ndocker run --rm u", {"d/t.dockerfile": 'FROM a\nCMD ["pytest"]\n'}, False),
    "compose up": ("docker compose up --exit-code-from tests", {"compose.yml": COMPOSE}, True),
    "compose run": ("docker compose run --rm tests", {"compose.yml": COMPOSE}, True),
    "compose run of another": ("docker compose run --rm api", {"compose.yml": COMPOSE}, False),
    "compose build": ("docker compose build", {"compose.yml": COMPOSE}, False),
    "in a circle": ("make a", {"Makefile": "a: b\n\tbash a.sh\nb: a\n", "a.sh": "make a\n./a.sh\n"}, False),
}  # fmt: skip


@pytest.mark.parametrize("name", FOLLOWED)
def test_what_starts_what(name: str) -> None:
    command, files, runs = FOLLOWED[name]
    assert verdict_of({PATH: run(command), **files}) == ("passed" if runs else "failed")


ACTION = ".github/actions/t/action.yml"
ACTIONS: dict[str, tuple[str, dict[str, str], bool]] = {
    # P17; rjmurillo/ai-agents#2346
    "composite": (flow(SETUP + "- uses: ./.github/actions/t"), {ACTION: composite("{run: pytest tests/, shell: bash}")}, True),
    "composite that lints": (flow(SETUP + "- uses: ./.github/actions/t"), {ACTION: composite("{run: ruff, shell: bash}")}, False),
    "composite that is not used": (flow(SETUP), {ACTION: composite("{run: pytest tests/, shell: bash}")}, False),
    "composite, switched off": (flow(SETUP + "- uses: ./.github/actions/t\n  if: false"), {ACTION: composite("{run: pytest, shell: bash}")}, False),
    "a step of it, switched off": (flow(SETUP + "- uses: ./.github/actions/t"), {ACTION: composite("{run: pytest, shell: bash, if: false}")}, False),
    "nested": (
        flow(SETUP + "- uses: ./.github/actions/t"),
        {ACTION: composite("uses: ./ci/inner/"), "ci/inner/action.yaml": composite("{run: make t, shell: bash}"), "Makefile": "t:\n\tpytest\n"},
        True,
    ),
    "at the root": (flow(SETUP + "- uses: ./"), {"action.yml": composite("{run: pytest, shell: bash}")}, True),
    # Zainzzkk's retry action: UK-Export-Finance/dtfs2#3849
    "a command handed over": (
        flow(SETUP + "- uses: ./.github/actions/t\n  with: {command: pytest -q}"),
        {ACTION: composite("{run: '${{ inputs.command }}', shell: bash}", inputs="inputs:\n  command: {default: ruff check}\n")},
        True,
    ),
    "a command by default": (
        flow(SETUP + "- uses: ./.github/actions/t"),
        {ACTION: composite("{run: '${{ inputs.command }}', shell: bash}", inputs="inputs:\n  command: {default: pytest}\n")},
        True,
    ),
    "an action with a container": (
        flow(SETUP + "- uses: ./.github/actions/t"),
        {ACTION: "name: a\nruns: {using: docker, image: Dockerfile}\n", ".github/actions/t/Dockerfile": "FROM a\nENTRYPOINT [\"pytest\"]\n"},
        True,
    ),
    # zama-ai/concrete-ml#138, flutter/dart-intellij-third-party#393
    "a published action that repeats a command": (flow(SETUP + "- uses: nick-fields/retry@v3\n  with: {command: pytest, max_attempts: 3}"), {}, True),
    "a published action with a word in its name": (flow(SETUP + "- uses: MishaKav/pytest-coverage-comment@main\n  with: {title: pytest}"), {}, False),
    "a published action that runs the hooks": (flow(SETUP + "- uses: pre-commit/action@v3.0.1"), {".pre-commit-config.yaml": HOOKS}, True),
    "a published action about hooks": (flow(SETUP + "- uses: pre-commit-ci/lite-action@v1"), {".pre-commit-config.yaml": HOOKS}, False),
    "a published action that runs pytest": (flow(SETUP + "- uses: pavelzw/pytest-action@v2"), {}, True),
    "a called workflow": (
        "on: push\njobs:\n  a:\n    uses: ./.github/workflows/t.yml\n    with: {cmd: make t}\n",
        {
            ".github/workflows/t.yml": flow(
                SETUP + "- run: ${{ inputs.cmd }}", on="{workflow_call: {inputs: {cmd: {type: string, default: ruff}}}}"
            ),
            "Makefile": "t:\n\tpytest\n",
        },
        True,
    ),
    "a workflow that nobody calls": (flow(SETUP), {".github/workflows/t.yml": flow(SETUP + "- run: pytest", on="workflow_call")}, False),
    "a workflow that a job calls that is off": (
        "on: push\njobs:\n  a:\n    if: false\n    uses: ./.github/workflows/t.yml\n",
        {".github/workflows/t.yml": flow(SETUP + "- run: pytest", on="workflow_call")},
        False,
    ),
    "a variable of the workflow": ("env: {T: pytest -q}\n" + flow(SETUP + "- run: $T tests"), {}, True),
    "a variable of the job": (flow(SETUP + "- run: ${{ env.T }} tests", more="env: {T: pytest -q}\n"), {}, True),
    "a variable of the step": (flow(SETUP + "- run: ${T} tests\n  env: {T: echo pytest}"), {}, False),
    "a matrix of commands": (flow(SETUP + "- run: ${{ matrix.c }}", more="strategy: {matrix: {c: [ruff check, make t]}}\n"), {"Makefile": "t:\n\tpytest\n"}, True),
    "a matrix of environments": (flow(SETUP + "- run: tox -e ${{ matrix.e }}", more="strategy: {matrix: {e: [py312, lint]}}\n"), {"tox.ini": TOX}, True),
    "a matrix without the tests": (flow(SETUP + "- run: tox -e ${{ matrix.e }}", more="strategy: {matrix: {e: [lint]}}\n"), {"tox.ini": TOX}, False),
    "a shell that is Python": (flow(SETUP + "- run: |\n    import pytest\n    pytest.main()\n  shell: python"), {}, True),
    "a shell that is Python, and says it": (flow(SETUP + "- run: |\n    pytest = 1\n  shell: python"), {}, False),
    "a folder to work in": (flow(SETUP + "- run: make t", more="defaults: {run: {working-directory: app}}\n"), {"app/Makefile": "t:\n\tpytest\n", "Makefile": "t:\n\truff\n"}, True),
    "a job that needs one that is off": (
        flow(SETUP + "- run: pytest", more="needs: b\n") + "  b:\n    if: false\n    runs-on: x\n    steps: [{run: a}]\n",
        {},
        False,
    ),
    "an image that an action builds": (flow(SETUP + "- uses: docker/build-push-action@v6\n  with: {context: ., file: t.dockerfile}"), {"t.dockerfile": "FROM a\nRUN pytest\n"}, True),
}  # fmt: skip


@pytest.mark.parametrize("name", ACTIONS)
def test_what_a_workflow_takes_from_elsewhere(name: str) -> None:
    text, files, runs = ACTIONS[name]
    assert run_check(SUITE, "workflows_are_valid", {PATH: text, **files}).verdict == "passed"
    assert verdict_of({PATH: text, **files}) == ("passed" if runs else "failed")


@pytest.mark.parametrize(
    "check", ["triggers_reach_the_default_branch", "test_job_is_complete", "failures_are_not_hidden"]
)
@pytest.mark.parametrize("name", ["composite", "nested", "a matrix of commands"])
def test_all_checks_see_the_same_commands(check: str, name: str) -> None:
    text, files, _ = ACTIONS[name]
    assert verdict_of({PATH: text, **files}, check) == "passed"


@pytest.mark.parametrize(
    ("command", "files", "verdict"),
    [
        ("make t", {"Makefile": "t:\n\tpytest || true\n"}, "failed"),
        ("make t", {"Makefile": "t:\n\t-pytest\n"}, "failed"),
        # entelecheia/eKoNLPy#122
        ("make t", {"Makefile": "t:\n\tpytest | tee log\n"}, "failed"),
        ("set -o pipefail\npytest | tee log", {}, "passed"),
        # microsoft/agent-governance-toolkit#182
        ("pytest || echo 'No tests found'", {}, "failed"),
        ("pytest || { echo failed; exit 1; }", {}, "passed"),
        ("pytest || (echo failed && exit 1)", {}, "passed"),
        ("pytest tests\nrm -r tmp || true", {}, "passed"),
        ("set +e\npytest\necho done", {}, "failed"),
        ("set +e\npytest\ncode=$?\nexit $code", {}, "passed"),
        ("pytest -k 'a || true'", {}, "passed"),
        ("echo 'pytest || true'\npytest", {}, "passed"),
        ("ruff check --exit-zero .", {}, "failed"),
    ],
)
def test_failures_that_are_hidden(command: str, files: dict[str, str], verdict: str) -> None:
    assert verdict_of({PATH: run(command), **files}, "failures_are_not_hidden") == verdict


@pytest.mark.parametrize(
    ("command", "files", "verdict"),
    [
        ("make check", {"Makefile": "check:\n\truff check .\n"}, "passed"),
        ("make check", {"Makefile": "check:\n\tpytest\n"}, "failed"),
        ("uv run inv lint", {"tasks.py": INVOKE.format("mypy src").replace("check_all", "lint")}, "passed"),
        ("uvx ruff@0.9.2 check", {}, "passed"),
        ("echo ruff check .", {}, "failed"),
        ("ruff check . || true", {}, "passed"),
        # Fabius-Naumann/02476_ML-OPS_project
        ("uv run ruff check --show-settings . | grep path", {}, "failed"),
        ("git grep 'ruff check'", {}, "failed"),
        ("ruff clean", {}, "failed"),
        ("black .", {}, "failed"),
        ("black -q --check .", {}, "passed"),
        ("python -m isort -c src", {}, "passed"),
    ],
)
def test_linters(command: str, files: dict[str, str], verdict: str) -> None:
    assert verdict_of({PATH: run(command), **files}, "linter_runs_in_a_workflow") == verdict


@pytest.mark.parametrize(
    ("steps", "paths"),
    [
        ("- run: cd app && pytest", [True, False]),
        ("- {run: pytest, working-directory: ./app/}", [True, False]),
        ("- run: |\n    (cd docs; make)\n    pytest app/tests", [True, False]),
        ("- run: pytest -k 'not tests/x' -m slow", [True, True]),
        ("- run: |\n    pytest -p no:cacheprovider --cov app -n 4 \\\n      app", [True, False]),
    ],
)
def test_which_tests_are_meant(tmp_path: Path, steps: str, paths: list[bool]) -> None:
    (found,) = view(tmp_path, {PATH: flow(steps)}).ci_test_runs()
    assert [found.collects(path) for path in ("app/tests/test_a.py", "tests/test_b.py")] == paths


def test_a_run_knows_where_it_starts(tmp_path: Path) -> None:
    text, files, _ = ACTIONS["nested"]
    (found,) = view(tmp_path, {PATH: text, **files}).ci_test_runs()
    start: Any = found.run
    assert (found.command.path, start.workflow.path, start.job.name) == ("Makefile", PATH, "test")
    assert start.step.uses == "./.github/actions/t"


@pytest.mark.parametrize(
    ("steps", "verdict"),
    [
        ("- uses: actions/checkout@v4\n- run: echo pip install\n- run: pytest", "failed"),
        ("- uses: actions/checkout@v4\n- run: ./setup.sh\n- run: pytest", "passed"),
        ("- uses: actions/checkout@v4\n- run: sudo python3 -m pip install .\n- run: pytest", "passed"),
        ("- run: echo git clone x\n- run: pip install .\n- run: pytest", "failed"),
        ("- run: git clone x .\n- run: pip install .\n- run: pytest", "passed"),
    ],
)
def test_what_the_tests_need(steps: str, verdict: str) -> None:
    files = {PATH: flow(steps), "setup.sh": "set -e\npip install -r requirements.txt\n"}
    assert verdict_of(files, "test_job_is_complete") == verdict


@pytest.mark.parametrize(
    ("recipe", "verdict"), [("docker build .", "passed"), ("echo docker build .", "not_applicable")]
)
def test_other_suites_follow_the_same_way(recipe: str, verdict: str) -> None:
    files = {PATH: flow("- uses: ./.github/actions/t"), ACTION: composite("{run: make i, shell: bash}")}
    files["Makefile"] = f"i:\n\t{recipe}\n"
    done = run_check(
        CHECKS / "m21_using_the_cloud", "images_are_built_automatically", files, profile="project"
    )
    assert done.verdict == verdict


def test_what_the_inventory_says(tmp_path: Path) -> None:
    text, files, _ = ACTIONS["nested"]
    lint = flow("- run: pip install pytest")
    seen = view(tmp_path, {PATH: text, ".github/workflows/lint.yml": lint, **files})
    assert [one["runs_tests"] for one in workflows(seen)] == [True, False]
