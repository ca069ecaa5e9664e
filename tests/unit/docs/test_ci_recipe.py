"""The README's recipe for CI works as it stands, but for the two placeholders."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from tests.places import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.fixture
def workflow() -> dict[Any, Any]:
    recipes = [
        text for text in re.findall(r"^```yaml\n(.*?)^```", README, re.M | re.S) if "grader check" in text
    ]
    (recipe,) = recipes
    loaded = yaml.safe_load(recipe)
    assert isinstance(loaded, dict), "a whole workflow, not a list of steps"
    return loaded


def steps(workflow: dict[Any, Any]) -> list[dict[str, Any]]:
    return [step for job in workflow["jobs"].values() for step in job["steps"]]


def test_the_recipe_is_a_whole_workflow(workflow: dict[Any, Any]) -> None:
    assert workflow[True], "YAML's name for `on`"
    assert all(job["runs-on"] for job in workflow["jobs"].values())


def test_the_recipe_may_read_and_nothing_else(workflow: dict[Any, Any]) -> None:
    assert workflow["permissions"] == {"contents": "read"}
    assert not any("permissions" in job for job in workflow["jobs"].values())


def test_the_students_repository_is_checked_out_first_with_its_history(workflow: dict[Any, Any]) -> None:
    first = steps(workflow)[0]
    assert first["uses"].startswith("actions/checkout@")
    assert first["with"] == {"fetch-depth": 0, "persist-credentials": False}


def test_the_grader_comes_from_its_repository_at_a_ref(workflow: dict[Any, Any]) -> None:
    runs = "\n".join(step.get("run", "") for step in steps(workflow))
    (wanted,) = re.findall(r"\binstall (.+)", runs)
    assert re.fullmatch(r'"git\+<this repository>@<[\w ]+>"', wanted), wanted


def test_the_report_is_kept_whatever_the_verdict(workflow: dict[Any, Any]) -> None:
    last = steps(workflow)[-1]
    assert last["uses"].startswith("actions/upload-artifact@")
    assert last["if"] == "always()"
    (run,) = [step["run"] for step in steps(workflow) if "grader check" in step.get("run", "")]
    assert f"--out {last['with']['path']}" in run
