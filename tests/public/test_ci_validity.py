"""Workflows that GitHub refuses, and their twins that look alike and run; sources are threads about GitHub's own messages."""

import textwrap
from pathlib import Path
from typing import Any

import pytest

from grader.testing import run_check
from tests.places import CHECKS
from tests.view_sample import view

SUITE = CHECKS / "m17_github_actions"
PATH = ".github/workflows/ci.yml"

MERGE_KEY = """
on: push
jobs:
  a: &a
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: pip install -e . && pytest tests
  b:
    <<: *a
    runs-on: windows-latest
"""
#: What a job of the text is, where only the job matters.
JOB = "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n"
STEPS = "    steps:\n      - run: pytest\n"


def step(text: str) -> str:
    return JOB + "    steps:\n" + textwrap.indent(text.strip() + "\n", "      ")


def job(text: str) -> str:
    return JOB + textwrap.indent(text.strip() + "\n", "    ") + STEPS


REFUSED = {
    # P21; actions/runner#1182, Cotal-AI/Cotal#1438: no merge keys.
    "merge key": (MERGE_KEY, "Unexpected value '<<'"),
    # actions/runner#1182, a comment: an anchor's own key on the top level.
    "a key for an anchor": (f"x-env: &e {{A: b}}\n{job('env: *e')}", "Unexpected value 'x-env'"),
    "an alias of nothing": (job("env: *nothing"), "refers to nothing above it"),
    # mateusfg7/Noisekun#140
    "a key twice": (step("- uses: a/b@v1\n  uses: a/c@v1"), "twice"),
    "a key twice in other letters": (job("env: {PATH_A: a, path_a: b}"), "'path_a' is already defined"),
    # PavanMudigonda/html-reporter-github-pages#55, kriserickson/ai-cli#6
    "secrets in the if of a step": (
        step("- if: secrets.T != ''\n  run: a"),
        "Unrecognized named-value: 'secrets'",
    ),
    # actions/runner#1189, Goooler/DemoApp#204
    "env in the if of a job": (job("if: env.ON == 'true'"), "Unrecognized named-value: 'env'"),
    # actions/runner#480, cloudnative-pg/charts#902
    "env in the name of a job": (job("name: ${{ env.TEST }}"), "Unrecognized named-value: 'env'"),
    # actions/runner#1915
    "env in a container": (job("container: python:${{ env.V }}"), "Unrecognized named-value: 'env'"),
    # actions/runner#2372
    "env in the inputs of a called workflow": (
        "on: push\nenv: {A: b}\njobs:\n  a:\n    uses: x/y/.github/workflows/z.yml@v1\n    with: {a: '${{ env.A }}'}\n",
        "Unrecognized named-value: 'env'",
    ),
    # googleapis/gapic-showcase#1428
    "a name without its context": (
        step("- run: echo ${{ UPLOAD_URL }}"),
        "Unrecognized named-value: 'UPLOAD_URL'",
    ),
    # actions/runner#2562
    "steps before there are any": (
        job("environment: {name: '${{ steps.a.outputs.b }}'}"),
        "named-value: 'steps'",
    ),
    "matrix in the if of a job": (job("if: matrix.os == 'a'"), "Unrecognized named-value: 'matrix'"),
    # maragudk/service#27
    "double quotes in an expression": (step('- if: github.ref == "main"\n  run: a'), "Unexpected symbol"),
    "an expression that is not closed": (step("- run: echo ${{ github.ref }"), "not closed"),
    "an empty expression": (step("- run: echo ${{ }}"), "expression"),
    "an unknown function": (
        step("- if: matches(github.ref, 'a')\n  run: a"),
        "Unrecognized function: 'matches'",
    ),
    "too few arguments": (step("- if: contains(github.ref)\n  run: a"), "Too few parameters"),
    "one equals sign": (step("- if: github.ref = 'a'\n  run: a"), "Unexpected symbol"),
    "an expression where none may be": (
        step("- uses: a/b@${{ github.sha }}"),
        "Unrecognized named-value: 'github'",
    ),
    # open-gsd/gsd-core#437, actions/runner#905
    "matrix in the shell of a step": (
        step("- {run: a, shell: '${{ matrix.shell }}'}"),
        "Unrecognized named-value: 'matrix'",
    ),
    "a computed shell": (step("- {run: a, shell: '${{ 1 }}'}"), "A template expression is not allowed"),
    "an expression among triggers": (
        f"on: {{push: {{branches: ['${{{{ github.ref }}}}']}}}}\n{job('timeout-minutes: 5')[9:]}",
        "expression",
    ),
    # canonical/mlflow-operator#396, apache/buildstream#1736
    "needs a job that is not there": (
        job("needs: lint") + "  b:\n    runs-on: x\n    steps: [{run: a}]\n",
        "depends on unknown job 'lint'",
    ),
    "a circle": (
        "on: push\njobs:\n"
        + "".join(
            f"  {name}:\n    needs: {need}\n    runs-on: x\n    steps: [{{run: a}}]\n"
            for name, need in ("ab", "bc", "cb")
        )
        + "  d:\n    runs-on: x\n    steps: [{run: a}]\n",
        "creates a cycle",
    ),
    "no job without needs": (
        "on: push\njobs:\n  a:\n    needs: a\n    runs-on: x\n    steps: [{run: a}]\n",
        "at least one job with no dependencies",
    ),
    # actions/runner#1480, goals-template#5
    "a step of a name alone": (step("- name: Checkout\n- uses: actions/checkout@v2"), "`uses` or `run`"),
    "uses and run": (step("- uses: actions/checkout@v4\n  run: pytest"), "Unexpected value 'run'"),
    "with for a command": (step("- run: pytest\n  with: {a: b}"), "Unexpected value 'with'"),
    # s3-actions/s3cmd#1: a hyphen too many
    "a key of a job among those of a step": (step("- run: a\n  runs-on: b"), "Unexpected value 'runs-on'"),
    # github/vscode-github-actions#291, kubescape/kubescape#713
    "no steps": (JOB, "No steps"),
    "no runs-on": (f"on: push\njobs:\n  a:\n{STEPS}", "runs-on"),
    "runs-on without a value": (f"on: push\njobs:\n  a:\n    runs-on:\n{STEPS}", "Unexpected value ''"),
    "a job that calls and runs": (
        "on: push\njobs:\n  a:\n    uses: ./.github/workflows/ci.yml\n    runs-on: x\n",
        "Unexpected value 'runs-on'",
    ),
    "matrix beside strategy": (job("matrix: {os: [a]}"), "Unexpected value 'matrix'"),
    "a matrix that is no list": (
        job("strategy: {matrix: {os: ubuntu-latest}}"),
        "Unexpected value 'ubuntu-latest'",
    ),
    "an empty matrix": (job("strategy: {matrix: {os: []}}"), "does not contain any values"),
    "an exclude of no axis": (
        job("strategy: {matrix: {os: [a], exclude: [{python: 3}]}}"),
        "does not match any key",
    ),
    "fail-fast that is no boolean": (
        job("strategy: {fail-fast: sometimes, matrix: {a: [1]}}"),
        "Unexpected value 'sometimes'",
    ),
    "a time that is no number": (job("timeout-minutes: ten"), "Unexpected value 'ten'"),
    "env that is a list": (job("env: [A=b]"), "A sequence was not expected"),
    "steps that are a mapping": (f"{JOB}    steps: {{run: a}}\n", "no list"),
    # hashicorp/pandora#382
    "an id twice": (step("- {id: a, run: b}\n- {id: a, run: b}"), "may not be used more than once"),
    "an id with a blank": (
        f"on: push\njobs:\n  my job:\n    runs-on: x\n{STEPS}",
        "The identifier 'my job' is invalid",
    ),
    "an action without a version": (step("- uses: actions/checkout"), "Expected format"),
    "an event that is none": (
        f"on: [push, pull-request]\n{JOB[9:]}{STEPS}",
        "Unexpected value 'pull-request'",
    ),
    "branches and branches-ignore": (
        f"on: {{push: {{branches: [a], branches-ignore: [b]}}}}\n{JOB[9:]}{STEPS}",
        "branches-ignore",
    ),
    # GitHub's documentation of `if`: `!` is reserved in YAML.
    "a condition that begins with a mark": (step("- if: !cancelled()\n  run: a"), "Unexpected tag"),
    "an hour that is none": (
        f"on: {{schedule: [{{cron: '0 24 * * *'}}]}}\n{JOB[9:]}{STEPS}",
        "out of range",
    ),
    "a type of input that is none": (
        f"on: {{workflow_dispatch: {{inputs: {{a: {{type: integer}}}}}}}}\n{JOB[9:]}{STEPS}",
        "Unexpected value 'integer'",
    ),
    "a choice of nothing": (
        f"on: {{workflow_dispatch: {{inputs: {{a: {{type: choice}}}}}}}}\n{JOB[9:]}{STEPS}",
        "options",
    ),
    "a cron of four fields": (f"on: {{schedule: [{{cron: '0 0 * *'}}]}}\n{JOB[9:]}{STEPS}", "cron"),
    "a permission that is none": (job("permissions: {content: read}"), "Unexpected value 'content'"),
    "a permission's level that is none": (job("permissions: {contents: admin}"), "Unexpected value 'admin'"),
    "two documents": (f"{job('timeout-minutes: 1')}---\na: b\n", "no workflow"),
}

