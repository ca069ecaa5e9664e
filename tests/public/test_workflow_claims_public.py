"""Sentences about the systems of one workflow among several (kind S of the public cases)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.claim_sample import judged, read_repository

_THREE = "strategy:\n      matrix:\n        os: [ubuntu-latest, windows-latest, macos-latest]\n    runs-on: ${{ matrix.os }}"
_ONE = "runs-on: ubuntu-latest"


def _flow(name: str, runner: str, run: str) -> str:
    return f"name: {name}\non: push\njobs:\n  one:\n    {runner}\n    steps:\n      - run: {run}\n"


def _files(tests: str = _THREE, lint: str = _ONE, docker: str = _ONE) -> dict[str, str]:
    return {
        ".github/workflows/tests.yaml": _flow("Unit tests", tests, "pytest tests"),
        ".github/workflows/lint.yaml": _flow("Code style", lint, "ruff check ."),
        ".github/workflows/docker-build.yml": _flow("Images", docker, "docker build ."),
    }


ALL = "['ubuntu', 'windows', 'macos']"
UBUNTU, WINDOWS = "['ubuntu']", "['windows']"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        # nicholaseruplarsen/mlops-02476 (Q11)
        pytest.param(
            "The first workflow, tests.yaml, runs the unit tests on Ubuntu, Windows and macOS. The second one, lint.yaml, "
            "checks the style. It runs on Ubuntu only, because style does not depend on the platform.",
            {ALL: "supported", UBUNTU: "supported"},
            id="P44",
        ),
        ("Linting only runs on Ubuntu, as it does not depend on the system.", {UBUNTU: "supported"}),
        ("For linting, CI uses only Ubuntu.", {UBUNTU: "supported"}),
        ("The docker job runs on ubuntu only, after the tests.", {UBUNTU: "supported"}),
        ("The `Code style` workflow runs just on Ubuntu.", {UBUNTU: "supported"}),
        ("In `lint.yml` the jobs only run on ubuntu-latest.", {UBUNTU: "supported"}),
        ("This only runs on Ubuntu to save minutes.", {UBUNTU: "undetermined"}),
        ("The deployment job of our CI only runs on Linux.", {UBUNTU: "undetermined"}),
        ("Another workflow trains the model. It is run on Linux only.", {UBUNTU: "undetermined"}),
        # What is false stays false.
        ("Our tests run on Ubuntu only.", {UBUNTU: "contradicted"}),
        ("The tests.yaml workflow runs on Ubuntu only.", {UBUNTU: "contradicted"}),
        ("All workflows run only on Ubuntu.", {UBUNTU: "contradicted"}),
        ("We have tests.yaml. It runs on Ubuntu only.", {UBUNTU: "contradicted"}),
        ("lint.yaml runs on Windows.", {WINDOWS: "undetermined"}),
        ("The tests run on Windows.", {WINDOWS: "supported"}),
        ("lint.yaml runs on multiple operating systems.", {"several systems": "undetermined"}),
        ("The tests run on multiple operating systems.", {"several systems": "supported"}),
    ],
)
def test_a_sentence_is_held_against_the_workflow_that_it_is_about(
    text: str, told: dict[str, str], tmp_path: Path
) -> None:
    assert judged(read_repository(tmp_path, _files()), 11, text, "os_matrix") == told


def test_a_job_beside_the_tests_is_not_their_matrix(tmp_path: Path) -> None:
    two = f"{_flow('CI', _THREE, 'pytest')}  lint:\n    {_ONE}\n    steps:\n      - run: ruff check .\n"
    known = read_repository(tmp_path, {".github/workflows/ci.yaml": two})
    for text in ("The linting job of ci.yaml runs on Ubuntu only.", "Linting only runs on Ubuntu."):
        assert judged(known, 11, text, "os_matrix") == {UBUNTU: "undetermined"}
    assert judged(known, 11, "ci.yaml runs on Ubuntu only.", "os_matrix") == {UBUNTU: "contradicted"}


def test_only_is_false_of_a_workflow_with_more(tmp_path: Path) -> None:
    known = read_repository(tmp_path, _files(lint=_THREE))
    text = "lint.yaml checks the style. It runs on Ubuntu only."
    assert judged(known, 11, text, "os_matrix") == {UBUNTU: "contradicted"}
