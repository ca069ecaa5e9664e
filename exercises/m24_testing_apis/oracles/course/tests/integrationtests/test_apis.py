from fastapi.testclient import TestClient

from app.main import app


def test_read_root():
    with TestClient(app) as client:
        response = client.get("/")
        assert response.status_code == 200
        assert response.json() == {"message": "Welcome to the MNIST model inference API!"}


def test_read_item():
    with TestClient(app) as client:
        response = client.get("/items/42")
        assert response.status_code == 200
        assert response.json() == {"item_id": 42}


def test_predict():
    with TestClient(app) as client:
        response = client.post("/predict", json={"values": [1.0, 2.0]})
        assert response.status_code == 200
        assert response.json()["prediction"] == 9
