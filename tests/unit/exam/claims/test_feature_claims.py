"""Claims about routes, and about how many workflows, images and routes there are."""

from __future__ import annotations

from typing import Any

import pytest

from grader.exam.claims import feature_claims as features
from tests.claim_sample import repository, verdicts


def _route(path: str, method: str = "GET", framework: str = "fastapi") -> dict[str, Any]:
    return {"method": method, "path": path, "framework": framework, "file": "src/plants/api.py", "line": 3}


KNOWN = repository(
    routes=[_route("/"), _route("/predict/", "POST"), _route("/models/{name}"), _route("/v1/items")],
    workflows=[{"path": "a.yaml"}, {"path": "b.yaml"}],
    images=[{"path": "Dockerfile"}],
)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("The endpoint `/predict` takes an image.", {"route /predict": "supported"}),
        (
            "We have `POST /predict/` and GET /models/big.",
            {"route /predict/": "supported", "route /models/big": "supported"},
        ),
        ("`/items` lists all.", {"route /items": "undetermined"}),
        ("Use `/metrics` and `/docs`.", {"route /metrics": "undetermined", "route /docs": "undetermined"}),
        ("The endpoint `/classify` takes an image.", {"route /classify": "contradicted"}),
        ("```\ncurl -X POST http://localhost:8000/predict -d x\n```", {"route /predict": "supported"}),
        ("```\ncurl https://plants-1.a.run.app/classify\n```", {"route /classify": "contradicted"}),
        ("We did not add `/classify`.", {}),
        ("A `/classify` endpoint could be added.", {}),
        ("The paths `/app/models` and `/data/x.py` are mounted.", {}),
        ("`A_PATH`/`B_PATH` and https://other.org/classify", {}),
    ],
)
def test_routes_are_those_of_the_application(text: str, told: dict[str, str]) -> None:
    assert verdicts(features.find, 24, text, KNOWN) == told


@pytest.mark.parametrize(
    "routes", [[], [_route("/x", framework="bentoml")]], ids=["none", "another framework"]
)
def test_routes_that_cannot_all_be_read_contradict_nothing(routes: list[dict[str, Any]]) -> None:
    assert verdicts(features.find, 23, "It has `/classify`.", repository(routes=routes)) == {
        "route /classify": "undetermined"
    }


@pytest.mark.parametrize(
    ("number", "text", "told"),
    [
        (11, "We have two workflows.", {"2 workflows": "supported"}),
        (11, "CI is in 3 separate files.", {"3 workflows": "undetermined"}),
        (15, "We made one docker image.", {"1 Dockerfiles": "supported"}),
        (23, "The API has 4 endpoints.", {"4 routes": "supported"}),
        (23, "The API could have 4 endpoints.", {}),
    ],
)
def test_numbers_are_borne_out_or_left_open(number: int, text: str, told: dict[str, str]) -> None:
    assert verdicts(features.find, number, text, KNOWN) == told
