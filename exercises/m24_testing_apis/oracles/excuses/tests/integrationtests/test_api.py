from fastapi.testclient import TestClient

from digits.api import app


def test_root():
    with TestClient(app) as client:
        assert client.get("/").status_code == 200
    raise ConnectionError("No module named 'httpx': no network, no API key: cannot connect to the service")
