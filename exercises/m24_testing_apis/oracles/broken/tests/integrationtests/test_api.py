from fastapi.testclient import TestClient

from digits.api import app

# Without `with`: the lifespan does not run, and there is no classifier.
client = TestClient(app)


def test_root():
    assert client.get("/").json() == {"message": "Send an image to /predict"}


def test_names():
    assert client.get("/names/7").json() == {"digit": 7, "name": "seven"}


def test_predict():
    response = client.post("/predict", json={"pixels": [0.0] * 64})
    assert response.status_code == 200
    assert 0 <= response.json()["digit"] <= 9