ANCHORS = """
on: push
env: &e {A: b}
jobs:
  a: &a
    runs-on: ubuntu-latest
    env: *e
    steps: &s
      - uses: actions/checkout@v4
      - run: pytest
  b: *a
  c:
    runs-on: windows-latest
    steps: *s
"""
ACCEPTED = {
    "anchors and aliases": ANCHORS,
    "the other forms of on": f"on:\n  push:\n  pull_request: {{types: opened}}\n  repository_dispatch: {{types: [a]}}\n{JOB[9:]}{STEPS}",
    "repository_dispatch alone": f"on: repository_dispatch\n{JOB[9:]}{STEPS}",
    # actions/runner#545, 1Password/load-secrets-action#90, cilium/cilium#11439: GitHub passes over them.
    "an event's key that is none": f"on: {{push: {{branch: main}}, pull_request: []}}\n{JOB[9:]}{STEPS}",
    "one type as a text": f"on: {{repository_dispatch: {{types: staged}}}}\n{JOB[9:]}{STEPS}",
    "keys of numbers and booleans": job("env: {3: 2, true: false, A: null}"),
    "env in the if of a step": step("- if: env.ON == 'true' && !cancelled()\n  run: a"),
    "secrets in env and with": step("- uses: a/b@v1\n  with: {a: '${{ secrets.A }}'}\n  env: {B: '${{secrets.B}}'}"),
    "an if in both forms": step("- if: ${{ always() }}\n  run: a\n- if: false\n  run: b\n- if: failure() || github.event_name == 'push'\n  run: c"),
    "functions in other letters": step("- if: FromJSON(toJson(github)).ref == 'a' && startswith(github.ref, 'b')\n  run: a"),
    "indices and stars": step("- if: contains(github.event.commits.*.message, 'x') && github['ref'] != '' && github.event.labels[0].name\n  run: a"),
    "quotes inside quotes": step("- run: echo ${{ format('it''s {0} }}', github.ref) }}"),
    "numbers": step("- if: github.run_number >= 0x1F && -1.5 < 2e3\n  run: a"),
    "braces of the shell": step("- run: echo ${A} $(( 1 + 2 )) '{{ x }}'"),
    "a shell that is a text all the same": step("- {run: a, shell: \"${{ 'sh {0}' }}\"}"),
    "matrix in the shell of a job": job("defaults: {run: {shell: '${{ matrix.shell }}'}}"),
    "described inputs": f"on: {{workflow_call: {{inputs: {{a: {{description: b, type: string}}}}}}}}\n{JOB[9:]}{STEPS}",
    "a computed matrix": job("strategy: {matrix: '${{ fromJSON(vars.M) }}', fail-fast: '${{ github.ref == 1 }}'}"),
    "include alone": job("strategy: {matrix: {include: [{os: a}]}}"),
    "needs": f"{JOB}{STEPS}  b:\n    needs: [A]\n    runs-on: x\n    steps: [{{run: a}}]\n",
    "a called workflow": "on: push\njobs:\n  a:\n    uses: x/y/.github/workflows/z.yml@v1\n    secrets: inherit\n    with: {a: 1}\n",
    # astral-sh/uv
    "a workflow of the same repository": "on: push\njobs:\n  a:\n    uses: $/.github/workflows/ci.yml\n  b:\n    runs-on: x\n    steps: [{uses: $/a}]\n".replace("on: push", "on: [push, workflow_call]"),
    "local and docker actions": step("- uses: ./.github/actions/a\n- uses: docker://python:3.12\n- uses: a/b/c@main"),
    "services and containers": job("container: {image: a, options: --gpus all}\nservices: {db: {image: b, ports: ['1:1']}}"),
    "all permissions": job("permissions: write-all\nconcurrency: {group: '${{ github.ref }}', cancel-in-progress: true}"),
    "a condition that begins with a mark": step("- if: ${{ !cancelled() }}\n  run: a\n- if: '!cancelled()'\n  run: b"),
    "crons": f"on: {{schedule: [{{cron: '*/15 0-5,7 1 JAN MON-FRI'}}, {{cron: '0 0 * * 0'}}]}}\n{JOB[9:]}{STEPS}",
    "a document that says where it begins": f"---\n{job('timeout-minutes: 1')}",
    "inputs": "on:\n  workflow_dispatch:\n    inputs:\n      a: {type: choice, options: [b, c], required: true, default: b}\n"
    + JOB[9:] + "    env: {A: '${{ inputs.a }}'}\n" + STEPS,
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_github_refuses(name: str) -> None:
    text, said = REFUSED[name]
    outcome = run_check(SUITE, "workflows_are_valid", {PATH: text})
    assert (outcome.verdict, said in f"{outcome.message} {outcome.evidence}") == ("failed", True), outcome


@pytest.mark.parametrize("name", ACCEPTED)
def test_what_github_accepts(name: str) -> None:
    outcome = run_check(SUITE, "workflows_are_valid", {PATH: ACCEPTED[name]})
    assert outcome.verdict == "passed", outcome


@pytest.mark.parametrize(
    "check", ["tests_run_in_a_workflow", "tests_run_in_a_matrix", "test_job_is_complete"]
)
def test_what_github_refuses_runs_nothing(check: str) -> None:
    assert run_check(SUITE, check, {PATH: MERGE_KEY}).verdict == "failed"
    twin = MERGE_KEY.replace("<<: *a\n    runs-on: windows-latest", "runs-on: windows-latest\n    steps: *s")
    twin = twin.replace("    steps:\n", "    steps: &s\n", 1)
    assert run_check(SUITE, check, {PATH: twin}).verdict == "passed"


def test_a_refused_workflow_leaves_open_whether_the_tests_ran_before() -> None:
    # Anushri2706/02476-Group120: the last commit broke the file.
    outcome = run_check(SUITE, "tests_run_in_a_workflow", {PATH: job("matrix: {os: [a]}")}, profile="project")
    assert outcome.verdict == "failed"
    assert "refuses" in outcome.message
    assert [(one.id, one.shown) for one in outcome.said] == [("w2-04", None)]


@pytest.mark.parametrize(
    ("called", "verdict"),
    [
        ("on: workflow_call\n", "passed"),
        # github/docs: the called file has to be there, and to say that it can be called.
        ("on: push\n", "failed"),
        (None, "failed"),
    ],
)
def test_a_called_workflow_can_be_called(called: Any, verdict: str) -> None:
    files = {PATH: "on: push\njobs:\n  a:\n    uses: ./.github/workflows/tests.yml\n"}
    if called:
        files[".github/workflows/tests.yml"] = called + JOB[9:] + STEPS
    assert run_check(SUITE, "workflows_are_valid", files).verdict == verdict


def test_the_other_formats_of_yaml_keep_their_merge_keys(tmp_path: Path) -> None:
    text = "a: &a {b: 1}\nc:\n  <<: *a\n"
    assert view(tmp_path, {"compose.yml": text}).yaml("compose.yml")["c"] == {"b": 1}
