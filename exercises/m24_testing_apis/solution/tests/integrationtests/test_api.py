"""Every route, asked as a client would."""

from collections.abc import Iterator

import pytest
from digits.api import app
from fastapi.testclient import TestClient

from digits.model import load

IMAGES = ([0.0] * 64, [1.0] * 64, [0.0, 1.0] * 32)


@pytest.fixture
def client() -> Iterator[TestClient]:
    # The `with` runs the lifespan: without it there is no classifier.
    with TestClient(app) as client:
        yield client


def test_root(client: TestClient) -> None:
    response = client.get("/")
    assert response.status_code == 200
    assert response.json() == {"message": "Send an image to /predict"}


@pytest.mark.parametrize(("digit", "name"), [(0, "zero"), (7, "seven"), (9, "nine")])
def test_names(client: TestClient, digit: int, name: str) -> None:
    response = client.get(f"/names/{digit}")
    assert response.status_code == 200
    assert response.json() == {"digit": digit, "name": name}


@pytest.mark.parametrize(("digit", "status"), [("10", 404), ("-1", 404), ("seven", 422)])
def test_there_are_ten_digits(client: TestClient, digit: str, status: int) -> None:
    assert client.get(f"/names/{digit}").status_code == status


@pytest.mark.parametrize("pixels", IMAGES)
def test_predict(client: TestClient, pixels: list[float]) -> None:
    response = client.post("/predict", json={"pixels": pixels})
    assert response.status_code == 200
    assert response.json() == {"digit": load().digit(pixels)}


def test_an_image_of_a_wrong_size_is_refused(client: TestClient) -> None:
    assert client.post("/predict", json={"pixels": [0.0]}).status_code == 422
