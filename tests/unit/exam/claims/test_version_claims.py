"""Claims about operating systems and Python versions."""

from __future__ import annotations

from typing import Any

import pytest

from grader.exam.claims import version_claims as versions
from tests.claim_sample import repository, verdicts


def _workflow(*runs_on: str, pythons: tuple[str, ...] = (), tests: bool = True) -> dict[str, Any]:
    return {
        "path": ".github/workflows/tests.yaml",
        "runs_on": runs_on,
        "python_versions": pythons,
        "runs_tests": tests,
    }


ONE = repository(workflows=[_workflow("ubuntu-latest", pythons=("3.11",))])
THREE = repository(
    workflows=[
        _workflow("ubuntu-22.04", "windows-latest", "macos-14", pythons=("3.10", "3.12.1")),
        _workflow("ubuntu-latest", tests=False),
    ]
)


@pytest.mark.parametrize(
    ("text", "known", "told"),
    [
        (
            "We run tests on Ubuntu, Windows and macOS.",
            THREE,
            {"['ubuntu', 'windows', 'macos']": "supported"},
        ),
        ("Tests run on Linux, Mac/Os and Windows.", THREE, {"['ubuntu', 'windows', 'macos']": "supported"}),
        ("Tests run on Ubuntu/macOS.", THREE, {"['ubuntu', 'macos']": "supported"}),
        ("We test on ubuntu-latest and windows-latest.", ONE, {"['ubuntu', 'windows']": "contradicted"}),
        ("CI runs on ubuntu-latest only.", ONE, {"['ubuntu']": "supported"}),
        ("CI runs only on Ubuntu.", THREE, {"['ubuntu']": "contradicted"}),
        ("CI runs not only on Ubuntu but on macOS.", THREE, {"['ubuntu', 'macos']": "supported"}),
        ("The tests run on multiple operating systems.", THREE, {"several systems": "supported"}),
        ("The tests run on multiple operating systems.", ONE, {"several systems": "contradicted"}),
        ("We do not test on multiple operating systems.", ONE, {"not several systems": "supported"}),
        ("We do not test on multiple operating systems.", THREE, {"not several systems": "undetermined"}),
        ("The image is built on Windows laptops of the developers.", ONE, {"['windows']": "undetermined"}),
    ],
)
def test_systems_are_what_jobs_run_on(text: str, known: Any, told: dict[str, str]) -> None:
    assert verdicts(versions.find, 11, text, known) == told


@pytest.mark.parametrize(
    "text",
    [
        "We did not test on Windows.",
        "We could test on Windows and macOS.",
        "In the future, macOS should be tested.",
        "We tried to run tests on multiple operating systems.",
        "Some of us have a Mac.",
        "Initially we tested on Windows and macOS as well, but to save minutes we only run on ubuntu now.",
        "All systems except Windows are tested.",
        "The tests run on ubuntu-latest, since Windows and macOS runners are more expensive.",
        "Because members develop on Windows and Mac, we wanted to test on all of them.",
        "The matrix is easily extended to Windows or macOS.",
        "Using uv makes it run on Windows and Linux.",
        "We commented Windows out of the matrix.",
        "Testing for Windows and macOS is disabled.",
        "The docker container has Linux, and a window was open.",
    ],
)
def test_wishes_and_denials_accuse_nobody(text: str) -> None:
    assert "contradicted" not in verdicts(versions.find, 11, text, ONE).values()


@pytest.mark.parametrize(
    "runner", ["${{ matrix.os }}", "self-hosted", "gpu-box"], ids=["expression", "own", "name"]
)
def test_a_runner_that_nobody_knows_leaves_it_open(runner: str) -> None:
    known = repository(workflows=[_workflow("ubuntu-latest", runner)])
    assert verdicts(versions.find, 11, "We test on Windows.", known) == {"['windows']": "undetermined"}


def test_a_workflow_that_was_not_read_may_run_elsewhere() -> None:
    unread = {"workflows": {"path": ".github/workflows/b.yaml", "line": 1, "text": "GitHub refuses it"}}
    flows = [_workflow("ubuntu-latest", pythons=("3.11",))]
    for text in ("We test on Windows.", "The tests run on Python 3.12."):
        assert "contradicted" in verdicts(versions.find, 11, text, repository(workflows=flows)).values()
        assert (
            "contradicted"
            not in verdicts(versions.find, 11, text, repository(workflows=flows, unread=unread)).values()
        )


def test_without_workflows_nothing_is_told() -> None:
    assert verdicts(versions.find, 11, "We test on Windows.", repository()) == {"['windows']": "undetermined"}


@pytest.mark.parametrize(
    ("text", "known", "told"),
    [
        ("We test on Python 3.11.", ONE, {"['3.11']": "supported"}),
        ("We test Python 3.10 and 3.12.", THREE, {"['3.10', '3.12']": "supported"}),
        ("The tests run on Python 3.11 and 3.12.", ONE, {"['3.11', '3.12']": "contradicted"}),
        ("The tests run on Python 3.1.", THREE, {"['3.1']": "contradicted"}),
        ("The tests run on Python 3.12+.", ONE, {"['3.12']": "undetermined"}),
        ("The docker image has Python 3.12.", ONE, {"['3.12']": "undetermined"}),
        ("We do not test Python 3.12.", ONE, {}),
        ("We could test Python 3.12 later.", ONE, {}),
        ("It requires python>=3.10, and tests run on 3.11.", ONE, {"['3.11']": "supported"}),
        ("We got 3.12 % better with Python.", ONE, {}),
    ],
)
def test_versions_of_ci(text: str, known: Any, told: dict[str, str]) -> None:
    assert verdicts(versions.find, 11, text, known) == told


def test_unquoted_3_10_is_read_as_a_number() -> None:
    known = repository(workflows=[_workflow("ubuntu-latest", pythons=("3.1",))])
    assert verdicts(versions.find, 11, "Tests run on Python 3.10.", known) == {"['3.10']": "undetermined"}


@pytest.mark.parametrize(
    "facts",
    [
        {"images": [{"path": "Dockerfile", "bases": ("python:3.9-slim",)}]},
        {
            "settings": {
                "project.requires-python": {"path": "pyproject.toml", "text": 'requires-python = ">=3.9"'}
            }
        },
        {
            "commands": [
                {"words": ("conda", "create", "-n", "x", "python=3.9"), "source": "task", "path": "tasks.py"}
            ]
        },
        {"workflows": [_workflow("ubuntu-latest", pythons=("3.9",))]},
    ],
    ids=["image", "setting", "command", "workflow"],
)
@pytest.mark.parametrize(
    "text", ["We use Python 3.9.", "`conda create -n plants python=3.9`", "```\nuv venv --python 3.9\n```"]
)
def test_versions_of_the_environment(text: str, facts: dict[str, Any]) -> None:
    assert verdicts(versions.find, 4, text, repository(**facts)) == {"['3.9']": "supported"}
    assert verdicts(versions.find, 4, text.replace("3.9", "3.7"), repository(**facts)) == {
        "['3.7']": "undetermined"
    }


def test_other_questions_make_no_such_claims() -> None:
    assert verdicts(versions.find, 30, "We struggled with Python 3.7 on Windows.", ONE) == {}
