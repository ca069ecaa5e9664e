"""M19: what starts a workflow."""

from collections.abc import Mapping
from typing import Any

import pytest

from grader.testing import run_check
from tests.places import CHECKS

SUITE = CHECKS / "m19_cml"
FLOW = ".github/workflows/a.yaml"
JOB = "jobs:\n  j:\n    runs-on: ubuntu-latest\n    steps:\n      - run: python check.py\n"
META = "outs:\n- path: models\n  md5: a\n"
STAGED = "[staged_model]"


def judge(files: Mapping[str, str | bytes], check: str = "a_workflow_starts_on_data") -> Any:
    result = run_check(SUITE, check, files, profile="project")
    return result.verdict if result.verdict != "partial" else f"partial {result.points}"


def push(*paths: str, event: str = "push", key: str = "paths") -> str:
    listed = "".join(f"      - '{path}'\n" for path in paths)
    return f"on:\n  {event}:\n    {key}:\n{listed}{JOB}"


def dispatch(types: Any) -> str:
    return f"on:\n  repository_dispatch:\n    types: {types}\n{JOB}"


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        (push("data/**"), "passed"),
        (push("**/*.dvc", event="pull_request"), "passed"),
        (push("src/**", ".dvc/**"), "passed"),
        (push("ml/data.dvc"), "passed"),
        (push("dvc.lock"), "passed"),
        (push("dvc.yaml"), "passed"),
        (push("data/*.txt"), "passed"),
        ("on:\n  push:\n    paths: data/**\n" + JOB, "passed"),
        ("on:\n  workflow_dispatch:\n  push:\n    branches: [main]\n  pull_request:\n    paths: [data/raw/**]\n" + JOB, "passed"),
        (dispatch("[new_data]"), "passed"),
        (push("data/**", key="paths-ignore"), "failed"),
        (push("!data/**", "src/**"), "failed"),
        (push("src/data.py"), "failed"),
        (push("docs/data/*.md"), "failed"),
        (push("configs/data/*.yaml"), "failed"),
        (push("src/fit/data/**"), "failed"),
        (push("models.dvc"), "failed"),
        ("on: push\n" + JOB, "failed"),
        ("on:\n  push:\n    # paths: [data/**]\n    branches: [main]\n" + JOB, "failed"),
        ("on:\n  schedule:\n    - cron: '0 0 * * *'\n" + JOB, "failed"),
        (push("data/**").replace("  j:\n", "  j:\n    if: false\n"), "failed"),
    ],
)  # fmt: skip
def test_changes_of_data(text: str, verdict: str) -> None:
    assert judge({FLOW: text, "src/fit/data/load.py": "x = 1\n"}) == verdict


@pytest.mark.parametrize(
    ("step", "verdict"),
    [
        ("- uses: dorny/paths-filter@v3\n        with:\n          filters: |\n            data:\n              - 'data/**'\n", "passed"),
        ("- uses: dorny/paths-filter@v3\n        with:\n          filters: |\n            data:\n              - 'src/**'\n", "failed"),
        ("- uses: tj-actions/changed-files@v45\n        with:\n          files: data.dvc\n", "passed"),
        ("- run: git diff --name-only HEAD^ | grep -E '^data/|\\.dvc$'\n", "passed"),
        ("- run: git diff --name-only HEAD^ | grep '^src/'\n", "failed"),
        ("- run: echo data/ changed\n", "failed"),
    ],
)  # fmt: skip
def test_a_job_may_ask_what_changed(step: str, verdict: str) -> None:
    text = f"on: push\njobs:\n  j:\n    runs-on: ubuntu-latest\n    steps:\n      {step}"
    assert judge({FLOW: text}) == verdict


@pytest.mark.parametrize(
    ("files", "verdict"),
    [
        ({FLOW: dispatch(STAGED)}, "passed"),
        ({FLOW: dispatch("staged_model")}, "passed"),
        ({FLOW: "on: repository_dispatch\n" + JOB + "        env: {M: '${{ github.event.client_payload.model }}'}\n"}, "passed"),
        ({FLOW: push("models/**")}, "passed"),
        ({FLOW: push("models.dvc")}, "passed"),
        ({FLOW: push("weights/*.onnx")}, "passed"),
        ({FLOW: "on:\n  schedule:\n    - cron: '0 0 * * *'\n" + JOB + "      - run: wandb artifact get a/b:staging\n"}, "partial 0.5"),
        ({FLOW: dispatch("[rebuild-docs]")}, "partial 0.0"),
        ({FLOW: "on: repository_dispatch\n" + JOB}, "partial 0.0"),
        ({FLOW: push("**/*.dvc"), "models.dvc": META}, "partial 0.0"),
        ({FLOW: push("**/*.dvc")}, "failed"),
        ({FLOW: dispatch("[new_data]")}, "failed"),
        ({FLOW: push("src/fit/models/**"), "src/fit/models/net.py": "x = 1\n"}, "failed"),
        ({FLOW: push("src/model.py")}, "failed"),
        ({FLOW: "on: workflow_dispatch\n" + JOB}, "failed"),
        ({FLOW: "on:\n  schedule:\n    - cron: '0 0 * * *'\n" + JOB + "      - run: dvc pull\n"}, "failed"),
        ({FLOW: dispatch(STAGED).replace("  j:\n", "  j:\n    if: ${{ false }}\n")}, "failed"),
        ({FLOW: "on:\n  push:\n# repository_dispatch:\n" + JOB}, "failed"),
    ],
)  # fmt: skip
def test_changes_of_models(files: dict[str, Any], verdict: str) -> None:
    assert judge(files, "a_workflow_starts_on_a_model") == verdict


def test_a_workflow_that_github_cannot_read_is_named() -> None:
    result = run_check(
        SUITE, "a_workflow_starts_on_data", {FLOW: push("data/**") + "  broken\n"}, profile="project"
    )
    assert result.verdict == "failed"
    assert FLOW in [item.path for item in result.evidence]


@pytest.mark.parametrize(
    ("step", "verdict"),
    [
        ("python check.py", "passed"),
        ("dvc pull", "passed"),
        ("uv run python -m fit.statistics", "passed"),
        ("python -c 'print(1)'", "failed"),
        ("pip install dvc", "failed"),
        ("echo data changed", "failed"),
    ],
)
def test_what_the_workflow_does(step: str, verdict: str) -> None:
    text = push("data/**").replace("python check.py", step)
    assert judge({FLOW: text}, "the_workflow_looks_at_the_data") == verdict
