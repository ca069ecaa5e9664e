"""Docker Bake says where images are built: targets of `docker-bake.hcl` and `docker-bake.json`.

Forms of Docker's own manual (build/bake: targets, inheritance, variables, contexts) and of buildx#148 (variables in tags),
#1373 (variables in contexts), #1627 (`BAKE_CMD_CONTEXT`), #2104 (a matrix) and #2305 (a Dockerfile inside).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from grader.repository.formats.hcl import UNKNOWN, parse_hcl
from grader.testing import run_check
from tests.cpu import ends_within
from tests.places import CHECKS
from tests.view_sample import view

APP = 'FROM python:3.12-slim\nWORKDIR /app\nCOPY app.py .\nCMD ["python", "app.py"]\n'
#: The Dockerfile lies two folders away from what it copies.
API = {"docker/api.Dockerfile": APP, "services/api/app.py": "print(1)\n"}
HCL = "docker-bake.hcl"
QUOTED = '"services/api"'
PLAIN = 'context = "services/api"\n  dockerfile = "../../docker/api.Dockerfile"\n'

#: Each builds docker/api.Dockerfile from services/api.
TOLD: dict[str, dict[str, str]] = {
    "a target": {HCL: f'group "default" {{\n  targets = ["api"]\n}}\n\ntarget "api" {{\n  {PLAIN}  tags = ["a/api:1"]\n}}\n'},
    "comments and a map": {
        HCL: f'# one\n// two\n/* target "x" {{\n three */\ntarget "api" {{ // four\n  args = {{ A = "1", "B" = "2" }}\n  {PLAIN}}}\n'
    },
    "variables": {
        HCL: 'variable "DIR" {\n  default = "services"\n}\nvariable "FILE" { default = "../../docker/api.Dockerfile" }\n'
        'target "api" {\n  context = "${DIR}/api"\n  dockerfile = FILE\n  tags = ["a:${GITHUB_SHA}"]\n}\n'
    },
    "inherited": {
        HCL: 'target "_all" {\n  platforms = ["linux/amd64"]\n  context = "nowhere"\n}\n'
        f'target "_api" {{\n  {PLAIN}}}\ntarget "api" {{\n  inherits = ["_all", "_api"]\n}}\n'
    },
    "what needs no evaluation": {
        HCL: f'function "tag" {{\n  params = [x]\n  result = ["${{x}}:1"]\n}}\ntarget "api" {{\n  tags = tag("a")\n  {PLAIN}'
        '  cache-to = X == "" ? ["a"] : ["b"]\n  labels = {\n    "a" = "${timestamp()}"\n  }\n}\n'
    },
    "a description beside it": {HCL: f'target "api" {{\n  description = <<EOT\n}}\ncontext = "x"\nEOT\n  {PLAIN}}}\n'},
    "below": {"deploy/docker-bake.hcl": 'target "api" {\n  context = "../services/api"\n  dockerfile = "../../docker/api.Dockerfile"\n}\n'},
    "JSON": {
        "docker-bake.json": '{"target": {"api": {"context": "services/api", "dockerfile": "../../docker/api.Dockerfile"}}}'
    },
    "JSON with a variable": {
        "docker-bake.json": '{"variable": {"D": {"default": "services/api"}}, '
        '"target": {"api": {"context": "${D}", "dockerfile": "../../docker/api.Dockerfile"}}}'
    },
}  # fmt: skip

#: Each leaves open what is built: nothing is concluded from it.
OPEN: dict[str, str] = {
    "a function": 'target "api" {\n  context = dir("services/api")\n  dockerfile = "../../docker/api.Dockerfile"\n}\n',
    "a condition": 'target "api" {\n  context = X == "" ? "services/api" : "x"\n  dockerfile = "../../docker/api.Dockerfile"\n}\n',
    "a variable of the environment": f'variable "D" {{}}\ntarget "api" {{\n  {PLAIN.replace("services/api", "${D}")}}}\n',
    "a variable of Bake": f'target "api" {{\n  {PLAIN.replace(QUOTED, "BAKE_CMD_CONTEXT")}}}\n',
    "a matrix": f'target "api" {{\n  matrix = {{ a = ["x"] }}\n  name = "api-${{a}}"\n  {PLAIN}}}\n',
    "a Dockerfile inside": f'target "api" {{\n  dockerfile-inline = <<EOF\nFROM python\nEOF\n  {PLAIN}}}\n',
    "a remote context": f'target "api" {{\n  {PLAIN.replace("services/api", "https://github.com/a/b.git")}}}\n',
    "itself": 'target "api" {\n  inherits = ["api"]\n  dockerfile = "../../docker/api.Dockerfile"\n}\n',
    "a comment": f'/* target "api" {{\n  {PLAIN}}} */\n',
    "not HCL": 'target "api" {\n  context = "services/api\n',
    "too deep": 'target "api" {\n  args = ' + "{ a = " * 500 + '"x"' + " }" * 500 + "\n}\n",
}


def contexts(root: Path, files: dict[str, str]) -> list[Any]:
    submission = view(root, files)
    [dockerfile] = [one for one in submission.dockerfiles() if one.path == "docker/api.Dockerfile"]
    return [image.context for image in submission.images(dockerfile) if image.place]


@pytest.mark.parametrize("case", TOLD)
def test_a_target_says_the_context(case: str, tmp_path: Path) -> None:
    assert contexts(tmp_path, {**API, **TOLD[case]}) == ["services/api"]


@pytest.mark.parametrize("case", OPEN)
def test_what_bake_has_to_evaluate_says_nothing(case: str, tmp_path: Path) -> None:
    assert contexts(tmp_path, {**API, HCL: OPEN[case]}) == []


@pytest.mark.parametrize(("folder", "expected"), [("services/api", "passed"), ("docker", "failed")])
def test_a_file_has_to_be_in_the_context_of_the_target(folder: str, expected: str) -> None:
    files = {
        "docker/api.Dockerfile": APP,
        f"{folder}/app.py": "x = 1\n",
        "services/api/other.py": "",
        **TOLD["a target"],
    }
    outcome = run_check(CHECKS / "m10_docker", "copied_files_exist", files, profile="project")
    assert outcome.verdict == expected, outcome.message


@pytest.mark.parametrize("base", ['tags = ["a/base:1"]', ""])
def test_an_image_is_built_on_another_target(base: str) -> None:
    """The base brings the script: by its tag, or as the context `target:base`."""
    start = (
        'FROM a/base:1\nCMD ["python", "/srv/main.py"]\n'
        if base
        else 'FROM parent\nCMD ["python", "/srv/main.py"]\n'
    )
    files = {
        "base.Dockerfile": "FROM python:3.12-slim\nCOPY main.py /srv/\n",
        "app.Dockerfile": start,
        "main.py": "print(1)\n",
        HCL: f'target "base" {{\n  dockerfile = "base.Dockerfile"\n  {base}\n}}\n'
        'target "app" {\n  dockerfile = "app.Dockerfile"\n  contexts = { parent = "target:base" }\n}\n',
    }
    for path, expected in (("/srv/main.py", "passed"), ("/opt/main.py", "failed")):
        moved = {**files, "app.Dockerfile": start.replace("/srv/main.py", path)}
        outcome = run_check(
            CHECKS / "m10_docker", "started_scripts_are_in_the_image", moved, profile="project"
        )
        assert outcome.verdict == expected, outcome.message


def test_values() -> None:
    found = parse_hcl('a "b" {\n  c = [1, "x", y]\n  d = { e = "f\\"g" }\n  h = i.j\n}\n')
    assert found == {"a": {"b": {"c": [UNKNOWN, "x", "${y}"], "d": {"e": 'f"g'}, "h": UNKNOWN}}}


@pytest.mark.parametrize(
    "text",
    [
        "/*" * 100_000,
        '"\\' * 100_000,
        "<<A\n" * 50_000,
        'target "a" {' * 20_000,
        'target "a" { b = ' + "[" * 150_000,
        'target "a" { b = ' + "{ c = " * 30_000,
        "".join(f'target "t{n}" {{ inherits = ["t{n + 1}", "t{n + 1}", "t{n + 2}"] }}\n' for n in range(90)),
        "${" * 100_000,
    ],
    ids=["comments", "escapes", "heredocs", "blocks", "lists", "maps", "diamonds", "variables"],
)
def test_hostile_files_are_read_in_linear_time(text: str, tmp_path: Path) -> None:
    ends_within(10, lambda: contexts(tmp_path, {**API, HCL: text}))
