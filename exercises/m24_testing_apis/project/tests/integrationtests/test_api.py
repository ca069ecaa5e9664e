"""Tests of the API."""

import pytest
from fastapi.testclient import TestClient

from digits.api import app


@pytest.fixture
def client():
    """A client, with the application started."""
    with TestClient(app) as started:
        yield started


def test_root(client):
    """The root says hello."""
    response = client.get("/")
    assert response.status_code == 200
    assert response.json() == {"message": "Hello"}


def test_predict(client):
    """A prediction is a digit."""
    response = client.post("/predict", json=[0.0] * 784)
    assert response.status_code == 200
    assert response.json()["digit"] in range(10)


def test_wrong_input(client):
    """Wrong input is refused."""
    response = client.post("/predict", json={"pixels": "none"})
    assert response.status_code == 422
